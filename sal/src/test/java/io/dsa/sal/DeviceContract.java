package io.dsa.sal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.dsa.sal.StorageException.Category;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
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

  @BeforeEach
  final void openDevice() {
    device = Devices.open(uri());
  }

  @AfterEach
  final void closeDevice() {
    if (device == null) {
      return; // it could not be opened
    }
    device.close();
    try (Device again = Devices.open(uri())) {
      again.zero(0, EDGE);
      again.zero(again.capacity() - EDGE, EDGE);
    }
  }

  /** The device of the running test. */
  protected final Device device() {
    return device;
  }

  @Test
  void shouldSayWhatItIs() {
    assertThat(device.uri()).isEqualTo(uri());
    assertThat(device.toString()).isEqualTo(uri());
    assertThat(device.capacity()).isGreaterThanOrEqualTo(4L << 20);
    assertThat(device.alignment()).isPositive();
    assertThat(Long.bitCount(device.alignment())).isOne();
    assertThat(device.access()).isNotNull();
    assertThat(device.persistence()).isNotNull();
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
    outside(() -> device.zero(capacity - 1, 2));
    outside(() -> device.zero(-1, 1));
    outside(() -> device.read(capacity - 1, two));
    outside(() -> device.write(capacity - 1, two));
    outside(() -> device.write(-1, two));
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
  void shouldLockOutASecondOpener() {
    if (device.persistence().isPersistent()) {
      for (int i = 0; i < 2; i++) {
        assertThatExceptionOfType(StorageException.class)
            .isThrownBy(() -> Devices.open(uri()))
            .withMessageContaining(uri())
            .withMessageContaining("in use")
            .satisfies(e -> assertThat(e.category()).isEqualTo(Category.BUSY));
      }
    }
  }

  @Test
  void shouldKeepContentsWhenPersistent() {
    byte[] pattern = pattern(2, 10_000);
    device.write(12_345, MemorySegment.ofArray(pattern));
    device.persist(12_345, pattern.length);
    device.close();
    device = Devices.open(uri());
    if (device.persistence().isPersistent()) {
      assertThat(read(12_345, pattern.length)).isEqualTo(pattern);
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

  private static byte[] pattern(int seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static void outside(ThrowingCallable call) {
    assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(call);
  }
}
