package io.dsa.client.admin;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** A name as part of a path, percent-encoded (RFC 3986). */
final class PathSegment {
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private PathSegment() {}

  static String of(String name) {
    StringBuilder out = new StringBuilder();
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      if ((b >= '0' && b <= '9')
          || (b >= 'A' && b <= 'Z')
          || (b >= 'a' && b <= 'z')
          || b == '-'
          || b == '_'
          || b == '.'
          || b == '~') {
        out.append((char) b);
      } else {
        out.append('%').append(HEX.toHexDigits(b));
      }
    }
    return out.toString();
  }
}
