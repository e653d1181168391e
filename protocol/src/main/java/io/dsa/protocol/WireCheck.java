package io.dsa.protocol;

/** Range checks shared by the records of replies. */
final class WireCheck {
  private WireCheck() {}

  static int range(String field, int value, int min, int max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(field + " is " + value + ", not " + min + " to " + max);
    }
    return value;
  }

  static long notNegative(String field, long value) {
    if (value < 0) {
      throw new IllegalArgumentException(field + " is negative: " + value);
    }
    return value;
  }
}
