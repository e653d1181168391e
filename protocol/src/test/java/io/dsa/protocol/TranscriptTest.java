package io.dsa.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The vectors were computed by Python's hmac and hashlib, from bytes that Python put together. */
class TranscriptTest {
  private static final Secret SECRET = Secret.parse(SecretTest.TEXT);
  private static final KeptKeys KEYS = KeptKeys.of(SECRET);
  private static final byte[] HELLO = hello("ada", 0x40);
  private static final byte[] CHALLENGE = challenge(0x80);
  private static final Transcript TRANSCRIPT = Transcript.of(HELLO, CHALLENGE);
  private static final Bytes32 PROOF = TRANSCRIPT.proof(SECRET);
  private static final HelloReply REPLY =
      new HelloReply(
          1,
          new InstanceId(0x0011_2233_4455_6677L, 0x8899_AABB_CCDD_EEFFL),
          "host1",
          new SessionLimits(64, 16, 32, 30_000),
          Bytes32.ZEROS);

  private static byte[] hello(String user, int nonce) {
    return MessageCodec.encode(
        new Hello(1, "dsa cli", EnumSet.allOf(DurabilityMethod.class), user, from(nonce)));
  }

  private static byte[] challenge(int nonce) {
    return MessageCodec.encode(new Challenge(from(nonce), 1, false));
  }

  private static Bytes32 from(int first) {
    byte[] bytes = new byte[32];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (first + i);
    }
    return Bytes32.of(bytes);
  }

  @Test
  void shouldMakeTheProofOfTheVector() {
    assertThat(Sha256Test.hex(PROOF))
        .isEqualTo("27b1d3e4b4123fb53faa13dd8c54acdb03e3f030c9057f79a69730e36713fa20");
    assertThat(KEYS.accepts(TRANSCRIPT, PROOF)).isTrue();
  }

  @Test
  void shouldMakeTheSignatureOfTheVector() throws Exception {
    HelloReply signed = KEYS.sign(TRANSCRIPT, PROOF, REPLY);

    assertThat(Sha256Test.hex(signed.signature()))
        .isEqualTo("65da009bd0d6b03495ec822f4f86353af01b805ed51c6f5adf8d1378c09e5699");
    assertThat(TRANSCRIPT.isSigned(SECRET, PROOF, MessageCodec.encode(signed))).isTrue();
  }

  @Test
  void shouldRefuseTheProofOfAnotherHandshake() {
    assertThat(KEYS.accepts(Transcript.of(HELLO, challenge(0x81)), PROOF)).isFalse();
    assertThat(KEYS.accepts(Transcript.of(hello("ada", 0x41), CHALLENGE), PROOF)).isFalse();
    assertThat(KEYS.accepts(Transcript.of(hello("bob", 0x40), CHALLENGE), PROOF)).isFalse();
  }

  /** Somebody between the two who makes the server look like one that asks for nothing. */
  @Test
  void shouldRefuseTheProofOfAChallengeThatWasChanged() {
    byte[] insecure = MessageCodec.encode(new Challenge(from(0x80), 1, true));

    assertThat(KEYS.accepts(TRANSCRIPT, Transcript.of(HELLO, insecure).proof(SECRET))).isFalse();
  }

  @Test
  void shouldRefuseAProofOfAnotherSecretAndOfWhatTheServerKeeps() {
    assertThat(KEYS.accepts(TRANSCRIPT, TRANSCRIPT.proof(Secret.random()))).isFalse();
    assertThat(KEYS.accepts(TRANSCRIPT, Bytes32.ZEROS)).isFalse();
    assertThat(KEYS.accepts(TRANSCRIPT, TRANSCRIPT.mask(KEYS.storedKey()))).isFalse();
    assertThat(KEYS.accepts(TRANSCRIPT, KEYS.storedKey().xor(TRANSCRIPT.mask(KEYS.storedKey()))))
        .isFalse();
    for (int bit = 0; bit < 256; bit++) {
      byte[] bytes = PROOF.toBytes();
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
      assertThat(KEYS.accepts(TRANSCRIPT, Bytes32.of(bytes))).isFalse();
    }
  }

  @Test
  void shouldNoticeEveryChangeOfASignedReply() throws Exception {
    byte[] signed = MessageCodec.encode(KEYS.sign(TRANSCRIPT, PROOF, REPLY));
    for (int bit = 0; bit < 8 * signed.length; bit++) {
      byte[] changed = signed.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      boolean accepted;
      try {
        accepted = TRANSCRIPT.isSigned(SECRET, PROOF, changed);
      } catch (ProtocolException e) {
        accepted = false;
      }
      assertThat(accepted).as("bit %d", bit).isFalse();
    }
  }

  @Test
  void shouldRefuseTheSignatureOfOthers() throws Exception {
    byte[] unsigned = MessageCodec.encode(REPLY);
    byte[] others =
        MessageCodec.encode(KeptKeys.of(Secret.random()).sign(TRANSCRIPT, PROOF, REPLY));
    byte[] earlier =
        MessageCodec.encode(KEYS.sign(Transcript.of(HELLO, challenge(0x81)), PROOF, REPLY));

    assertThat(TRANSCRIPT.isSigned(SECRET, PROOF, unsigned)).isFalse();
    assertThat(TRANSCRIPT.isSigned(SECRET, PROOF, others)).isFalse();
    assertThat(TRANSCRIPT.isSigned(SECRET, PROOF, earlier)).isFalse();
    // The client's own proof, sent back to it.
    assertThat(TRANSCRIPT.isSigned(SECRET, PROOF, MessageCodec.encode(REPLY.withSignature(PROOF))))
        .isFalse();
  }

  /** A newer server's options are signed too, though this build does not know them. */
  @Test
  void shouldCoverOptionsThatItDoesNotKnow() throws Exception {
    byte[] plain = MessageCodec.encode(REPLY);
    byte[] option = HexFormat.of().parseHex("7fff00021234");
    ByteBuffer longer = ByteBuffer.allocate(plain.length + option.length).put(plain).put(option);
    longer.putInt(12, longer.capacity() - MessageCodec.HEADER_BYTES);
    Bytes32 signature = TRANSCRIPT.signature(KEYS.serverKey(), PROOF, longer.array());
    longer.put(plain.length - 32, signature.toBytes());

    assertThat(TRANSCRIPT.isSigned(SECRET, PROOF, longer.array())).isTrue();
    longer.put(longer.capacity() - 1, (byte) 0x35);
    assertThat(TRANSCRIPT.isSigned(SECRET, PROOF, longer.array())).isFalse();
  }

  @Test
  void shouldNotCountWhatFollowsTheBodies() throws Exception {
    Transcript padded = Transcript.of(Arrays.copyOf(HELLO, 4096), Arrays.copyOf(CHALLENGE, 4096));
    byte[] reply = Arrays.copyOf(MessageCodec.encode(KEYS.sign(TRANSCRIPT, PROOF, REPLY)), 4096);

    assertThat(padded.proof(SECRET)).isEqualTo(PROOF);
    assertThat(TRANSCRIPT.isSigned(SECRET, PROOF, reply)).isTrue();
  }

  @Test
  void shouldRefuseWhatIsNoHelloReply() {
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> TRANSCRIPT.isSigned(SECRET, PROOF, MessageCodec.encode(new Done())));
  }
}
