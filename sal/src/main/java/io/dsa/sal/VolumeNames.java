package io.dsa.sal;

import io.dsa.sal.StorageException.Category;

/**
 * What a pool needs of names: short enough to store and printable. What users may call their
 * volumes is decided above, and is stricter.
 */
final class VolumeNames {
  static final int MAX_BYTES = 255;

  private VolumeNames() {}

  /** Throws with category INVALID if a volume cannot have this name. */
  static void check(String name) {
    if (name.isEmpty()) {
      throw new StorageException(Category.INVALID, "a volume name cannot be empty");
    }
    checkText("volume name", name);
  }

  /**
   * Throws with category INVALID if {@code text}, which may be empty, cannot be stored as a name.
   */
  static void checkText(String what, String text) {
    byte[] utf8 = text.length() > MAX_BYTES ? null : Text.utf8(text);
    if (text.length() > MAX_BYTES || (utf8 != null && utf8.length > MAX_BYTES)) {
      throw new StorageException(
          Category.INVALID,
          what + " '" + Text.printable(text) + "' is longer than " + MAX_BYTES + " bytes in UTF-8");
    }
    if (utf8 == null || !text.codePoints().allMatch(Text::isPrintable)) {
      throw new StorageException(
          Category.INVALID,
          what + " '" + Text.printable(text) + "' contains characters that cannot be printed");
    }
  }
}
