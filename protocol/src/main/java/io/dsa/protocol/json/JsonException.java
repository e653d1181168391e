package io.dsa.protocol.json;

/** Text that is no JSON, or JSON that is not what was expected; one line that says where. */
public final class JsonException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  JsonException(String message) {
    super(message);
  }

  JsonException(String message, Throwable cause) {
    super(message, cause);
  }
}
