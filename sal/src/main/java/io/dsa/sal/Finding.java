package io.dsa.sal;

import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;

/**
 * Something that the inspection of a pool noticed.
 *
 * @param slot the metadata slot that it is in, 0 or 1; empty where it is in none
 * @param offset where it is on the device, in bytes; empty where it is nowhere in particular
 * @param what is wrong, in one line
 * @param meaning what that means for the pool, and what to do where there is something, in one line
 */
public record Finding(
    Severity severity, OptionalInt slot, OptionalLong offset, String what, String meaning) {
  /** How bad it is. */
  public enum Severity {
    /** Nothing is wrong: what a crash leaves, and the next server on the device tidies up. */
    NOTE,
    /** Something is wrong, and nothing is lost. */
    DAMAGE,
    /** The pool, or a part of it, cannot be used as it is. */
    LOSS
  }

  public Finding {
    Objects.requireNonNull(severity, "severity");
    Objects.requireNonNull(slot, "slot");
    Objects.requireNonNull(offset, "offset");
    Objects.requireNonNull(what, "what");
    Objects.requireNonNull(meaning, "meaning");
  }

  static Finding of(Severity severity, String what, String meaning) {
    return new Finding(severity, OptionalInt.empty(), OptionalLong.empty(), what, meaning);
  }

  static Finding at(int slot, long offset, Severity severity, String what, String meaning) {
    return new Finding(severity, OptionalInt.of(slot), OptionalLong.of(offset), what, meaning);
  }
}
