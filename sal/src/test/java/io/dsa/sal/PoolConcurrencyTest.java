package io.dsa.sal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.sal.StorageException.Category;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
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
  void shouldStayConsistentUnderManyThreads() throws Exception {
    CrashDevice device = new CrashDevice(128 * MIB);
    Pool pool = Pool.format(device, FormatOptions.careful());
    List<Future<?>> running = new ArrayList<>();
    for (int t = 0; t < 8; t++) {
      running.add(
          threads.submit(() -> {
            for (int i = 0; i < 40; i++) {
              String name = "v" + ThreadLocalRandom.current().nextInt(10);
              try {
                pool.createVolume(name, 1 + ThreadLocalRandom.current().nextLong(20 * MIB));
                pool.volumes();
                pool.deleteVolume(pool.volume(name).orElseThrow());
              } catch (StorageException e) {
                assertThat(e.category())
                    .isIn(Category.EXISTS, Category.NO_SPACE, Category.UNKNOWN, Category.BUSY);
              }
            }
          }));
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
}
