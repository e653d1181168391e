package io.dsa.lab.crash;

import io.dsa.protocol.DurabilityMethod;
import io.dsa.sal.Devices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Kills on every medium of the guest. The seed says which medium and durability method a point is
 * about; points on the same medium come one after the other, since the NVDIMM is made anew for each
 * kind of use.
 */
final class KillRun {
  /** What is killed, and on which medium. In the order in which the NVDIMM changes. */
  private enum Target {
    RDMA_FLUSH(DurabilityMethod.RDMA_FLUSH),
    READ_AFTER_WRITE(DurabilityMethod.READ_AFTER_WRITE),
    SERVER_PERSIST(DurabilityMethod.SERVER_PERSIST),
    DEVDAX(null),
    FILE_EXT4(null),
    FILE_DAX(null);

    private final Optional<DurabilityMethod> method;

    Target(DurabilityMethod method) {
      this.method = Optional.ofNullable(method);
    }

    static Target of(long seed) {
      return values()[Math.floorMod(seed, values().length)];
    }
  }

  /** Takes what came of a point. */
  @FunctionalInterface
  interface Report {
    void point(CrashPoint point) throws Exception;
  }

  private static final String DEVDAX = "devdax:/dev/dax0.0";
  private static final long FILE_BYTES = 96L << 20;

  private final Path directory;
  private final Report report;

  private KillRun(Path directory, Report report) {
    this.directory = directory;
    this.report = report;
  }

  static void run(long firstSeed, long points, Report report) throws Exception {
    KillRun run = new KillRun(Files.createTempDirectory("crash"), report);
    List<Long> seeds = new ArrayList<>();
    for (long i = 0; i < points; i++) {
      seeds.add(firstSeed + i);
    }
    seeds.sort(Comparator.comparing(Target::of));
    run.servers(seeds.stream().filter(seed -> Target.of(seed).method.isPresent()).toList());
    run.local(seeds, Target.DEVDAX, "devdax", DEVDAX);
    run.files(seeds);
  }

  private void servers(List<Long> seeds) throws Exception {
    if (seeds.isEmpty()) {
      return;
    }
    try (KillCrash kill = KillCrash.on(DEVDAX, directory)) {
      for (long seed : seeds) {
        report.point(kill.run(seed, Target.of(seed).method.orElseThrow()));
      }
    }
  }

  private void local(List<Long> seeds, Target target, String backend, String uri) throws Exception {
    for (long seed : seeds) {
      if (Target.of(seed) == target) {
        report.point(LocalCrash.run(seed, uri, backend, directory));
      }
    }
  }

  private void files(List<Long> seeds) throws Exception {
    if (seeds.stream().anyMatch(seed -> Target.of(seed) == Target.FILE_EXT4)) {
      Path image = directory.resolve("ext4");
      Command.run("truncate", "--size", "160M", image.toString());
      Command.run("mkfs.ext4", "-q", "-F", image.toString());
      Command.run("modprobe", "loop");
      Command.run("mkdir", "-p", "/mnt/crash-ext4");
      Command.run("mount", "-o", "loop", image.toString(), "/mnt/crash-ext4");
      local(seeds, Target.FILE_EXT4, "file-ext4", made("file:/mnt/crash-ext4/pool"));
      Command.run("umount", "/mnt/crash-ext4");
    }
    if (seeds.stream().anyMatch(seed -> Target.of(seed) == Target.FILE_DAX)) {
      // From here on there is no /dev/dax0.0.
      Command.run("ndctl", "create-namespace", "-f", "-m", "fsdax", "-e", "namespace0.0");
      Command.run("mkfs.ext4", "-q", "-F", "/dev/pmem0");
      Command.run("mkdir", "-p", "/mnt/crash-dax");
      Command.run("mount", "-o", "dax=always", "/dev/pmem0", "/mnt/crash-dax");
      local(seeds, Target.FILE_DAX, "file-dax", made("file:/mnt/crash-dax/pool"));
      Command.run("umount", "/mnt/crash-dax");
    }
  }

  private static String made(String uri) {
    Devices.create(uri, FILE_BYTES).close();
    return uri;
  }
}
