package io.dsa.protocol;

import java.util.Optional;

/**
 * The rules for names of volumes, the same at both ends. A name
 *
 * <ul>
 *   <li>is 1 to {@value #MAX_BYTES} bytes of UTF-8, in Unicode normalisation form C;
 *   <li>has no {@code /}, no control characters, no line separators and no characters that change
 *       the direction of text, so that it prints as what it is;
 *   <li>does not begin with {@code -} (an option on a command line), {@code .} or a space, and does
 *       not end with a space.
 * </ul>
 */
public final class VolumeName {
  /** The longest name, in bytes of UTF-8. */
  public static final int MAX_BYTES = 255;

  private static final NameRules RULES = new NameRules("volume name", MAX_BYTES, "/");

  private VolumeName() {}

  /**
   * Returns {@code name} in normalisation form C, as a client sends what its user typed.
   *
   * @throws IllegalArgumentException if it breaks a rule; the message is one line that says which
   */
  public static String canonical(String name) {
    return RULES.canonical(name);
  }

  /** Returns what is wrong with {@code name}, in one line, or empty if it is a volume's name. */
  public static Optional<String> problem(String name) {
    return RULES.problem(name);
  }

  /**
   * Returns what is wrong with {@code name} for a volume that is to get it, which is more than for
   * one that has it: what cannot be seen (a joiner, too), looks like a space, has no meaning in
   * Unicode, or stands where something was no text, names nothing that people could tell from
   * another.
   */
  public static Optional<String> problemOfNew(String name) {
    return RULES.problemOfNew(name);
  }
}
