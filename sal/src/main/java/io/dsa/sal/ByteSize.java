package io.dsa.sal;

import io.dsa.sal.StorageException.Category;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes as people write them: a whole number and {@code KiB}, {@code MiB}, {@code GiB} or {@code
 * TiB}; without a unit, or with {@code B}, bytes. Upper and lower case are the same. Units that
 * could mean powers of ten or of two, such as {@code MB} or {@code M}, are refused.
 */
public final class ByteSize {
  private static final Pattern FORM =
      Pattern.compile("(?<number>[0-9]+) ?(?<unit>|B|KiB|MiB|GiB|TiB)", Pattern.CASE_INSENSITIVE);
  private static final String[] UNITS = {"B", "KiB", "MiB", "GiB", "TiB"};

  private ByteSize() {}

  /**
   * Returns the number of bytes that {@code text} says.
   *
   * @throws StorageException with category INVALID if it says none, or 2^63 or more
   */
  public static long parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw new StorageException(
          Category.INVALID,
          "'"
              + Text.printable(text)
              + "' is no size; it is a whole number and B, KiB, MiB, GiB or TiB, as in 64MiB");
    }
    try {
      return Math.multiplyExact(
          Long.parseLong(matcher.group("number")), unit(matcher.group("unit")));
    } catch (ArithmeticException | NumberFormatException e) {
      throw new StorageException(
          Category.INVALID, "the size '" + Text.printable(text) + "' is too large", e);
    }
  }

  /**
   * Returns {@code bytes} in the largest unit that says it exactly, as in {@code 64MiB}; or, where
   * that would be a long number, with one decimal, as in {@code 1.5GiB}, which is rounded down:
   * what is too small must not look as if it were enough.
   */
  public static String format(long bytes) {
    if (bytes < 0) {
      return "-" + (bytes == Long.MIN_VALUE ? "8388608TiB" : format(-bytes));
    }
    int exact = 0;
    int rough = 0;
    long inRough = bytes;
    while (exact < UNITS.length - 1 && bytes != 0 && bytes % (1L << (10 * (exact + 1))) == 0) {
      exact++;
    }
    while (rough < UNITS.length - 1 && inRough >= 1024) {
      rough++;
      inRough >>= 10;
    }
    long inExact = bytes >> (10 * exact);
    if (inExact < 10_000 || exact == rough) {
      return inExact + UNITS[exact];
    }
    long unit = 1L << (10 * rough);
    long tenths = bytes % unit * 10 / unit;
    return bytes / unit + "." + tenths + UNITS[rough];
  }

  private static long unit(String unit) {
    return switch (unit.toLowerCase(Locale.ROOT)) {
      case "kib" -> 1L << 10;
      case "mib" -> 1L << 20;
      case "gib" -> 1L << 30;
      case "tib" -> 1L << 40;
      default -> 1;
    };
  }
}
