package io.dsa.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller gets wrong is refused with the facts, and never reaches the device. */
final class BadRequestTest {
  private final ModelQueue model = ModelQueue.ofDepth(4);
  private final IoQueue queue = model.queue;
  private final RegisteredBuffer buffer = model.buffer;

  @AfterEach
  void shouldHavePostedAndKeptNothing() {
    assertThat(model.endpoint.doorbells()).isZero();
    assertThat(queue.inFlight()).isZero();
    // Nothing was left acquired.
    buffer.close();
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 2",
    "3145727, 2",
    "3145728, 1",
    "0, 0",
    "0, -1",
    "0, -2147483648",
    "9223372036854775807, 2",
    "9223372036854775807, 2147483647",
    "-9223372036854775808, 8",
  })
  void shouldRefuseARangeOutsideTheVolume(long offset, int length) {
    IoVector vector = new IoVector(2).add(0, buffer, 0, 8).add(offset, buffer, 0, length);

    assertRange(() -> queue.read(offset, buffer, 0, length, 1), offset);
    assertRange(() -> queue.write(offset, buffer, 0, length, 1), offset);
    assertRange(() -> queue.writeDurable(offset, buffer, 0, length, 1), offset);
    assertRange(() -> queue.flush(offset, length, 1), offset);
    assertRange(() -> queue.read(vector, 1), offset);
    assertRange(() -> queue.write(vector, 1), offset);
  }

  private static void assertRange(Runnable request, long offset) {
    assertThatThrownBy(request::run)
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("offset " + offset)
        .hasMessageContaining("volume v of 3145728 bytes");
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 3145721, Long.MAX_VALUE, Long.MIN_VALUE})
  void shouldRefuseARangeOutsideTheBuffer(long bufferOffset) {
    IoVector vector = new IoVector(1).add(0, buffer, bufferOffset, 8);

    assertBuffer(() -> queue.read(0, buffer, bufferOffset, 8, 1), bufferOffset);
    assertBuffer(() -> queue.write(0, buffer, bufferOffset, 8, 1), bufferOffset);
    assertBuffer(() -> queue.writeDurable(0, buffer, bufferOffset, 8, 1), bufferOffset);
    assertBuffer(() -> queue.read(vector, 1), bufferOffset);
    assertBuffer(() -> queue.write(vector, 1), bufferOffset);
    assertBuffer(() -> queue.fetchAndAdd(0, 1, buffer, bufferOffset, 1), bufferOffset);
    assertBuffer(() -> queue.compareAndSwap(0, 1, 2, buffer, bufferOffset, 1), bufferOffset);
  }

  private static void assertBuffer(Runnable request, long offset) {
    assertThatThrownBy(request::run)
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessageContaining("offset " + offset)
        .hasMessageContaining("a buffer of 3145728 bytes");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 4, 7, 1048577})
  void shouldRefuseAMisalignedAtomic(long offset) {
    assertMisaligned(() -> queue.compareAndSwap(offset, 1, 2, buffer, 0, 1));
    assertMisaligned(() -> queue.fetchAndAdd(offset, 1, buffer, 0, 1));
    assertMisaligned(() -> queue.atomicWrite(offset, 1, 1));
    assertMisaligned(() -> queue.compareAndSwap(0, 1, 2, buffer, offset, 1));
    assertMisaligned(() -> queue.fetchAndAdd(0, 1, buffer, offset, 1));
  }

  private static void assertMisaligned(Runnable request) {
    assertThatThrownBy(request::run)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not a multiple of 8");
  }

  @Test
  void shouldRefuseAnAtomicOutsideTheVolume() {
    assertRange(() -> queue.atomicWrite(ModelQueue.BYTES, 1, 1), ModelQueue.BYTES);
    assertRange(() -> queue.fetchAndAdd(-8, 1, buffer, 0, 1), -8);
  }

  @Test
  void shouldRefuseAClosedBuffer() {
    RegisteredBuffer closed = ModelQueue.buffer(Arena.ofAuto().allocate(64, 8));
    closed.close();
    IoVector vector = new IoVector(2).add(0, buffer, 0, 8).add(8, closed, 0, 8);

    assertThatThrownBy(() -> queue.write(0, closed, 0, 8, 1)).hasMessageContaining("closed");
    assertThatThrownBy(() -> queue.read(0, closed, 0, 8, 1)).hasMessageContaining("closed");
    assertThatThrownBy(() -> queue.read(vector, 1)).hasMessageContaining("closed");
    assertThatThrownBy(() -> queue.fetchAndAdd(0, 1, closed, 0, 1)).hasMessageContaining("closed");
  }

  @Test
  void shouldRefuseMemoryThatWasFreed() {
    RegisteredBuffer freed;
    try (Arena arena = Arena.ofShared()) {
      freed = ModelQueue.buffer(arena.allocate(64, 8));
    }

    assertThatThrownBy(() -> queue.write(0, freed, 0, 8, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("was freed");
  }

  @Test
  void shouldNotReadIntoReadOnlyMemory() {
    MemorySegment memory = Arena.ofAuto().allocate(64, 8).asReadOnly();
    RegisteredBuffer readOnly = ModelQueue.buffer(memory);

    assertThatThrownBy(() -> queue.read(0, readOnly, 0, 8, 1)).hasMessageContaining("read-only");
    assertThatThrownBy(() -> queue.fetchAndAdd(0, 1, readOnly, 0, 1))
        .hasMessageContaining("read-only");
    assertThatThrownBy(() -> queue.read(new IoVector(1).add(0, readOnly, 0, 8), 1))
        .hasMessageContaining("read-only");
  }

  @Test
  void shouldRefuseAnEmptyVectorAndOneThatIsTooLong() {
    assertThatThrownBy(() -> queue.read(new IoVector(1), 1)).hasMessageContaining("empty");
    IoVector vector = new IoVector(17);
    for (int i = 0; i < 17; i++) {
      vector.add(i * 8L, buffer, 0, 8);
    }
    assertThatThrownBy(() -> queue.write(vector, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("17 work requests")
        .hasMessageContaining("holds 16");
    assertThatThrownBy(() -> vector.add(0, buffer, 0, 8)).hasMessageContaining("17 pieces");
    assertThatThrownBy(() -> new IoVector(0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new IoVector(1025)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldNotChangeWhatIsOpenForReading() {
    ModelQueue readOnly = ModelQueue.readOnly();
    IoVector vector = new IoVector(1).add(0, readOnly.buffer, 0, 8);

    assertThat(readOnly.queue.write(0, readOnly.buffer, 0, 8, 1)).isEqualTo(IoStatus.READ_ONLY);
    assertThat(readOnly.queue.write(vector, 1)).isEqualTo(IoStatus.READ_ONLY);
    assertThat(readOnly.queue.writeDurable(0, readOnly.buffer, 0, 8, 1))
        .isEqualTo(IoStatus.READ_ONLY);
    assertThat(readOnly.queue.flush(0, 8, 1)).isEqualTo(IoStatus.READ_ONLY);
    assertThat(readOnly.queue.atomicWrite(0, 1, 1)).isEqualTo(IoStatus.READ_ONLY);
    assertThat(readOnly.queue.fetchAndAdd(0, 1, readOnly.buffer, 0, 1))
        .isEqualTo(IoStatus.READ_ONLY);
    assertThat(readOnly.endpoint.doorbells()).isZero();
    readOnly.buffer.close();
  }

  @Test
  void shouldSayWhatTheDeviceOrTheVolumeCannotDo() {
    ModelQueue plain = ModelQueue.withoutAtomics();
    assertThat(plain.queue.compareAndSwap(0, 1, 2, plain.buffer, 0, 1))
        .isEqualTo(IoStatus.UNSUPPORTED);
    assertThat(plain.queue.fetchAndAdd(0, 1, plain.buffer, 0, 1)).isEqualTo(IoStatus.UNSUPPORTED);
    assertThat(plain.queue.atomicWrite(0, 1, 1)).isEqualTo(IoStatus.UNSUPPORTED);
    plain.buffer.close();

    ModelQueue forgetful = ModelQueue.ofVolatileVolume();
    assertThat(forgetful.queue.flush(0, 8, 1)).isEqualTo(IoStatus.VOLATILE);
    assertThat(forgetful.queue.writeDurable(0, forgetful.buffer, 0, 8, 1))
        .isEqualTo(IoStatus.VOLATILE);
    forgetful.buffer.close();
  }

  @Test
  void shouldRefuseAnotherThread() throws InterruptedException {
    queue.poll((token, status) -> {});
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread.ofPlatform()
        .name("another")
        .start(() -> {
          try {
            queue.read(0, buffer, 0, 8, 1);
          } catch (IllegalStateException e) {
            failure.set(e);
          }
        })
        .join();

    assertThat(failure.get()).hasMessageContaining("not another");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE})
  void shouldRefuseToPollLessThanOnce(int times) {
    assertThatThrownBy(() -> queue.poll(new Completed(), times))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("poll " + times + " times");
  }

  @Test
  void shouldTakeNothingOnceItIsClosed() {
    queue.close();
    queue.close();

    assertThat(queue.read(0, buffer, 0, 8, 1)).isEqualTo(IoStatus.CLOSED);
    assertThat(queue.flush(0, 8, 1)).isEqualTo(IoStatus.CLOSED);
    queue.beginBatch();
    assertThat(queue.write(0, buffer, 0, 8, 1)).isEqualTo(IoStatus.CLOSED);
    assertThat(queue.submit()).isEqualTo(IoStatus.OK);
    Completed completed = new Completed();
    assertThat(queue.poll(completed)).isZero();
    assertThat(completed.take()).isEqualTo(Map.of());
  }
}
