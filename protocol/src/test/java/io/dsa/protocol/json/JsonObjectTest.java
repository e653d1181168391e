package io.dsa.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class JsonObjectTest {
  private static JsonObject parse(String text) {
    return JsonObject.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void shouldReadBackWhatItWrote() {
    JsonObject object =
        JsonObject.empty()
            .with("text", "ü \"\\ \u0000 \ud83d\ude00")
            .with("number", Long.MIN_VALUE)
            .with("flag", true)
            .with("object", JsonObject.empty().with("inner", 1))
            .with("texts", List.of("a", "b"))
            .with("objects", List.of(JsonObject.empty().with("x", "y")));

    JsonObject back = JsonObject.parse(object.toUtf8());

    assertThat(back.keys()).containsExactly("text", "number", "flag", "object", "texts", "objects");
    assertThat(back.text("text")).isEqualTo("ü \"\\ \u0000 \ud83d\ude00");
    assertThat(back.number("number")).isEqualTo(Long.MIN_VALUE);
    assertThat(back.flag("flag")).isTrue();
    assertThat(back.object("object").number("inner")).isEqualTo(1);
    assertThat(back.texts("texts")).containsExactly("a", "b");
    assertThat(back.objects("objects").getFirst().text("x")).isEqualTo("y");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "[]",
        "1",
        "null",
        "{",
        "{\"a\":}",
        "{\"a\":1,}",
        "{'a':1}",
        "{\"a\":1}{}",
        "{\"a\":1} x",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1.5}",
        "{\"a\":1e3}",
        "{\"a\":NaN}",
        "{\"a\":9223372036854775808}",
        "{\"a\":123456789012345678901234567890123456789}",
        "{\"a\":[null]}",
        "{\"a\":[[[[[[[[[[1]]]]]]]]]]}",
        "{\"a\":\"\\ud8\"}",
        "{\"a\":\"\n\"}"
      })
  void shouldRefuseInOneLine(String text) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(JsonException.class)
        .message()
        .isNotBlank()
        .doesNotContain("\n");
  }

  @Test
  void shouldSayWhichKeyIsWrong() {
    JsonObject object = parse("{\"a\":\"x\",\"b\":1,\"c\":[1],\"d\":null}");

    assertThatThrownBy(() -> object.number("a"))
        .hasMessage("a: expected a whole number of at most 64 bits");
    assertThatThrownBy(() -> object.text("b")).hasMessage("b: expected text");
    assertThatThrownBy(() -> object.texts("c")).hasMessage("c: expected a list of texts");
    assertThatThrownBy(() -> object.flag("d")).hasMessage("d: is missing");
    assertThat(object.optionalText("e")).isEmpty();
  }

  /** Whatever comes in, it is an object or a refusal. */
  @Test
  void shouldTakeAnyBytes() {
    byte[] sound =
        "{\"name\":\"v\",\"bytes\":12,\"list\":[{\"a\":true}]}".getBytes(StandardCharsets.UTF_8);
    Random random = new Random(5);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = sound.clone();
      for (int changes = random.nextInt(4) + 1; changes > 0; changes--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      try {
        JsonObject.parse(bytes);
      } catch (JsonException refused) {
        assertThat(refused.getMessage()).isNotBlank();
      }
    }
  }
}
