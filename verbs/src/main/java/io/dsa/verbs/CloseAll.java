package io.dsa.verbs;

import java.util.Collection;
import java.util.List;

/** Closes everything even where some of it fails; the first failure carries the others. */
public final class CloseAll {
  private CloseAll() {}

  /** Closes one after the other; children go before their parents. */
  public static void inOrder(AutoCloseable... resources) {
    of(List.of(resources));
  }

  /** Closes in the order of the collection. */
  public static void of(Collection<? extends AutoCloseable> resources) {
    RuntimeException first = null;
    for (AutoCloseable resource : resources) {
      try {
        resource.close();
      } catch (Exception e) {
        if (first != null) {
          first.addSuppressed(e);
        } else if (e instanceof RuntimeException runtime) {
          first = runtime;
        } else {
          first = new IllegalStateException(e);
        }
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
