package io.dsa.sal;

import io.dsa.sal.StorageException.Category;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names a device: a scheme, which says what medium it is, and what that medium makes of the rest.
 *
 * @param scheme as in {@code devdax}
 * @param target what comes after the colon, as in {@code /dev/dax0.0}
 */
public record DeviceUri(String scheme, String target) {
  private static final Pattern FORM = Pattern.compile("([a-z][a-z0-9]*):([^\\p{Cntrl}]+)");
  private static final int MAX_LENGTH = 1024;

  /**
   * Returns what {@code text} names.
   *
   * @throws StorageException with category INVALID if it has not the form {@code scheme:target}
   */
  public static DeviceUri parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (text.length() > MAX_LENGTH || !matcher.matches()) {
      throw new StorageException(
          Category.INVALID,
          "'"
              + Text.printable(text)
              + "' is no device URI; it is a scheme, a colon and what the scheme needs, as in "
              + Devices.examples());
    }
    // What stands where something could not be read as text: it names another file, or none.
    if (text.indexOf('\uFFFD') >= 0) {
      throw new StorageException(
          Category.INVALID,
          "'" + Text.printable(text) + "' was no valid UTF-8 where it was typed; rename the file");
    }
    return new DeviceUri(matcher.group(1), matcher.group(2));
  }

  /** Returns the URI as it was parsed. */
  @Override
  public String toString() {
    return scheme + ":" + target;
  }
}
