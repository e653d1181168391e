package io.dsa.protocol;

import java.util.Objects;

/**
 * Proves that the client is the user that its {@link Hello} named. Answered by {@link HelloReply}.
 * Type 0x0004.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|                        proof, 32 bytes                       ...
 *   +---------------+---------------+---------------+---------------+
 * 32|  options                                                     ...
 * </pre>
 *
 * @param proof see {@link Transcript}; zeros to a server that authenticates nobody
 */
public record Authenticate(Bytes32 proof) implements Request {
  public Authenticate {
    Objects.requireNonNull(proof, "proof");
  }

  void encode(FieldWriter out) {
    proof.encode(out);
  }

  static Authenticate decode(FieldReader in) throws ProtocolException {
    return new Authenticate(Bytes32.decode(in, "proof"));
  }
}
