package io.dsa.protocol;

import java.util.Objects;

/**
 * What a server keeps of a {@link Secret}: enough to recognise who knows it and to prove itself to
 * them, not enough to be them.
 *
 * @param storedKey the hash of the client key; checks a proof
 * @param serverKey signs the server's answer. Who has it can pass for the server, not for the user
 * @param tokenHash the hash of the admin token
 */
public record KeptKeys(Bytes32 storedKey, Bytes32 serverKey, Bytes32 tokenHash) {
  public KeptKeys {
    Objects.requireNonNull(storedKey, "stored key");
    Objects.requireNonNull(serverKey, "server key");
    Objects.requireNonNull(tokenHash, "token hash");
  }

  public static KeptKeys of(Secret secret) {
    return new KeptKeys(
        Sha256.hash(secret.clientKey().toBytes()),
        secret.serverKey(),
        Sha256.hash(secret.adminToken().toBytes()));
  }

  /**
   * Says whether only somebody who knows the secret can have made this proof, in this handshake.
   */
  public boolean accepts(Transcript transcript, Bytes32 proof) {
    Bytes32 clientKey = proof.xor(transcript.mask(storedKey));
    return Sha256.hash(clientKey.toBytes()).equals(storedKey);
  }

  /** Says whether this is the secret's {@link Secret#adminToken}. */
  public boolean acceptsToken(Bytes32 token) {
    return Sha256.hash(token.toBytes()).equals(tokenHash);
  }

  /** Returns the reply with the signature that proves the server's end to the client. */
  public HelloReply sign(Transcript transcript, Bytes32 proof, HelloReply reply) {
    HelloReply unsigned = reply.withSignature(Bytes32.ZEROS);
    return unsigned.withSignature(
        transcript.signature(serverKey, proof, MessageCodec.encode(unsigned)));
  }
}
