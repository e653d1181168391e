package io.dsa.server.access;

import io.dsa.protocol.HelloReply;
import io.dsa.protocol.InstanceId;
import io.dsa.server.access.AccessException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a run of the server that ends in order leaves to the next: that nothing which was written to
 * it, flushed or not, has gone. Memory and caches keep it over the end of a process and lose it
 * with the machine's, so it counts for one boot of the machine, and for one next run: the file is
 * taken away before that serves anybody, and a run that crashes leaves none.
 *
 * <p>A file of two lines: the id of the boot, and the ids of the runs, the latest first.
 */
public final class Handover {
  private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

  private final StateDirectory state;
  private final String boot;
  private final List<InstanceId> continued;

  private Handover(StateDirectory state, String boot, List<InstanceId> continued) {
    this.state = state;
    this.boot = boot;
    this.continued = continued;
  }

  /**
   * Takes what the run before left, once.
   *
   * @throws AccessException if the file is there and cannot be taken away
   */
  public static Handover take(StateDirectory state) {
    try {
      return take(state, Files.readString(BOOT_ID).strip());
    } catch (IOException e) {
      throw new AccessException(
          Reason.STATE, BOOT_ID + ": cannot be read: " + StateDirectory.reason(e), e);
    }
  }

  static Handover take(StateDirectory state, String boot) {
    Path file = state.handover();
    try {
      // Any bytes are lines to this encoding, so that damage makes no sense, and is no error.
      List<InstanceId> left = read(Files.readAllLines(file, StandardCharsets.ISO_8859_1), boot);
      Files.delete(file);
      StateDirectory.force(file.getParent());
      return new Handover(state, boot, left);
    } catch (NoSuchFileException e) {
      return new Handover(state, boot, List.of());
    } catch (IOException e) {
      throw new AccessException(
          Reason.STATE, file + ": cannot be taken: " + StateDirectory.reason(e), e);
    }
  }

  /** Whatever makes no sense promises nothing. */
  private static List<InstanceId> read(List<String> lines, String boot) {
    if (lines.size() != 2 || !lines.getFirst().equals(boot)) {
      return List.of();
    }
    List<InstanceId> left = new ArrayList<>();
    try {
      for (String id : lines.getLast().split(" ", -1)) {
        left.add(InstanceId.parse(id));
      }
    } catch (IllegalArgumentException e) {
      return List.of();
    }
    return left.size() > HelloReply.MAX_CONTINUED ? List.of() : List.copyOf(left);
  }

  /** The earlier runs, the latest first, whose writes are all where they were. */
  public List<InstanceId> continued() {
    return continued;
  }

  /**
   * Leaves this run to the next, and those that it continues. Only when nobody can write any more.
   *
   * @throws AccessException if it cannot be written
   */
  public void leave(InstanceId run) {
    write(Stream.concat(Stream.of(run), continued.stream()));
  }

  /** Leaves what was taken as it was: this run has served nobody. */
  public void putBack() {
    if (!continued.isEmpty()) {
      write(continued.stream());
    }
  }

  private void write(Stream<InstanceId> runs) {
    String ids =
        runs.limit(HelloReply.MAX_CONTINUED)
            .map(InstanceId::toString)
            .collect(Collectors.joining(" "));
    state.writeText(state.handover(), boot + "\n" + ids + "\n");
  }
}
