package io.dsa.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The vectors were computed by Python's hmac and hashlib. */
class SecretTest {
  static final String TEXT = "dsa-AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

  @Test
  void shouldDeriveTheKeysOfTheVector() {
    Secret secret = Secret.parse(TEXT);

    assertThat(Sha256Test.hex(secret.clientKey()))
        .isEqualTo("6816ee3d147e1040a30cd6162a8a4d2a3d40904ead68c293982443d33a26e131");
    assertThat(Sha256Test.hex(secret.serverKey()))
        .isEqualTo("f5729c6cc34437134e33ecd064487d4be3deb9e71c2540e404aaa147e2fb57d8");
    assertThat(Sha256Test.hex(secret.adminToken()))
        .isEqualTo("af5b5c4882db09fc313f6eee19e8b169d54c8226bc3270dc90b9c7d72a726d65");
  }

  @Test
  void shouldKeepTheKeysOfTheVector() {
    KeptKeys keys = KeptKeys.of(Secret.parse(TEXT));

    assertThat(Sha256Test.hex(keys.storedKey()))
        .isEqualTo("01bed8af23e308e7328b96ac5fd5254fd5fac63b676e8f8dcde6a563f64e789a");
    assertThat(Sha256Test.hex(keys.serverKey()))
        .isEqualTo("f5729c6cc34437134e33ecd064487d4be3deb9e71c2540e404aaa147e2fb57d8");
    assertThat(Sha256Test.hex(keys.tokenHash()))
        .isEqualTo("4049364298ab61c6dfe2d6a9cf598cd385688542e2d2ffd76341ffb189b27f73");
  }

  @Test
  void shouldKnowTheTokenOfItsSecretAlone() {
    Secret secret = Secret.random();
    KeptKeys keys = KeptKeys.of(secret);

    assertThat(keys.acceptsToken(secret.adminToken())).isTrue();
    assertThat(keys.acceptsToken(Secret.random().adminToken())).isFalse();
    // What the server keeps opens nothing.
    assertThat(keys.acceptsToken(keys.tokenHash())).isFalse();
    assertThat(keys.acceptsToken(keys.serverKey())).isFalse();
  }

  @Test
  void shouldReadBackWhatItWrote() {
    Secret secret = Secret.random();

    assertThat(Secret.parse(secret.toText())).isEqualTo(secret).hasSameHashCodeAs(secret);
    assertThat(Secret.parse(TEXT).toText()).isEqualTo(TEXT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "dsa-",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
        "dsa-AAECAwQF",
        "DSA-A"
      })
  void shouldRefuseOtherTextsWithoutRepeatingThem(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Secret.parse(text))
        .withMessage("a secret is 'dsa-' and 43 characters of base64url, 47 in all");
  }

  @Test
  void shouldNotGiveItselfToLogs() {
    Secret secret = Secret.random();

    assertThat(secret.toString()).doesNotContain(secret.toText().substring(4));
    assertThat(KeptKeys.of(secret).toString()).doesNotContain(secret.serverKey().toText());
  }
}
