package io.dsa.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RegistrationCacheTest {
  private static final int LARGE = (int) RegistrationCache.LEAST_BYTES;

  private final ModelMemory memory = new ModelMemory();
  private final RegistrationCache cache = new RegistrationCache(memory, 4L * LARGE);

  private RegisteredBuffer use(MemorySegment segment) {
    RegisteredBuffer buffer = cache.acquire(segment, true);
    if (buffer != null) {
      buffer.release(1);
    }
    return buffer;
  }

  @Test
  void shouldRegisterOnce() {
    MemorySegment segment = Arena.ofAuto().allocate(2L * LARGE);

    RegisteredBuffer first = use(segment);
    assertThat(first).isNotNull();
    assertThat(use(segment)).isSameAs(first);
    assertThat(use(segment.asSlice(100, LARGE))).isSameAs(first);
    assertThat(memory.made.get()).isEqualTo(1);
    cache.close();
    assertThat(memory.registered.get()).isZero();
  }

  @Test
  void shouldNotKeepMemoryThatMayGoUnnoticed() {
    assertThat(use(Arena.global().allocate(LARGE))).isNull();
    assertThat(use(MemorySegment.ofBuffer(ByteBuffer.allocateDirect(LARGE)))).isNull();
    assertThat(use(MemorySegment.ofArray(new byte[LARGE]))).isNull();
    try (Arena confined = Arena.ofConfined()) {
      assertThat(use(confined.allocate(LARGE))).isNull();
    }
    assertThat(use(Arena.ofAuto().allocate(LARGE - 1))).isNull();
    assertThat(use(Arena.ofAuto().allocate(5L * LARGE))).isNull();
    assertThat(memory.made.get()).isZero();
  }

  @Test
  @SuppressWarnings("restricted")
  void shouldNotTakeOtherMemoryAtTheSameAddress() {
    MemorySegment underlying = Arena.global().allocate(LARGE);
    RegisteredBuffer old;
    try (Arena arena = Arena.ofShared()) {
      old = use(underlying.reinterpret(arena, segment -> {}));
      assertThat(old).isNotNull();
    }
    try (Arena arena = Arena.ofShared()) {
      MemorySegment segment = underlying.reinterpret(arena, freed -> {});
      assertThat(old.holds(segment)).isFalse();
      assertThat(use(segment)).isNotNull().isNotSameAs(old);
    }
    // What was freed has been let go of.
    assertThat(memory.registered.get()).isEqualTo(1);
  }

  @Test
  void shouldStayWithinItsBytes() {
    List<MemorySegment> segments = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      MemorySegment segment = Arena.ofAuto().allocate(LARGE);
      segments.add(segment);
      assertThat(use(segment)).isNotNull();
      use(segments.getFirst());
      assertThat(cache.bytes()).isLessThanOrEqualTo(4L * LARGE);
    }
    int made = memory.made.get();
    use(segments.getFirst());
    use(segments.getLast());
    assertThat(memory.made.get()).as("the latest ones are there").isEqualTo(made);
  }

  @Test
  void shouldNotLetGoOfWhatIsInUse() {
    List<RegisteredBuffer> used = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      used.add(cache.acquire(Arena.ofAuto().allocate(LARGE), true));
    }
    assertThat(cache.acquire(Arena.ofAuto().allocate(LARGE), true)).isNull();
    assertThat(used).allSatisfy(buffer -> assertThat(buffer.closeIfUnused()).isFalse());
  }

  @Test
  void shouldNotHaveTheDeviceWriteToWhatItMayOnlyRead() {
    MemorySegment segment = Arena.ofAuto().allocate(LARGE);
    RegisteredBuffer readOnly = cache.acquire(segment.asReadOnly(), false);
    assertThat(readOnly.isWritable()).isFalse();
    assertThat(cache.acquire(segment, true)).isNotSameAs(readOnly);
  }

  @Test
  void shouldCopyWhatCannotBeRegistered() {
    memory.refuse(new DsaException(DsaException.Category.IO, "locked memory"));
    assertThat(use(Arena.ofAuto().allocate(LARGE))).isNull();
  }
}
