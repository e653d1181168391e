package io.dsa.sal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dsa.sal.StorageException.Category;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused is refused in one line, and not a byte of the device is written. */
class PoolBadInputTest {
  private static final long MIB = 1L << 20;

  private final CrashDevice device = new CrashDevice(16 * MIB);

  private Pool makeAPool() {
    Pool pool = Pool.format(device, new FormatOptions(false, "pool"));
    VolumeContents.fill(pool, pool.createVolume("v", 3 * MIB), 0, 3 * MIB);
    return pool;
  }

  /** From the first byte to where only the last unit is cut, and past the end. */
  @ParameterizedTest
  @ValueSource(
      longs = {4096, 8192, 12_288, MIB, 2 * MIB, 4 * MIB, 14 * MIB, 16 * MIB - 4096, 18 * MIB})
  void shouldRefuseADeviceOfAnotherSize(long capacity) {
    makeAPool();
    CrashDevice other = new CrashDevice(capacity);
    other.write(0, device.memory().asSlice(0, Math.min(capacity, 16 * MIB)));
    other.persist(0, capacity);

    boolean isTooSmall = capacity < Pool.MIN_CAPACITY;
    refused(
        other,
        Category.CORRUPT,
        "16777216 bytes and this one has "
            + capacity
            + (capacity < 16 * MIB
                ? "; its last " + (16 * MIB - capacity) + " bytes are missing"
                : "; nothing is lost: make it as large as it was"),
        () -> Pool.open(other));
    refused(
        other,
        isTooSmall ? Category.INVALID : Category.NOT_BLANK,
        isTooSmall ? "a pool needs at least 4MiB" : "holds a DSA pool",
        () -> Pool.format(other, FormatOptions.careful()));
  }

  @ParameterizedTest
  @ValueSource(longs = {4096, 8192, 2 * MIB})
  void shouldSayThatADeviceIsTooSmallToHoldAPool(long capacity) {
    CrashDevice small = new CrashDevice(capacity);

    refused(small, Category.NO_POOL, "no DSA pool has less than 4MiB", () -> Pool.open(small));
  }

  @Test
  void shouldRefuseAPoolWhoseSlotsAreBothCorrupt() {
    makeAPool();
    for (long at : new long[] {30, PoolLayout.PAGE + 30}) {
      byte good = device.memory().get(ValueLayout.JAVA_BYTE, at);
      device.memory().set(ValueLayout.JAVA_BYTE, at, (byte) ~good);
    }

    refused(device, Category.CORRUPT, "both metadata slots", () -> Pool.open(device));
    refused(
        device,
        Category.NOT_BLANK,
        "holds a DSA pool",
        () -> Pool.format(device, FormatOptions.careful()));
  }

  @Test
  void shouldRefuseANewerPool() {
    makeAPool();
    byte[] header = new byte[SlotHeader.BYTES];
    device.read(0, MemorySegment.ofArray(header));
    ByteBuffer.wrap(header).putInt(8, 2);
    ByteBuffer.wrap(header).putInt(124, SlotHeader.checksum(header, 124));
    device.write(0, MemorySegment.ofArray(header));

    refused(
        device,
        Category.TOO_NEW,
        "a newer DSA formatted this pool, format version 2; this one reads up to 1",
        () -> Pool.open(device));
  }

  @ParameterizedTest
  @CsvSource({
    "mkfs.ext4 -q -F, 'an ext2, ext3 or ext4 file system'",
    "mkfs.ext2 -q -F, 'an ext2, ext3 or ext4 file system'",
    "mkswap -q, swap space",
  })
  void shouldRefuseARealFileSystem(String command, String what, @TempDir Path directory)
      throws Exception {
    Path image = Files.write(directory.resolve("image"), new byte[(int) (16 * MIB)]);
    // What makes file systems is in directories that are not on everybody's path.
    Process process =
        new ProcessBuilder("sh", "-c", "PATH=$PATH:/usr/sbin:/sbin; exec " + command + " " + image)
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue())
        .as(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .isZero();
    device.write(0, MemorySegment.ofArray(Files.readAllBytes(image)));

    refused(
        device,
        Category.NO_POOL,
        "it holds " + what + "; was another device meant?",
        () -> Pool.open(device));
    refused(
        device,
        Category.NOT_BLANK,
        "holds " + what,
        () -> Pool.format(device, FormatOptions.careful()));
  }

  @Test
  void shouldRefuseSizesAndNamesThatCannotBe() {
    Pool pool = makeAPool();
    Volume v = pool.volume("v").orElseThrow();
    for (long bytes : new long[] {Long.MAX_VALUE, Long.MAX_VALUE - Pool.EXTENT_UNIT, 1L << 62}) {
      refused(device, Category.NO_SPACE, "does not fit", () -> pool.createVolume("w", bytes));
      refused(device, Category.NO_SPACE, "does not fit", () -> pool.resizeVolume(v, bytes));
    }
    for (long bytes : new long[] {0, -1, Long.MIN_VALUE}) {
      refused(device, Category.INVALID, "size of " + bytes, () -> pool.createVolume("w", bytes));
      refused(device, Category.INVALID, "size of " + bytes, () -> pool.resizeVolume(v, bytes));
    }
    for (String name : new String[] {"a\u0000", "a\u001b[31m", "a\nb", "a\u2028b", "\uDC00"}) {
      refused(device, Category.INVALID, "cannot be printed", () -> pool.createVolume(name, 1));
      refused(device, Category.INVALID, "cannot be printed", () -> pool.renameVolume(v, name));
    }
    String endless = "x".repeat(10_000);
    refused(device, Category.INVALID, "longer than 255", () -> pool.createVolume(endless, 1));
    refused(device, Category.INVALID, "longer than 255", () -> pool.renameVolume(v, endless));
    assertThat(pool.volumes()).containsExactly(v);
  }

  @Test
  void shouldRefusePoolNamesThatCannotBe() {
    for (String name :
        new String[] {"a\u0007", "a\u202Eb", "x".repeat(10_000), " ", "\u2003", "a\uFFFD"}) {
      refused(
          device,
          Category.INVALID,
          "pool name",
          () -> Pool.format(device, new FormatOptions(true, name)));
    }
  }

  /** Joiners are part of how some scripts are written. */
  @Test
  void shouldKeepNamesOfEveryScript() {
    Pool pool = Pool.format(device, new FormatOptions(false, "\u0645\u06CC\u200C\u062E"));
    pool.createVolume("\u0915\u094D\u200D\u0937", 1);

    try (Pool again = Pool.open(device)) {
      assertThat(again.name()).isEqualTo("\u0645\u06CC\u200C\u062E");
      assertThat(again.volume("\u0915\u094D\u200D\u0937")).isPresent();
    }
  }

  private static void refused(Device device, Category category, String why, ThrowingCallable call) {
    byte[] before = DeviceBytes.of(device);
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(call)
        .withMessageContaining(why)
        .satisfies(e -> assertThat(e.category()).isEqualTo(category))
        .satisfies(e -> assertThat(e.getMessage().chars()).noneMatch(Character::isISOControl))
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400));
    DeviceBytes.assertUnchanged(device, before);
  }
}
