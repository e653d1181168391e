package io.dsa.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.protocol.OpenMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller gets wrong is refused with the facts, at once, and never reaches a lane. */
final class BadVolumeRequestTest {
  private final ModelServer server = new ModelServer();
  private final Volume volume = server.open(VolumeOptions.defaults());

  @AfterEach
  void shouldHavePostedNothing() {
    assertThat(server.postedCount()).isZero();
    assertThat(server.queueCount()).isZero();
    assertThat(volume.inFlight()).isZero();
    volume.close();
  }

  private static void refused(
      Class<? extends Throwable> kind, String text, ThrowingCallable... calls) {
    for (ThrowingCallable call : calls) {
      assertThatThrownBy(call).isInstanceOf(kind).hasMessageContaining(text);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "-1, 2",
    "3145727, 2",
    "3145728, 1",
    "0, 0",
    "0, 3145729",
    "9223372036854775807, 2",
    "-9223372036854775808, 8",
  })
  void shouldRefuseARangeOutsideTheVolume(long offset, int length) {
    byte[] array = new byte[length];
    String facts = "offset " + offset + " and length " + length;
    for (MemorySegment segment :
        List.of(
            MemorySegment.ofArray(array),
            Arena.ofAuto().allocate(length),
            MemorySegment.ofBuffer(ByteBuffer.allocateDirect(length)))) {
      refused(
          IndexOutOfBoundsException.class,
          facts,
          () -> volume.read(offset, segment),
          () -> volume.readAsync(offset, segment),
          () -> volume.write(offset, segment),
          () -> volume.writeAsync(offset, segment),
          () -> volume.writeDurable(offset, segment),
          () -> volume.writeDurableAsync(offset, segment));
    }
    refused(
        IndexOutOfBoundsException.class,
        "within volume v of 3145728 bytes",
        () -> volume.read(offset, array),
        () -> volume.write(offset, ByteBuffer.wrap(array)),
        () -> volume.flush(offset, length),
        () -> volume.flushAsync(offset, length));
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Long.MIN_VALUE})
  void shouldRefuseANegativeLength(long length) {
    refused(IndexOutOfBoundsException.class, "length " + length, () -> volume.flush(0, length));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 4, 1048577})
  void shouldRefuseAMisalignedAtomic(long offset) {
    refused(
        IllegalArgumentException.class,
        "offset " + offset + " of volume v, which is not a multiple of 8",
        () -> volume.compareAndSwap(offset, 0, 1),
        () -> volume.fetchAndAdd(offset, 1),
        () -> volume.atomicWrite(offset, 1),
        () -> volume.compareAndSwapAsync(offset, 0, 1),
        () -> volume.fetchAndAddAsync(offset, 1),
        () -> volume.atomicWriteAsync(offset, 1));
    refused(
        IndexOutOfBoundsException.class,
        "offset 3145728",
        () -> volume.atomicWrite(ModelServer.BYTES, 1));
  }

  @Test
  void shouldNotReadIntoReadOnlyMemory() {
    MemorySegment readOnly = MemorySegment.ofArray(new byte[64]).asReadOnly();
    refused(
        IllegalArgumentException.class,
        "64 bytes into memory that is read-only",
        () -> volume.read(0, readOnly),
        () -> volume.readAsync(0, readOnly),
        () -> volume.read(0, ByteBuffer.allocate(64).asReadOnlyBuffer()));
  }

  @Test
  void shouldRefuseMemoryThatWasFreed() {
    MemorySegment shared;
    MemorySegment confined;
    try (Arena arena = Arena.ofShared();
        Arena own = Arena.ofConfined()) {
      shared = arena.allocate(1 << 20);
      confined = own.allocate(64);
    }
    for (MemorySegment freed : List.of(shared, confined)) {
      refused(
          IllegalStateException.class,
          "was freed",
          () -> volume.read(0, freed),
          () -> volume.write(0, freed),
          () -> volume.writeAsync(0, freed));
    }
  }

  @Test
  void shouldRefuseMemoryOfAConfinedArenaOfAnotherThread() throws Exception {
    try (var another = Executors.newSingleThreadExecutor();
        Arena arena = Arena.ofConfined()) {
      MemorySegment segment = arena.allocate(64);
      Future<?> call = another.submit(() -> volume.write(0, segment));
      assertThatThrownBy(call::get)
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("confined arena of another thread");
      refused(
          IllegalArgumentException.class,
          "which only its own thread may touch",
          () -> volume.readAsync(0, segment),
          () -> volume.writeAsync(0, segment));
    }
  }

  @Test
  void shouldNotChangeWhatIsOpenForReading() {
    Volume readOnly = server.open(OpenMode.READ_ONLY, VolumeOptions.defaults());
    refused(
        DsaException.class,
        "volume v is open for reading only",
        () -> readOnly.write(0, new byte[8]),
        () -> readOnly.writeDurableAsync(0, new byte[8]),
        () -> readOnly.flush(),
        () -> readOnly.fetchAndAdd(0, 1),
        () -> readOnly.outputStream(0));
    readOnly.close();
  }

  @Test
  void shouldNotMakeAVolatileVolumeDurable() {
    ModelServer forgetful = new ModelServer(null, 1);
    Volume fleeting = forgetful.open(VolumeOptions.defaults());
    refused(
        DsaException.class,
        "volume v is volatile",
        () -> fleeting.flush(),
        () -> fleeting.flushAsync(0, 8),
        () -> fleeting.writeDurable(0, new byte[8]));
    fleeting.close();
    assertThat(forgetful.postedCount()).isZero();
  }

  @Test
  void shouldRefuseEverythingOnceItIsClosed() {
    volume.close();
    volume.close();
    refused(
        IllegalStateException.class,
        "volume v is closed",
        () -> volume.read(0, new byte[8]),
        () -> volume.writeAsync(0, new byte[8]),
        () -> volume.flush(),
        () -> volume.fetchAndAdd(0, 1),
        () -> volume.openQueue(4),
        () -> volume.channel(),
        () -> volume.inputStream(0));
  }

  @Test
  void shouldRefuseAStreamOutsideTheVolume() {
    refused(
        IndexOutOfBoundsException.class,
        "not within volume v of 3145728 bytes",
        () -> volume.inputStream(-1),
        () -> volume.outputStream(ModelServer.BYTES + 1));
  }
}
