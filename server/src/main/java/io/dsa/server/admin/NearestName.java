package io.dsa.server.admin;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.ToIntFunction;

/** Finds the name that was meant by one that is not known. */
public final class NearestName {
  private NearestName() {}

  /**
   * Finds the known name that is most like this one.
   *
   * @param known may be empty
   * @return empty if none is like it: half of a name's characters may differ, and two in any case
   */
  public static Optional<String> of(String given, Collection<String> known) {
    return of(given, known, name -> Math.max(2, name.length() / 2));
  }

  /**
   * As {@link #of(String, Collection)}, with a bound of the caller's.
   *
   * @param most how many characters may differ from this known name
   */
  public static Optional<String> of(
      String given, Collection<String> known, ToIntFunction<String> most) {
    return known.stream()
        .min(Comparator.comparingInt(name -> distance(given, name)))
        .filter(name -> distance(given, name) <= most.applyAsInt(name));
  }

  /** The edit distance of Levenshtein, one row at a time. */
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[b.length()];
  }
}
