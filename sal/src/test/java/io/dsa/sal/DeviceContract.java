package io.dsa.sal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dsa.sal.StorageException.Category;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every device does. A backend is tested by a subclass that says how to open one. The first
 * and last MiB of the device are zeroed after each test.
 */
public abstract class DeviceContract {
  private static final int EDGE = 1 << 20;

  private Device device;

  /** Returns the URI of a device of at least 4 MiB whose contents may be destroyed. */
  protected abstract String uri();

  /**
   * Returns the URI of a device of this kind that does not exist, and for which there is room of 8
   * MiB; whoever returns one removes it afterwards. Empty where a program cannot make one.
   */
  protected Optional<String> newUri() {
    return Optional.empty();
  }

  @BeforeEach
  final void openDevice() {
    device = Devices.open(uri());
  }

  @AfterEach
  final void closeDevice() throws Exception {
    try {
      if (device != null) { // it could be opened
        device.close();
        try (Device again = Devices.open(uri())) {
          again.zero(0, EDGE);
          again.zero(again.capacity() - EDGE, EDGE);
        }
      }
    } finally {
      remove();
    }
  }

  /** Removes what {@link #uri} and {@link #newUri} made, when the test has ended. */
  protected void remove() throws Exception {}

  /** The device of the running test. */
  protected final Device device() {
    return device;
  }

  @Test
  void shouldSayWhatItIs() {
    assertThat(device.uri()).isEqualTo(uri());
    assertThat(device.toString()).isEqualTo(uri());
    assertThat(device.medium()).isNotBlank().doesNotContain("\n").hasSizeLessThan(120);
    assertThat(device.capacity()).isGreaterThanOrEqualTo(4L << 20);
    assertThat(device.alignment()).isPositive();
    assertThat(Long.bitCount(device.alignment())).isOne();
    assertThat(device.capacity() % device.alignment()).isZero();
    assertThat(device.access()).isNotNull();
  }

  @Test
  void shouldBeWrittenBackWhereItsPersistenceBegins() {
    assertThat(device.writeBack())
        .isIn(
            switch (device.persistence()) {
              case VOLATILE -> List.of(WriteBack.NONE);
              case MEMORY_CONTROLLER, CPU_CACHE -> List.of(WriteBack.CACHE_LINES);
              case DEVICE -> List.of(WriteBack.MSYNC);
            });
    assertThat(device.persistence().isPersistent() && device.isTransient()).isFalse();
  }

  @Test
  void shouldMapTheWholeDeviceWhenDirect() {
    if (device.access() == Access.DIRECT) {
      assertThat(device.memory().byteSize()).isEqualTo(device.capacity());
      assertThat(device.memory().isNative()).isTrue();
      assertThat(device.memory().address() % device.alignment()).isZero();
      assertThat(device.memory().isReadOnly()).isFalse();
    } else {
      assertThatExceptionOfType(UnsupportedOperationException.class)
          .isThrownBy(() -> device.memory());
    }
  }

  @Test
  void shouldReadWhatWasWritten() {
    byte[] pattern = pattern(1, 70_001);
    for (long offset : new long[] {0, 1, 4093, device.capacity() - pattern.length}) {
      device.write(offset, MemorySegment.ofArray(pattern));
      device.persist(offset, pattern.length);
      assertThat(Arrays.equals(read(offset, pattern.length), pattern)).isTrue();
    }
  }

  @Test
  void shouldShowInMemoryWhatWasWrittenAndTheOtherWayRound() {
    if (device.access() == Access.DIRECT) {
      device.write(64, MemorySegment.ofArray(new byte[] {1, 2, 3}));
      assertThat(device.memory().get(ValueLayout.JAVA_BYTE, 66)).isEqualTo((byte) 3);
      device.memory().set(ValueLayout.JAVA_BYTE, 65, (byte) 9);
      assertThat(read(64, 3)).containsExactly(1, 9, 3);
    }
  }

  @Test
  void shouldZeroARangeAndNothingElse() {
    byte[] ones = new byte[3 << 20];
    Arrays.fill(ones, (byte) 0xFF);
    device.write(0, MemorySegment.ofArray(ones));
    device.zero(100, (2 << 20) + 5);
    Arrays.fill(ones, 100, 100 + (2 << 20) + 5, (byte) 0);
    assertThat(Arrays.equals(read(0, ones.length), ones)).isTrue();
    device.zero(0, ones.length);
    assertThat(Arrays.equals(read(0, ones.length), new byte[ones.length])).isTrue();
  }

  @Test
  void shouldPersistAnyRange() {
    long capacity = device.capacity();
    device.persist(0, 0);
    device.persist(capacity, 0);
    device.persist(capacity - 1, 1);
    device.persist(63, 2);
    device.persist(0, 3 << 20);
  }

  @Test
  void shouldRefuseRangesOutsideOfTheDevice() {
    long capacity = device.capacity();
    MemorySegment two = MemorySegment.ofArray(new byte[2]);
    outside(() -> device.persist(-1, 1));
    outside(() -> device.persist(0, -1));
    outside(() -> device.persist(capacity, 1));
    outside(() -> device.persist(1, Long.MAX_VALUE));
    outside(() -> device.persist(Long.MAX_VALUE, 1));
    outside(() -> device.persist(Long.MIN_VALUE, Long.MAX_VALUE));
    outside(() -> device.zero(capacity - 1, 2));
    outside(() -> device.zero(-1, 1));
    outside(() -> device.zero(0, -1));
    outside(() -> device.zero(1, Long.MAX_VALUE));
    outside(() -> device.zero(Long.MAX_VALUE, 2));
    outside(() -> device.read(capacity - 1, two));
    outside(() -> device.write(capacity - 1, two));
    outside(() -> device.write(-1, two));
    outside(() -> device.write(Long.MAX_VALUE, two));
  }

  @Test
  void shouldRefuseEverythingAfterClose() {
    long capacity = device.capacity();
    device.close();
    device.close();
    MemorySegment two = MemorySegment.ofArray(new byte[2]);
    assertThatIllegalStateException().isThrownBy(() -> device.persist(0, 1));
    assertThatIllegalStateException().isThrownBy(() -> device.zero(0, 1));
    assertThatIllegalStateException().isThrownBy(() -> device.read(0, two));
    assertThatIllegalStateException().isThrownBy(() -> device.write(capacity - 2, two));
  }

  @Test
  void shouldPersistFromSeveralThreads() throws Exception {
    int threads = 4;
    int each = 256 << 10;
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Future<?>> done = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int seed = i;
        done.add(
            executor.submit(() -> {
              byte[] bytes = pattern(seed, each);
              long from = (long) seed * each;
              for (int at = 0; at < each; at += 10_007) {
                int length = Math.min(10_007, each - at);
                device.write(from + at, MemorySegment.ofArray(bytes).asSlice(at, length));
                device.persist(from + at, length);
              }
            }));
      }
      for (Future<?> one : done) {
        one.get(60, TimeUnit.SECONDS);
      }
    }
    reopen();
    if (!device.isTransient()) {
      for (int i = 0; i < threads; i++) {
        assertThat(Arrays.equals(read((long) i * each, each), pattern(i, each))).isTrue();
      }
    }
  }

  @Test
  void shouldLockOutASecondOpener() {
    if (device.isTransient()) {
      try (Device other = Devices.open(uri())) {
        other.write(0, MemorySegment.ofArray(new byte[] {1}));
        assertThat(read(0, 1)).containsExactly(0);
      }
      return;
    }
    for (int i = 0; i < 2; i++) {
      busy(uri());
    }
    device.close();
    Devices.open(uri()).close();
  }

  @Test
  void shouldKeepContentsUnlessTransient() {
    byte[] pattern = pattern(2, 10_000);
    device.write(12_345, MemorySegment.ofArray(pattern));
    device.persist(12_345, pattern.length);
    reopen();
    assertThat(read(12_345, pattern.length))
        .isEqualTo(device.isTransient() ? new byte[pattern.length] : pattern);
  }

  @Test
  void shouldStayZeroUnlessTransient() {
    byte[] pattern = pattern(5, 300_000);
    device.write(4000, MemorySegment.ofArray(pattern));
    device.persist(4000, pattern.length);
    device.zero(5000, 200_000);
    reopen();
    if (!device.isTransient()) {
      Arrays.fill(pattern, 1000, 201_000, (byte) 0);
      assertThat(Arrays.equals(read(4000, pattern.length), pattern)).isTrue();
    }
  }

  @Test
  void shouldKeepWhatAKilledProcessPersistedAndKeepOthersOutUntilThen() throws Exception {
    boolean isTransient = device.isTransient();
    device.close();
    Process owner =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Owner.class.getName(),
                uri())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try {
      assertThat(owner.inputReader().readLine()).isEqualTo("written");
      if (!isTransient) {
        busy(uri());
      }
    } finally {
      owner.destroyForcibly().waitFor();
    }
    device = Devices.open(uri());
    assertThat(read(777, 10_000)).isEqualTo(isTransient ? new byte[10_000] : pattern(7, 10_000));
  }

  /** Writes to a device, keeps it open and waits to be killed. */
  static final class Owner {
    private Owner() {}

    public static void main(String[] args) throws IOException {
      try (Device device = Devices.open(args[0])) {
        device.write(777, MemorySegment.ofArray(pattern(7, 10_000)));
        device.persist(777, 10_000);
        System.out.println("written");
        int ignored = System.in.read();
        throw new IllegalStateException("was to be killed, read " + ignored);
      }
    }
  }

  @Test
  void shouldMakeABlankDeviceWhereAProgramCanMakeOne() {
    if (newUri().isEmpty()) {
      assertThatExceptionOfType(StorageException.class)
          .isThrownBy(() -> Devices.create(uri(), 4 << 20))
          .withMessageContaining(uri())
          .satisfies(e -> assertThat(e.category()).isEqualTo(Category.UNSUPPORTED));
      return;
    }
    String uri = newUri().get();
    byte[] pattern = pattern(8, 1000);
    try (Device made = Devices.create(uri, (4 << 20) + 1)) {
      assertThat(made.uri()).isEqualTo(uri);
      assertThat(made.capacity()).isBetween((4L << 20) + 1, 8L << 20);
      assertThat(Devices.contents(made)).isEmpty();
      busy(uri);
      made.write(100, MemorySegment.ofArray(pattern));
      made.persist(100, pattern.length);
    }
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> Devices.create(uri, 4 << 20))
        .withMessageContaining(uri)
        .satisfies(e -> assertThat(e.category()).isEqualTo(Category.EXISTS));
    try (Device again = Devices.open(uri)) {
      byte[] read = new byte[1000];
      again.read(100, MemorySegment.ofArray(read));
      assertThat(read).isEqualTo(pattern);
    }
  }

  @Test
  void shouldCarryAPool() {
    try (Pool pool = Pool.format(device, new FormatOptions(true, "contract"))) {
      Volume volume = pool.createVolume("first", 1_000_000);
      device.write(
          volume.extents().getFirst().poolOffset(), MemorySegment.ofArray(pattern(3, 500)));
      pool.persist(volume, 0, 500);
    }
    try (Pool pool = Pool.open(device)) {
      Volume volume = pool.volume("first").orElseThrow();
      assertThat(read(volume.extents().getFirst().poolOffset(), 500)).isEqualTo(pattern(3, 500));
      pool.deleteVolume(pool.volume("first").orElseThrow());
      Volume second = pool.createVolume("second", 2_000_000);
      byte[] zeros = new byte[2_000_000];
      assertThat(Arrays.equals(read(second.extents().getFirst().poolOffset(), zeros.length), zeros))
          .isTrue();
    }
  }

  // Compared with Arrays.equals throughout: AssertJ takes seconds for a megabyte in the lab.
  private byte[] read(long offset, int length) {
    byte[] bytes = new byte[length];
    device.read(offset, MemorySegment.ofArray(bytes));
    return bytes;
  }

  private void reopen() {
    device.close();
    device = Devices.open(uri());
  }

  private static void busy(String uri) {
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> Devices.open(uri))
        .withMessageContaining(uri)
        .withMessageContaining("in use")
        .satisfies(e -> assertThat(e.category()).isEqualTo(Category.BUSY));
  }

  private static byte[] pattern(int seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static void outside(ThrowingCallable call) {
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(call);
  }
}
