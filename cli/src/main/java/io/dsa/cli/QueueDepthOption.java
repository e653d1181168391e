package io.dsa.cli;

import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How many blocks are in flight. */
final class QueueDepthOption {
  private static final int MOST = 256;

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--queue-depth",
      paramLabel = "N",
      defaultValue = "16",
      description = "Blocks of 1 MiB in flight, 1 to " + MOST + ". Default: 16.")
  private int depth;

  /** As many blocks as a transfer of that size can use; 0 is for an unknown size. */
  int blocksFor(long bytes) {
    if (depth < 1 || depth > MOST) {
      throw new ParameterException(
          command.commandLine(), "--queue-depth is " + depth + ", not within 1 to " + MOST);
    }
    long needed = bytes == 0 ? depth : Math.ceilDiv(bytes, BlockRing.BLOCK_BYTES);
    return (int) Math.min(depth, needed);
  }
}
