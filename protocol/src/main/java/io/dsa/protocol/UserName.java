package io.dsa.protocol;

import java.util.Optional;

/**
 * The rules for names of users, the same at both ends: those for volumes' names ({@link
 * VolumeName}), but at most {@value #MAX_BYTES} bytes of UTF-8, and without a {@code :}, which ends
 * the name in a file of credentials.
 */
public final class UserName {
  /** The longest name, in bytes of UTF-8. */
  public static final int MAX_BYTES = 64;

  private static final NameRules RULES = new NameRules("user name", MAX_BYTES, "/:");

  private UserName() {}

  /**
   * Returns {@code name} in normalisation form C, as it is kept and sent.
   *
   * @throws IllegalArgumentException if it breaks a rule; the message is one line that says which
   */
  public static String canonical(String name) {
    return RULES.canonical(name);
  }

  /**
   * Returns {@code name} in normalisation form C for a user that is to get it.
   *
   * @throws IllegalArgumentException as {@link #canonical} does, and for what cannot be seen
   *     ({@link VolumeName#problemOfNew})
   */
  public static String canonicalOfNew(String name) {
    return RULES.canonicalOfNew(name);
  }

  /** Returns what is wrong with {@code name}, in one line, or empty if it can be a user's name. */
  public static Optional<String> problem(String name) {
    return RULES.problem(name);
  }
}
