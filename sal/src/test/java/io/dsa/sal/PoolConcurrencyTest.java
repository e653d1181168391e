package io.dsa.sal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.sal.StorageException.Category;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PoolConcurrencyTest {
  private static final long MIB = 1L << 20;

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  /** A device that stops in the middle of zeroing until it is let go on. */
  private static final class SlowDevice extends CrashDevice {
    final CountDownLatch zeroing = new CountDownLatch(1);
    final CountDownLatch goOn = new CountDownLatch(1);
    volatile boolean slow;

    SlowDevice(long capacity) {
      super(capacity);
    }

    @Override
    public void zero(long offset, long length) {
      if (slow) {
        slow = false;
        zeroing.countDown();
        try {
          assertThat(goOn.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      }
      super.zero(offset, length);
    }
  }

  @Test
  void shouldGoOnWhileAVolumeIsZeroed() throws Exception {
    SlowDevice device = new SlowDevice(64 * MIB);
    Pool pool = Pool.format(device, FormatOptions.careful());
    pool.createVolume("old", MIB);
    device.slow = true;
    Future<Volume> large = threads.submit(() -> pool.createVolume("large", 40 * MIB));
    device.zeroing.await();
    pool.createVolume("other", 2 * MIB);
    pool.deleteVolume(pool.volume("old").orElseThrow());
    assertThat(pool.volumes()).extracting(Volume::name).containsExactly("large", "other");
    assertThat(pool.volume("large").orElseThrow().state()).isEqualTo(VolumeState.CREATING);
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> pool.createVolume("large", 1))
        .withMessage("volume 'large' is being created");
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> pool.deleteVolume(pool.volume("large").orElseThrow()))
        .satisfies(e -> assertThat(e.category()).isEqualTo(Category.BUSY));
    device.goOn.countDown();
    assertThat(large.get().state()).isEqualTo(VolumeState.READY);
    assertThat(pool.volume("large")).contains(large.get());
  }

  @Test
  void shouldDiscardAHalfMadeVolumeWhenClosing() throws Exception {
    SlowDevice device = new SlowDevice(64 * MIB);
    Pool pool = Pool.format(device, FormatOptions.careful());
    device.slow = true;
    Future<Volume> large = threads.submit(() -> pool.createVolume("large", 40 * MIB));
    device.zeroing.await();
    Future<?> close = threads.submit(pool::close);
    assertThatThrownBy(() -> close.get(100, TimeUnit.MILLISECONDS))
        .isInstanceOf(java.util.concurrent.TimeoutException.class);
    device.goOn.countDown();
    close.get();
    assertThatThrownBy(large::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThat(pool.volumes()).isEmpty();
    assertThat(MetadataSlots.read(device).catalog().volumes()).isEmpty();
  }

  @Test
  void shouldDiscardAVolumeThatCannotBeZeroed() {
    boolean[] broken = {false};
    CrashDevice device =
        new CrashDevice(16 * MIB) {
          @Override
          public void zero(long offset, long length) {
            if (broken[0]) {
              throw new StorageException(Category.IO, "the medium failed");
            }
            super.zero(offset, length);
          }
        };
    Pool pool = Pool.format(device, FormatOptions.careful());
    broken[0] = true;
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> pool.createVolume("a", MIB))
        .withMessage("the medium failed");
    assertThat(pool.volumes()).isEmpty();
    assertThat(pool.free()).isEqualTo(pool.capacity());
    broken[0] = false;
    pool.createVolume("a", MIB);
  }

  @Test
  void shouldTakeNoChangesAfterMetadataCouldNotBeWritten() {
    CrashDevice device = new CrashDevice(16 * MIB);
    Pool pool = Pool.format(device, FormatOptions.careful());
    pool.createVolume("a", MIB);
    device.cutPowerAt(1);
    assertThatExceptionOfType(CrashDevice.PowerCut.class)
        .isThrownBy(() -> pool.deleteVolume(pool.volume("a").orElseThrow()));
    device.cutPowerAt(Long.MAX_VALUE);
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> pool.createVolume("b", MIB))
        .withMessageContaining("takes no changes")
        .withCauseInstanceOf(CrashDevice.PowerCut.class);
    assertThat(pool.volume("a")).isPresent();
  }

  @Test
  void shouldGoOnWhileAVolumeGrows() throws Exception {
    SlowDevice device = new SlowDevice(64 * MIB);
    Pool pool = Pool.format(device, FormatOptions.careful());
    Volume known = pool.createVolume("v", MIB);
    long free = pool.free();
    device.slow = true;
    Future<Volume> growing = threads.submit(() -> pool.resizeVolume(known, 20 * MIB));
    device.zeroing.await();
    // It is as it was, and nobody else gets the space.
    assertThat(pool.volume("v")).contains(known);
    assertThat(pool.free()).isEqualTo(free - 18 * MIB);
    pool.createVolume("other", 2 * MIB);
    pool.renameVolume(pool.volume("other").orElseThrow(), "renamed");
    isBusy(() -> pool.resizeVolume(known, 30 * MIB));
    isBusy(() -> pool.resizeVolume(known, 1));
    isBusy(() -> pool.resizeVolume(known, known.bytes()));
    isBusy(() -> pool.renameVolume(known, "w"));
    isBusy(() -> pool.deleteVolume(known));
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> pool.createVolume("v", 1))
        .satisfies(e -> assertThat(e.category()).isEqualTo(Category.EXISTS));
    device.goOn.countDown();
    assertThat(growing.get().bytes()).isEqualTo(20 * MIB);
    assertThat(pool.volume("v")).contains(growing.get());
    assertThat(Pool.open(device).volumes()).isEqualTo(pool.volumes());
    pool.renameVolume(growing.get(), "w");
  }

  @Test
  void shouldNotRenameAVolumeThatIsBeingMade() throws Exception {
    SlowDevice device = new SlowDevice(64 * MIB);
    Pool pool = Pool.format(device, FormatOptions.careful());
    device.slow = true;
    Future<Volume> making = threads.submit(() -> pool.createVolume("v", 4 * MIB));
    device.zeroing.await();
    Volume half = pool.volume("v").orElseThrow();
    isBusy(() -> pool.renameVolume(half, "w"));
    isBusy(() -> pool.resizeVolume(half, 8 * MIB));
    isBusy(() -> pool.resizeVolume(half, 1));
    device.goOn.countDown();
    assertThat(pool.renameVolume(making.get(), "w").state()).isEqualTo(VolumeState.READY);
  }

  @Test
  void shouldKeepTheOldSizeWhenClosingWhileAVolumeGrows() throws Exception {
    SlowDevice device = new SlowDevice(64 * MIB);
    Pool pool = Pool.format(device, FormatOptions.careful());
    Volume known = pool.createVolume("v", 2 * MIB);
    VolumeContents.fill(pool, known, 0, known.bytes());
    long free = pool.free();
    device.slow = true;
    // More than is zeroed at a time, so that there is something left to stop.
    Future<Volume> growing = threads.submit(() -> pool.resizeVolume(known, 60 * MIB));
    device.zeroing.await();
    Future<?> close = threads.submit(pool::close);
    assertThatThrownBy(() -> close.get(100, TimeUnit.MILLISECONDS))
        .isInstanceOf(java.util.concurrent.TimeoutException.class);
    device.goOn.countDown();
    close.get();
    assertThatThrownBy(growing::get)
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThat(pool.free()).isEqualTo(free);
    Pool again = Pool.open(device);
    assertThat(again.volumes()).containsExactly(known);
    VolumeContents.assertFilled(again, known, 0, known.bytes());
  }

  @Test
  void shouldKeepTheOldSizeWhereTheNewSpaceCannotBeZeroed() {
    CrashDevice device =
        new CrashDevice(16 * MIB) {
          @Override
          public void zero(long offset, long length) {
            if (offset >= 6 * MIB) {
              throw new StorageException(Category.IO, "the medium failed");
            }
            super.zero(offset, length);
          }
        };
    Pool pool = Pool.format(device, FormatOptions.careful());
    Volume known = pool.createVolume("v", 2 * MIB);
    Volume other = pool.createVolume("w", 2 * MIB);
    long free = pool.free();
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> pool.resizeVolume(known, 4 * MIB))
        .withMessage("the medium failed");
    assertThat(pool.volumes()).containsExactly(known, other);
    assertThat(pool.free()).isEqualTo(free);
    pool.deleteVolume(other);
    assertThat(pool.resizeVolume(known, 4 * MIB).extents()).hasSize(1);
  }

  @Test
  void shouldFreeNothingAfterMetadataCouldNotBeWritten() {
    CrashDevice device = new CrashDevice(16 * MIB);
    Pool pool = Pool.format(device, FormatOptions.careful());
    Volume known = pool.createVolume("v", 2 * MIB);
    long free = pool.free();
    device.cutPowerAt(2); // one for zeroing, one for the payload, and not the header
    assertThatExceptionOfType(CrashDevice.PowerCut.class)
        .isThrownBy(() -> pool.resizeVolume(known, 4 * MIB));
    device.cutPowerAt(Long.MAX_VALUE);
    // Whether it has the space or not is on the medium, and not known here.
    assertThat(pool.free()).isEqualTo(free - 2 * MIB);
    for (ThrowingCallable change :
        List.<ThrowingCallable>of(
            () -> pool.resizeVolume(known, 1),
            () -> pool.resizeVolume(known, 6 * MIB),
            () -> pool.renameVolume(known, "w"),
            () -> pool.deleteVolume(known))) {
      assertThatExceptionOfType(StorageException.class)
          .isThrownBy(change)
          .withMessageContaining("takes no changes")
          .satisfies(e -> assertThat(e.category()).isEqualTo(Category.IO));
    }
  }

  private static void isBusy(ThrowingCallable change) {
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(change)
        .satisfies(e -> assertThat(e.category()).isEqualTo(Category.BUSY));
  }

  @Test
  void shouldStayConsistentUnderManyThreads() throws Exception {
    CrashDevice device = new CrashDevice(128 * MIB);
    Pool pool = Pool.format(device, FormatOptions.careful());
    List<Future<?>> running = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      running.add(threads.submit(() -> changeAtRandom(pool)));
    }
    for (Future<?> future : running) {
      future.get();
    }
    assertThat(Pool.open(device).volumes()).isEqualTo(pool.volumes());
    for (Volume volume : pool.volumes()) {
      pool.deleteVolume(volume);
    }
    assertThat(pool.free()).isEqualTo(pool.capacity());
  }

  private static void changeAtRandom(Pool pool) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    for (int i = 0; i < 60; i++) {
      String name = "v" + random.nextInt(10);
      long bytes = 1 + random.nextLong(20 * MIB);
      try {
        Optional<Volume> known = pool.volume(name);
        if (known.isEmpty()) {
          pool.createVolume(name, bytes);
          continue;
        }
        switch (random.nextInt(4)) {
          case 0 -> pool.deleteVolume(known.get());
          case 1 -> pool.renameVolume(known.get(), "v" + random.nextInt(10));
          default -> {
            Volume resized = pool.resizeVolume(known.get(), bytes);
            assertThat(resized.bytes()).isEqualTo(bytes);
          }
        }
      } catch (StorageException e) {
        assertThat(e.category())
            .isIn(Category.EXISTS, Category.NO_SPACE, Category.UNKNOWN, Category.BUSY);
      }
    }
  }
}
