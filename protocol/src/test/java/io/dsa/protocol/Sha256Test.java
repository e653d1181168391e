package io.dsa.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class Sha256Test {
  /** FIPS 180-4, appendix B.1. */
  @Test
  void shouldHashAbc() {
    assertThat(hex(Sha256.hash(new byte[] {'a'}, new byte[] {'b', 'c'})))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  /** RFC 4231, test case 2, whose key ends in zeros when it is made 32 bytes long. */
  @Test
  void shouldMakeTheCodeOfTheStandard() {
    byte[] key = new byte[32];
    System.arraycopy("Jefe".getBytes(StandardCharsets.US_ASCII), 0, key, 0, 4);
    byte[] message = "what do ya want for nothing?".getBytes(StandardCharsets.US_ASCII);

    assertThat(hex(Sha256.hmac(Bytes32.of(key), message)))
        .isEqualTo("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  }

  @Test
  void shouldAgreeWithJavasOwn() throws Exception {
    for (int length = 0; length < 200; length++) {
      Bytes32 key = Bytes32.random();
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.toBytes(), "HmacSHA256"));

      assertThat(Sha256.hmac(key, new byte[length]).toBytes())
          .isEqualTo(mac.doFinal(new byte[length]));
    }
  }

  static String hex(Bytes32 bytes) {
    return HexFormat.of().formatHex(bytes.toBytes());
  }
}
