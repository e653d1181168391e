package io.dsa.lab.crash;

import io.dsa.sal.Device;
import io.dsa.sal.Devices;
import io.dsa.sal.FormatOptions;
import io.dsa.sal.Pool;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A pool in a file on ext4, on a block device that dm-log-writes records. The disk is then made
 * anew as it was at a flush, as if the power had gone there, and everything that was acknowledged
 * before that flush has to be in it.
 *
 * <p>A recording serves several points. Marks in the log say what was acknowledged when.
 */
final class LogCrash {
  /** Points of one recording: seeds from one multiple of this to the next. */
  private static final int POINTS = 12;

  private static final int MARKS = 100;
  private static final String DISK_BYTES = "64M";
  private static final long POOL_BYTES = 40L << 20;
  private static final String NAME = "crash-log";
  private static final Path MOUNT = Path.of("/mnt/crash-log");

  /** Ends a recording. */
  private static final class Enough extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final Path directory;
  private final Defect defect;
  private final Path base;
  private final Path log;
  private final Path journal;

  private LogCrash(Path directory, Defect defect) {
    this.directory = directory;
    this.defect = defect;
    this.base = directory.resolve("base");
    this.log = directory.resolve("log");
    this.journal = directory.resolve("journal");
  }

  static void run(long firstSeed, long points, Defect defect, KillRun.Report report)
      throws Exception {
    for (String module : List.of("loop", "dm_log_writes")) {
      Command.run("modprobe", module);
    }
    Files.createDirectories(MOUNT);
    long end = firstSeed + points;
    for (long seed = firstSeed; seed < end; ) {
      long next = Math.min(end, (seed / POINTS + 1) * POINTS);
      LogCrash crash = new LogCrash(Files.createTempDirectory("crash-log"), defect);
      crash.record(seed / POINTS);
      crash.replay(seed, next, report);
      Command.run("rm", "-r", crash.directory.toString());
      seed = next;
    }
  }

  private void record(long seed) throws Exception {
    Path disk = directory.resolve("disk");
    Command.run("truncate", "--size", DISK_BYTES, disk.toString());
    Command.run("truncate", "--size", "2G", log.toString());
    Command.run(
        "mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", disk.toString());
    String diskLoop = Command.run("losetup", "--find", "--show", disk.toString());
    String logLoop = Command.run("losetup", "--find", "--show", log.toString());
    Command.run("mount", diskLoop, MOUNT.toString());
    try (Device device = Devices.create(pool(), POOL_BYTES)) {
      Pool.format(device, FormatOptions.careful()).close();
    }
    Command.run("umount", MOUNT.toString());
    Command.run("cp", "--sparse=always", disk.toString(), base.toString());
    String sectors = Command.run("blockdev", "--getsz", diskLoop);
    Command.run(
        "dmsetup",
        "create",
        NAME,
        "--table",
        "0 %s log-writes %s %s".formatted(sectors, diskLoop, logLoop));
    String node =
        "/dev/" + Command.run("dmsetup", "info", "-c", "--noheadings", "-o", "blkdevname", NAME);
    Command.run("mount", node, MOUNT.toString());
    write(seed);
    Command.run("umount", MOUNT.toString());
    Command.run("dmsetup", "remove", NAME);
    Command.run("losetup", "--detach", diskLoop, logLoop);
  }

  private static String pool() {
    return "file:" + MOUNT.resolve("pool");
  }

  private void write(long seed) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    try (Device device = Devices.open(pool());
        Journal to = Journal.to(journal)) {
      Marks marks = new Marks(to);
      PoolWorkload workload =
          new PoolWorkload(
              defect.in(device), to, random, random.nextLong(1L << 40) << 20, marks::set);
      marks.set();
      workload.run();
    } catch (Enough expected) {
      // The recording is long enough.
    }
  }

  /** Puts the same number into the journal and into the log. */
  private static final class Marks {
    private final Journal journal;
    private int next;

    Marks(Journal journal) {
      this.journal = journal;
    }

    void set() {
      if (next == MARKS) {
        throw new Enough();
      }
      try {
        Command.run("dmsetup", "message", NAME, "0", "mark", Integer.toString(next));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
      journal.append(new JournalEntry.Marked(next++));
    }
  }

  /** A place in the log where power may go: after the entry with this index. */
  private record Cut(int index, long mark) {}

  private void replay(long from, long to, KillRun.Report report) throws Exception {
    Path image = directory.resolve("image");
    Command.run("cp", "--sparse=always", base.toString(), image.toString());
    try (FileChannel channel = FileChannel.open(log, StandardOpenOption.READ);
        FileChannel device = FileChannel.open(image, StandardOpenOption.WRITE)) {
      WriteLog writes = WriteLog.read(channel);
      List<Cut> cuts = cuts(writes);
      if (cuts.size() < POINTS) {
        throw new IllegalStateException("only " + cuts.size() + " flushes in the log");
      }
      int done = 0;
      for (long seed = from; seed < to; seed++) {
        // One of each twelfth of the log.
        int place = Math.floorMod(seed, POINTS);
        int first = place * cuts.size() / POINTS;
        int behind = (place + 1) * cuts.size() / POINTS;
        Cut cut = cuts.get(new SplittableRandom(seed).nextInt(first, behind));
        writes.replay(done, cut.index() + 1, device);
        done = cut.index() + 1;
        Journal expected = Journal.readUpTo(journal, cut.mark());
        report.point(
            new CrashPoint(
                "log", "file-ext4", "persist", seed, expected.flushed(), check(image, expected)));
      }
    }
  }

  private static List<Cut> cuts(WriteLog writes) {
    List<Cut> cuts = new ArrayList<>();
    long mark = -1;
    List<WriteLog.Entry> entries = writes.entries();
    for (int i = 0; i < entries.size(); i++) {
      String text = entries.get(i).mark().orElse("");
      // dm-log-writes itself marks the end.
      mark = text.matches("\\d+") ? Long.parseLong(text) : mark;
      if (mark >= 0 && entries.get(i).isBarrier()) {
        cuts.add(new Cut(i, mark));
      }
    }
    return cuts;
  }

  /** Mounts a copy, since mounting writes: it brings the file system's own journal home. */
  private List<Finding> check(Path image, Journal expected) throws Exception {
    Path copy = directory.resolve("copy");
    Command.run("cp", "--sparse=always", image.toString(), copy.toString());
    try {
      Command.run("mount", "-o", "loop", copy.toString(), MOUNT.toString());
    } catch (IOException e) {
      return CrashCheck.nothingLeft(expected, e.getMessage());
    }
    try {
      return LocalCrash.check(expected, pool());
    } finally {
      Command.run("umount", MOUNT.toString());
    }
  }
}
