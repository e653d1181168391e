package io.dsa.protocol.json;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.json.JsonFactory;

/** Objects as text and back: the one place that knows the library. */
final class JsonText {
  /** What the admin plane says is three deep; more is somebody trying. */
  static final int MAX_DEPTH = 8;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxNumberLength(32)
                  .build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .build();

  private JsonText() {}

  static JsonObject parse(byte[] utf8) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), utf8)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new JsonException("expected a JSON object");
      }
      JsonObject object = object(parser);
      if (parser.nextToken() != null) {
        throw new JsonException("there is something after the JSON object");
      }
      return object;
    } catch (InputCoercionException e) {
      throw new JsonException("a number is beyond 64 bits", e);
    } catch (JacksonException e) {
      throw new JsonException("no JSON: " + problem(e), e);
    }
  }

  private static String problem(JacksonException e) {
    String what = String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
    return e.getLocation() == null
        ? what
        : what
            + " (line "
            + e.getLocation().getLineNr()
            + ", column "
            + e.getLocation().getColumnNr()
            + ")";
  }

  private static JsonObject object(JsonParser parser) {
    Map<String, Object> fields = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      Object value = value(key, parser, parser.nextToken());
      if (value != null) {
        fields.put(key, value);
      }
    }
    return new JsonObject(fields);
  }

  private static List<Object> list(String key, JsonParser parser) {
    List<Object> values = new ArrayList<>();
    JsonToken token = parser.nextToken();
    while (token != JsonToken.END_ARRAY) {
      Object value = value(key, parser, token);
      if (value == null) {
        throw new JsonException(key + ": a list cannot have null in it");
      }
      values.add(value);
      token = parser.nextToken();
    }
    return values;
  }

  private static Object value(String key, JsonParser parser, JsonToken token) {
    return switch (token) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> list(key, parser);
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new JsonException(key + ": a number has to be a whole one");
    };
  }

  static byte[] write(JsonObject object) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator generator = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      write(generator, object);
    }
    return out.toByteArray();
  }

  private static void write(JsonGenerator generator, Object value) {
    switch (value) {
      case JsonObject object -> {
        generator.writeStartObject();
        object
            .fields()
            .forEach((key, field) -> {
              generator.writeName(key);
              write(generator, field);
            });
        generator.writeEndObject();
      }
      case List<?> values -> {
        generator.writeStartArray();
        values.forEach(each -> write(generator, each));
        generator.writeEndArray();
      }
      case String text -> generator.writeString(text);
      case Long number -> generator.writeNumber(number);
      case Boolean flag -> generator.writeBoolean(flag);
      default -> throw new IllegalArgumentException("no JSON value: " + value.getClass());
    }
  }
}
