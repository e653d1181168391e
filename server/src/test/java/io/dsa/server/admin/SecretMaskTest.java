package io.dsa.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.protocol.Secret;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SecretMaskTest {
  private final String secret = Secret.random().toText();
  private final String token = Secret.random().adminToken().toText();

  @ParameterizedTest
  @ValueSource(
      strings = {"%s", "ada:%s", "ada%%3A%s", "xx%s.", "/%s/b", "?a=%s&b", "\"%s\"", "_%s-"})
  void shouldHideASecretWhereverItStands(String text) {
    assertThat(SecretMask.of(text.formatted(secret))).isEqualTo(text.formatted(SecretMask.HIDDEN));
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s", "ada.%s", "ada%%2E%s", "/%s/b", "?a=%s&b", "\"%s\"", "ada %s"})
  void shouldHideATokenThatStandsByItself(String text) {
    assertThat(SecretMask.of(text.formatted(token))).isEqualTo(text.formatted(SecretMask.HIDDEN));
  }

  @Test
  void shouldHideWhatIsEncodedThoughItNeedNotBe() {
    StringBuilder encoded = new StringBuilder();
    secret.chars().forEach(c -> encoded.append(String.format("%%%02x", c)));

    assertThat(SecretMask.of("/" + encoded + "/" + secret.replace("-", "%2D")))
        .isEqualTo("/[secret]/[secret]");
  }

  @Test
  void shouldHideEachOfThoseThatAreJoined() {
    assertThat(SecretMask.of(secret + secret + " " + token + "." + token))
        .isEqualTo("[secret][secret] [secret].[secret]");
  }

  @Test
  void shouldLeaveNamesAlone() {
    String names = "dsa-orders " + UUID.randomUUID() + " " + "a".repeat(42) + " " + "a".repeat(44);

    assertThat(SecretMask.of(names)).isEqualTo(names);
  }
}
