package io.dsa.cli;

import java.time.Duration;
import java.util.Iterator;
import java.util.OptionalLong;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** What a benchmark is to do, as it is said on the command line. */
final class BenchOptions {
  private static final int DURATION_SECONDS = 10;
  private static final int MOST_SECONDS = 30 * 24 * 3600;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--mode",
      paramLabel = "MODE",
      defaultValue = "read",
      converter = Mode.class,
      completionCandidates = Modes.class,
      description =
          "What to measure: ${COMPLETION-CANDIDATES}. A durable write is a write and a flush;"
              + " durable-append writes blocks one behind the other, as a log. Default: read.")
  private BenchMode mode;

  @Option(
      names = "--overwrite",
      description = "What the volume holds may be lost; every --mode but read asks for it.")
  private boolean overwrite;

  @Option(
      names = "--order",
      paramLabel = "ORDER",
      converter = Order.class,
      description =
          "Which block is next: random or sequential. Default: random, and sequential for"
              + " durable-append.")
  private BenchPlan.Order order;

  @Option(
      names = "--block",
      paramLabel = "SIZE",
      defaultValue = "4KiB",
      converter = SizeArgument.class,
      description = "What each request moves, up to 1 GiB. Default: 4KiB.")
  private long blockBytes;

  @Option(
      names = "--depth",
      paramLabel = "N",
      defaultValue = "1",
      description = "Requests in flight on each queue, up to 1024. Default: 1.")
  private int depth;

  @Option(
      names = "--threads",
      paramLabel = "N",
      defaultValue = "1",
      description = "Threads, each with a part of the volume to itself. Default: 1.")
  private int threads;

  @Option(
      names = "--queues",
      paramLabel = "N",
      defaultValue = "1",
      description = "Queues of each thread. Default: 1.")
  private int queues;

  @Option(
      names = "--read-percent",
      paramLabel = "N",
      defaultValue = "70",
      description = "The share of reads with --mode mixed, 1 to 99. Default: 70.")
  private int readPercent;

  @Option(
      names = "--wait",
      paramLabel = "HOW",
      defaultValue = "spin",
      converter = Wait.class,
      description =
          "How to wait for completions: spin takes a CPU for each thread, block sleeps. Default:"
              + " spin.")
  private BenchPlan.Wait wait;

  @Option(
      names = "--duration",
      paramLabel = "SECONDS",
      description = "How long to measure. Default: 10, and without end where --ops is given.")
  private Integer durationSeconds;

  @Option(
      names = "--ops",
      paramLabel = "N",
      description = "End after N measured requests, if that comes before --duration.")
  private Long operations;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      defaultValue = "2",
      description = "How long to do the same before measuring. Default: 2.")
  private int warmUpSeconds;

  @Option(
      names = "--verify",
      description =
          "Stamp each block that is written with its place, its generation and a checksum, and"
              + " check what is read; after writing, read it all back. With --mode read: check the"
              + " stamps that an earlier run left.")
  private boolean verify;

  @Option(
      names = "--reconnect",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description =
          "Where the server is lost, wait so long for it to come back and go on. Default: 0, which"
              + " ends the run.")
  private int reconnectSeconds;

  /** The plan, or one line about the option that is wrong. */
  BenchPlan plan() {
    if (mode.writes() && !overwrite) {
      throw wrong("--mode " + Words.of(mode) + " overwrites the volume: allow it by --overwrite");
    }
    within("--warm-up", warmUpSeconds, 0);
    within("--reconnect", reconnectSeconds, 0);
    within("--duration", seconds(), 1);
    if (blockBytes > BenchPlan.MOST_BLOCK_BYTES) {
      throw wrong("--block is " + blockBytes + ", more than " + BenchPlan.MOST_BLOCK_BYTES);
    }
    try {
      return new BenchPlan(
          mode,
          order == null ? usualOrder() : order,
          wait,
          readPercent,
          (int) blockBytes,
          depth,
          threads,
          queues,
          Duration.ofSeconds(warmUpSeconds),
          Duration.ofSeconds(seconds()),
          operations == null ? OptionalLong.empty() : OptionalLong.of(operations),
          verify,
          Duration.ofSeconds(reconnectSeconds));
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
  }

  private BenchPlan.Order usualOrder() {
    return mode == BenchMode.DURABLE_APPEND ? BenchPlan.Order.SEQUENTIAL : BenchPlan.Order.RANDOM;
  }

  private int seconds() {
    if (durationSeconds != null) {
      return durationSeconds;
    }
    return operations == null ? DURATION_SECONDS : MOST_SECONDS;
  }

  private void within(String option, int seconds, int least) {
    if (seconds < least || seconds > MOST_SECONDS) {
      throw wrong(
          option + " is " + seconds + " seconds, not within " + least + " to " + MOST_SECONDS);
    }
  }

  private ParameterException wrong(String line) {
    return new ParameterException(command.commandLine(), line);
  }

  /** Names of modes, as in {@code durable-write}. */
  static final class Modes implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Stream.of(BenchMode.values()).map(Words::of).iterator();
    }
  }

  /** From a name to the mode. */
  static final class Mode implements ITypeConverter<BenchMode> {
    @Override
    public BenchMode convert(String text) {
      return named(text, BenchMode.values());
    }
  }

  /** From a name to the order. */
  static final class Order implements ITypeConverter<BenchPlan.Order> {
    @Override
    public BenchPlan.Order convert(String text) {
      return named(text, BenchPlan.Order.values());
    }
  }

  /** From a name to the way of waiting. */
  static final class Wait implements ITypeConverter<BenchPlan.Wait> {
    @Override
    public BenchPlan.Wait convert(String text) {
      return named(text, BenchPlan.Wait.values());
    }
  }

  private static <E extends Enum<E>> E named(String text, E[] values) {
    return Stream.of(values)
        .filter(value -> Words.of(value).equals(text))
        .findFirst()
        .orElseThrow(() ->
            new TypeConversionException(
                "'"
                    + text
                    + "' is none of "
                    + String.join(", ", Stream.of(values).map(Words::of).toList())));
  }
}
