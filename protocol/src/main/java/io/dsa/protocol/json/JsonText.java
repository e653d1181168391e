package io.dsa.protocol.json;

import io.dsa.protocol.PrintableText;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
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
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.core.json.JsonFactory;

/** Objects as text and back: the one place that knows the library. */
final class JsonText {
  /** What the admin plane says is three deep; more is somebody trying. */
  static final int MAX_DEPTH = 8;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
          .build();

  private static final int SHOWN = 64;

  private JsonText() {}

  static JsonObject parse(byte[] utf8) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text(utf8))) {
      return parse(parser);
    }
  }

  /** The library's own words are for programmers, and none of them is said. */
  private static JsonObject parse(JsonParser parser) {
    try {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new JsonException("expected a JSON object");
      }
      JsonObject object = object(parser);
      if (parser.nextToken() != null) {
        throw new JsonException("there is something after the JSON object");
      }
      return object;
    } catch (UnexpectedEndOfInputException e) {
      throw new JsonException("not JSON: it ends too early, at " + place(e.getLocation()), e);
    } catch (StreamConstraintsException e) {
      throw new JsonException(
          "JSON nested deeper than "
              + MAX_DEPTH
              + ", or with a key or a number that is far too long, at "
              + place(parser.currentLocation()),
          e);
    } catch (JacksonException e) {
      throw new JsonException("not JSON: " + place(e.getLocation()) + " cannot be read", e);
    }
  }

  /** As text, of which the library can say the column; and in no other encoding that it guesses. */
  private static String text(byte[] utf8) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException e) {
      throw new JsonException("not JSON: it is not UTF-8", e);
    }
  }

  private static String place(TokenStreamLocation location) {
    return "line " + location.getLineNr() + ", column " + location.getColumnNr();
  }

  private static JsonObject object(JsonParser parser) {
    // A key whose value is null is a key all the same, and may be an unknown one.
    Map<String, Object> fields = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String key = parser.currentName();
      if (fields.containsKey(key)) {
        throw new JsonException(
            printable(key) + ": is there twice, again at " + place(parser.currentTokenLocation()));
      }
      fields.put(key, value(key, parser, parser.nextToken()));
    }
    return new JsonObject(fields);
  }

  private static List<Object> list(String key, JsonParser parser) {
    List<Object> values = new ArrayList<>();
    JsonToken token = parser.nextToken();
    while (token != JsonToken.END_ARRAY) {
      Object value = value(key, parser, token);
      if (value == null) {
        throw new JsonException(printable(key) + ": a list cannot have null in it");
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
      case VALUE_NUMBER_INT -> number(key, parser);
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      default -> throw new JsonException(printable(key) + ": a number has to be a whole one");
    };
  }

  private static long number(String key, JsonParser parser) {
    try {
      return parser.getLongValue();
    } catch (InputCoercionException e) {
      throw new JsonException(printable(key) + ": a number is beyond 64 bits", e);
    }
  }

  /** A key of whoever wrote the text, in a line for people. */
  private static String printable(String key) {
    return PrintableText.of(key.substring(0, Math.min(key.length(), SHOWN)));
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
      case null -> generator.writeNull();
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
