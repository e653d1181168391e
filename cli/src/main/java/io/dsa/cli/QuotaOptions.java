package io.dsa.cli;

import io.dsa.client.admin.UserQuotas;
import java.util.Objects;
import java.util.OptionalInt;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** How much a user may take at a time. */
final class QuotaOptions {
  @Option(
      names = "--max-sessions",
      paramLabel = "N",
      converter = Bound.class,
      description = "Sessions at a time; none: as many as the server's own limit lets.")
  private OptionalInt sessions;

  @Option(
      names = "--max-queues",
      paramLabel = "N",
      converter = Bound.class,
      description = "Data queues at a time, or none.")
  private OptionalInt queues;

  @Option(
      names = "--max-windows",
      paramLabel = "N",
      converter = Bound.class,
      description = "Memory windows at a time, or none.")
  private OptionalInt windows;

  /** Whether none of them is given. */
  boolean areAbsent() {
    return sessions == null && queues == null && windows == null;
  }

  /** Those that are given, and of the others those that there were. */
  UserQuotas over(UserQuotas before) {
    return new UserQuotas(
        Objects.requireNonNullElse(sessions, before.sessions()),
        Objects.requireNonNullElse(queues, before.queues()),
        Objects.requireNonNullElse(windows, before.windows()));
  }

  /** A number, or none. */
  static final class Bound implements ITypeConverter<OptionalInt> {
    @Override
    public OptionalInt convert(String value) {
      if (value.equals("none")) {
        return OptionalInt.empty();
      }
      try {
        return OptionalInt.of(Integer.parseInt(value));
      } catch (NumberFormatException e) {
        throw new TypeConversionException(
            "'" + value + "' is neither a number of 32 bits nor none");
      }
    }
  }
}
