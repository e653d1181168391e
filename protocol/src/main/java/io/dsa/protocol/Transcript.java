package io.dsa.protocol;

/**
 * What both ends have said before the proofs: {@link Hello} and {@link Challenge}, byte for byte. A
 * proof is about one transcript, and both ends' nonces are in it, so that it is good for no other.
 *
 * <pre>
 *   T1        = SHA-256(Hello ‖ Challenge)
 *   proof     = client key XOR HMAC(SHA-256(client key), T1)
 *   signature = HMAC(server key, SHA-256(T1 ‖ proof ‖ HelloReply with a signature of zeros))
 * </pre>
 */
public final class Transcript {
  private final byte[] hash;

  private Transcript(byte[] hash) {
    this.hash = hash;
  }

  /**
   * Returns the transcript of two messages; what comes after their bodies does not count.
   *
   * @param hello as it was sent, or received
   * @param challenge as it was sent, or received
   */
  public static Transcript of(byte[] hello, byte[] challenge) {
    return new Transcript(
        Sha256.hash(MessageCodec.trimmed(hello), MessageCodec.trimmed(challenge)).toBytes());
  }

  /** Returns what proves to the server that this end knows {@code secret}. */
  public Bytes32 proof(Secret secret) {
    Bytes32 clientKey = secret.clientKey();
    return clientKey.xor(mask(Sha256.hash(clientKey.toBytes())));
  }

  /**
   * Says whether only a server that keeps the keys of {@code secret} can have sent this reply, to
   * this proof.
   *
   * @param reply a {@link HelloReply} as it was received
   */
  public boolean isSigned(Secret secret, Bytes32 proof, byte[] reply) throws ProtocolException {
    if (!(MessageCodec.decodeReply(reply) instanceof HelloReply decoded)) {
      throw new ProtocolException(6, "not a HelloReply");
    }
    byte[] unsigned = HelloReply.unsigned(MessageCodec.trimmed(reply));
    return signature(secret.serverKey(), proof, unsigned).equals(decoded.signature());
  }

  Bytes32 mask(Bytes32 storedKey) {
    return Sha256.hmac(storedKey, hash);
  }

  Bytes32 signature(Bytes32 serverKey, Bytes32 proof, byte[] unsignedReply) {
    return Sha256.hmac(serverKey, Sha256.hash(hash, proof.toBytes(), unsignedReply).toBytes());
  }
}
