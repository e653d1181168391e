package io.dsa.protocol.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "``|expected a JSON object",
        "` `|expected a JSON object",
        "[]|expected a JSON object",
        "1|expected a JSON object",
        "null|expected a JSON object",
        "nope|not JSON: line 1, column 1 cannot be read",
        "{|not JSON: it ends too early, at line 1, column 2",
        "{\"a\":\"x|not JSON: it ends too early, at line 1, column 8",
        "{\"a\":}|not JSON: line 1, column 6 cannot be read",
        "{\"ü😀\":}|not JSON: line 1, column 8 cannot be read",
        "{\"a\": nope}|not JSON: line 1, column 7 cannot be read",
        "{\"a\":1,}|not JSON: line 1, column 8 cannot be read",
        "{'a':1}|not JSON: line 1, column 2 cannot be read",
        "{\"a\":1}{}|there is something after the JSON object",
        "{\"a\":1} x|not JSON: line 1, column 9 cannot be read",
        "{\"a\":1,\"a\":2}|a: is there twice, again at line 1, column 8",
        "{\"a\":null,\"a\":2}|a: is there twice, again at line 1, column 11",
        "{\"o\":{\"a\":1,\"a\":1}}|a: is there twice, again at line 1, column 13",
        "{\"a\":1.5}|a: a number has to be a whole one",
        "{\"a\":1e3}|a: a number has to be a whole one",
        "{\"a\":NaN}|not JSON: line 1, column 9 cannot be read",
        "{\"a\":9223372036854775808}|a: a number is beyond 64 bits",
        "{\"a\":123456789012345678901234567890123456789}|a: a number is beyond 64 bits",
        "{\"\\na\\u202e\":1.5}|?a?: a number has to be a whole one",
        "{\"a\":[null]}|a: a list cannot have null in it",
        "{\"a\":\"\\ud8\"}|not JSON: line 1, column 11 cannot be read",
      })
  void shouldRefuse(String text, String line) {
    assertThatThrownBy(() -> parse(text)).isInstanceOf(JsonException.class).hasMessage(line);
  }

  /** A column is that of a text editor, on the line that it is on. */
  @Test
  void shouldSayTheLineOfWhatIsNoJson() {
    assertThatThrownBy(() -> parse("{\n  \"a\": 1\n  \"b\": 2\n}"))
        .hasMessage("not JSON: line 3, column 3 cannot be read");
    assertThatThrownBy(() -> parse("{\"a\":\"\n\"}"))
        .hasMessage("not JSON: line 1, column 7 cannot be read");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"a\":[[[[[[[[[[1]]]]]]]]]]}",
        "{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}}"
      })
  void shouldNotFollowWhatIsNestedTooDeep(String text) {
    assertThatThrownBy(() -> parse(text))
        .isInstanceOf(JsonException.class)
        .hasMessageContaining("nested deeper than 8")
        .hasMessageContaining("line 1, column ");
  }

  /** Bodies are small, but a number need not be turned into one to see that it is none. */
  @Test
  void shouldRefuseANumberOfThousandsOfDigits() {
    assertThatThrownBy(() -> parse("{\"a\":" + "9".repeat(60_000) + "}"))
        .isInstanceOf(JsonException.class)
        .message()
        .contains("far too long", "line 1, column ")
        .hasSizeLessThan(200);
  }

  @Test
  void shouldTakeNoOtherEncoding() {
    for (byte[] bytes :
        List.of(
            "{\"a\":1}".getBytes(StandardCharsets.UTF_16),
            "{\"a\":\"ü\"}".getBytes(StandardCharsets.ISO_8859_1))) {
      assertThatThrownBy(() -> JsonObject.parse(bytes))
          .isInstanceOf(JsonException.class)
          .hasMessage("not JSON: it is not UTF-8");
    }
  }

  @Test
  void shouldKnowAKeyWhoseValueIsNull() {
    JsonObject object = parse("{\"a\":null,\"b\":{\"c\":null}}");

    assertThat(object.keys()).containsExactly("a", "b");
    assertThat(object.object("b").keys()).containsExactly("c");
    assertThat(object.isEmpty()).isFalse();
    assertThat(object.optionalText("a")).isEmpty();
    assertThat(object.toUtf8()).asString().isEqualTo("{\"a\":null,\"b\":{\"c\":null}}");
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
        assertThat(refused.getMessage())
            .isNotBlank()
            .doesNotContain("\n", "Source", "jackson", "token");
      }
    }
  }
}
