package io.dsa.protocol;

import java.util.Objects;

/**
 * Answers {@link Hello}, whether or not there is such a user. Answered in turn by {@link
 * Authenticate}. Type 0x8004.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|                    server nonce, 32 bytes                    ...
 *   +---------------+---------------+---------------+---------------+
 * 32|       protocol version        |  options                     ...
 *   +---------------+---------------+---------------+---------------+
 *   |  option 1: nothing; there if the server authenticates nobody ...
 * </pre>
 *
 * @param nonce random, and never the same twice
 * @param version what both speak from now on: the lower of the two ends' highest versions
 * @param insecure whether the server neither asks for proofs nor gives any. A client that has
 *     credentials goes no further then
 */
public record Challenge(Bytes32 nonce, int version, boolean insecure) implements Reply {
  private static final int OPTION_INSECURE = 1;

  public Challenge {
    Objects.requireNonNull(nonce, "server nonce");
    WireCheck.range("protocol version", version, 1, 0xFFFF);
  }

  void encode(FieldWriter out) {
    nonce.encode(out);
    out.u16(version);
    if (insecure) {
      out.u16(OPTION_INSECURE).u16(0);
    }
  }

  static Challenge decode(FieldReader in) throws ProtocolException {
    Bytes32 nonce = Bytes32.decode(in, "server nonce");
    int version = in.u16("protocol version");
    boolean insecure = false;
    while (in.hasOption()) {
      insecure |= in.option().tag() == OPTION_INSECURE;
    }
    return new Challenge(nonce, version, insecure);
  }
}
