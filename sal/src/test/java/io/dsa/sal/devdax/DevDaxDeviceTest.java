package io.dsa.sal.devdax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dsa.sal.Access;
import io.dsa.sal.Device;
import io.dsa.sal.DeviceContract;
import io.dsa.sal.Devices;
import io.dsa.sal.FormatOptions;
import io.dsa.sal.PersistenceDomain;
import io.dsa.sal.Pool;
import io.dsa.sal.StorageException;
import io.dsa.sal.StorageException.Category;
import io.dsa.sal.Volume;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract, and what is particular to DAX devices, on the lab's NVDIMM. */
@Tag("lab")
@Tag("machine")
class DevDaxDeviceTest extends DeviceContract {
  private static final String NODE = System.getenv().getOrDefault("DSA_LAB_DAX", "/dev/dax0.0");

  /** A guest's NVDIMM holds nothing of value; a device of a real machine has to be named. */
  private static final boolean DISPOSABLE =
      System.getenv("DSA_LAB_DAX") != null
          || List.of("current", "stable").contains(System.getenv("DSA_LAB_KERNEL"));

  @TempDir Path directory;

  @Override
  protected String uri() {
    assumeTrue(DISPOSABLE, "name a DAX device whose contents may be destroyed in DSA_LAB_DAX");
    return "devdax:" + NODE;
  }

  @Test
  void shouldBePersistentMemoryInPlace() {
    assertThat(device().access()).isEqualTo(Access.DIRECT);
    assertThat(device().persistence()).isNotEqualTo(PersistenceDomain.VOLATILE);
    assertThat(device().alignment()).isGreaterThanOrEqualTo(2L << 20);
    assertThat(device().capacity()).isGreaterThanOrEqualTo(512L << 20);
    assertThat(device().capacity() % device().alignment()).isZero();
  }

  @Test
  void shouldReachItsLastByte() {
    long last = device().capacity() - 1;
    device().memory().set(ValueLayout.JAVA_BYTE, last, (byte) 0x42);
    device().persist(last, 1);
    device().close();
    try (Device again = Devices.open(uri())) {
      assertThat(again.memory().get(ValueLayout.JAVA_BYTE, last)).isEqualTo((byte) 0x42);
    }
  }

  @Test
  void shouldLockOutAnotherProcess() throws Exception {
    assertThat(run("flock", "--nonblock", NODE, "true")).isEqualTo(1);
    device().close();
    assertThat(run("flock", "--nonblock", NODE, "true")).isZero();
  }

  @Test
  void shouldBeLockedOutByAnotherProcess() throws Exception {
    device().close();
    Process other =
        new ProcessBuilder("flock", "--nonblock", NODE, "sh", "-c", "echo locked; read x").start();
    try {
      assertThat(other.inputReader().readLine()).isEqualTo("locked");
      busy(uri());
    } finally {
      other.getOutputStream().close();
      assertThat(other.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }
    Devices.open(uri()).close();
  }

  @Test
  void shouldLockOutWhoeverComesByAnotherNode() throws Exception {
    // As a container has: a node of its own for the same device.
    Path node = directory.resolve("dax");
    String number = Files.getAttribute(Path.of(NODE), "unix:rdev").toString();
    long rdev = Long.parseLong(number);
    assertThat(
            run(
                "mknod",
                node.toString(),
                "c",
                Long.toString((rdev >>> 8) & 0xFFF),
                Long.toString((rdev & 0xFF) | ((rdev >>> 12) & 0xFFFF_FF00L))))
        .isZero();
    busy("devdax:" + node);
    device().close();
    try (Device byNode = Devices.open("devdax:" + node)) {
      assertThat(byNode.capacity()).isPositive();
      busy(uri());
    }
  }

  @Test
  void shouldLeaveNothingOpenOrMapped() throws IOException {
    device().close();
    for (int i = 0; i < 20; i++) {
      Device open = Devices.open(uri());
      if (i % 2 == 0) {
        assertThatExceptionOfType(StorageException.class).isThrownBy(() -> Devices.open(uri()));
      }
      open.close();
    }
    assertThat(Files.readString(Path.of("/proc/self/maps"))).doesNotContain(NODE);
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      assertThat(descriptors.map(DevDaxDeviceTest::target)).noneMatch(t -> t.equals(NODE));
    }
  }

  @Test
  void shouldGiveUpOnlyWhatIsNotInUse() {
    MemorySegment memory = device().memory();
    device().close();
    assertThat(memory.scope().isAlive()).isFalse();
    assertThatExceptionOfType(IllegalStateException.class)
        .isThrownBy(() -> memory.get(ValueLayout.JAVA_BYTE, 0));
  }

  @Test
  void shouldKeepAPoolWhoseServerWasKilled() throws Exception {
    device().close();
    Process server =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                KilledServer.class.getName(),
                uri())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(server.inputReader().readLine()).isEqualTo("written");
      busy(uri());
    } finally {
      server.destroyForcibly().waitFor();
    }
    try (Device after = Devices.open(uri());
        Pool pool = Pool.open(after)) {
      Volume volume = pool.volume("survivor").orElseThrow();
      assertThat(volume.bytes()).isEqualTo(64L << 20);
      byte[] read = new byte[1000];
      after.read(volume.extents().getFirst().poolOffset(), MemorySegment.ofArray(read));
      assertThat(read).containsOnly(0x77);
    }
  }

  /** Makes a volume, writes to it and waits to be killed. */
  static final class KilledServer {
    private KilledServer() {}

    public static void main(String[] args) throws IOException {
      Device device = Devices.open(args[0]);
      Pool pool = Pool.format(device, new FormatOptions(true, "killed"));
      Volume volume = pool.createVolume("survivor", 64L << 20);
      long offset = volume.extents().getFirst().poolOffset();
      device.memory().asSlice(offset, 1000).fill((byte) 0x77);
      pool.persist(volume, 0, 1000);
      System.out.println("written");
      int ignored = System.in.read();
      throw new IllegalStateException("was to be killed, read " + ignored);
    }
  }

  private static void busy(String uri) {
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> Devices.open(uri))
        .withMessageContaining(uri + " is in use")
        .satisfies(e -> assertThat(e.category()).isEqualTo(Category.BUSY));
  }

  private static String target(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString();
    } catch (IOException e) {
      return ""; // closed since it was listed
    }
  }

  private static int run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(List.of(command)).inheritIO().start();
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue();
  }
}
