package io.dsa.protocol.json;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * A JSON object, in the order in which it was read or made. Its values are texts, whole numbers,
 * truth values, objects and lists of texts or of objects; a value that is null counts as absent,
 * though its key is there.
 *
 * <p>Every reading method throws {@link JsonException} where the key has another kind of value, and
 * the ones that are not optional where it has none. Confined to one thread.
 */
public final class JsonObject {
  private final Map<String, Object> fields;

  JsonObject(Map<String, Object> fields) {
    this.fields = fields;
  }

  /** An object without fields, to be filled by {@link #with}. */
  public static JsonObject empty() {
    return new JsonObject(new LinkedHashMap<>());
  }

  /**
   * Reads one object and nothing after it.
   *
   * @param utf8 of any content; how large it may be is the caller's affair
   * @throws JsonException in one line if it is no JSON, no object, nested deeper than {@value
   *     JsonText#MAX_DEPTH}, or names a key twice
   */
  public static JsonObject parse(byte[] utf8) {
    return JsonText.parse(utf8);
  }

  /** Returns it in one line of UTF-8. */
  public byte[] toUtf8() {
    return JsonText.write(this);
  }

  public JsonObject with(String key, String value) {
    return put(key, value);
  }

  public JsonObject with(String key, long value) {
    return put(key, value);
  }

  public JsonObject with(String key, boolean value) {
    return put(key, value);
  }

  public JsonObject with(String key, JsonObject value) {
    return put(key, value);
  }

  /**
   * Adds a list.
   *
   * @param values texts or objects
   */
  public JsonObject with(String key, List<?> values) {
    return put(key, List.copyOf(values));
  }

  private JsonObject put(String key, Object value) {
    fields.put(key, Objects.requireNonNull(value, key));
    return this;
  }

  public boolean isEmpty() {
    return fields.isEmpty();
  }

  /** Also those whose value is null. */
  public Set<String> keys() {
    return fields.keySet();
  }

  Map<String, Object> fields() {
    return fields;
  }

  public String text(String key) {
    return optionalText(key).orElseThrow(() -> missing(key));
  }

  public Optional<String> optionalText(String key) {
    return value(key, String.class, "text");
  }

  public long number(String key) {
    return optionalNumber(key).orElseThrow(() -> missing(key));
  }

  public Optional<Long> optionalNumber(String key) {
    return value(key, Long.class, "a whole number of at most 64 bits");
  }

  public boolean flag(String key) {
    return optionalFlag(key).orElseThrow(() -> missing(key));
  }

  public Optional<Boolean> optionalFlag(String key) {
    return value(key, Boolean.class, "true or false");
  }

  public JsonObject object(String key) {
    return optionalObject(key).orElseThrow(() -> missing(key));
  }

  public Optional<JsonObject> optionalObject(String key) {
    return value(key, JsonObject.class, "an object");
  }

  public List<String> texts(String key) {
    return list(key, String.class, "texts");
  }

  public List<JsonObject> objects(String key) {
    return list(key, JsonObject.class, "objects");
  }

  private <T> List<T> list(String key, Class<T> type, String what) {
    List<?> values = value(key, List.class, "a list").orElseThrow(() -> missing(key));
    List<T> result = new ArrayList<>();
    for (Object value : values) {
      if (!type.isInstance(value)) {
        throw new JsonException(key + ": expected a list of " + what);
      }
      result.add(type.cast(value));
    }
    return result;
  }

  private <T> Optional<T> value(String key, Class<T> type, String what) {
    Object value = fields.get(key);
    if (value != null && !type.isInstance(value)) {
      throw new JsonException(key + ": expected " + what);
    }
    return Optional.ofNullable(type.cast(value));
  }

  private static JsonException missing(String key) {
    return new JsonException(key + ": is missing");
  }
}
