package io.dsa.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What --verify notices, on memory that plays the volume. */
final class BenchLoadTest {
  private static final int BLOCK = 512;
  private static final BlockRange RANGE = new BlockRange(8, 4);
  private static final long RUN = 77;

  private final MemorySegment volume = Arena.ofAuto().allocate(16 * BLOCK, 8);
  private final MemorySegment memory = Arena.ofAuto().allocate(BLOCK, 8);

  private static BenchLoad load(BenchMode mode, long run) {
    return new BenchLoad(
        BenchPlans.verifying(mode, BenchPlan.Order.SEQUENTIAL, 1, 1),
        RANGE,
        run,
        new SplittableRandom(1));
  }

  private final BenchLoad load = load(BenchMode.DURABLE_WRITE, RUN);

  private MemorySegment stored(BenchLoad from, long place) {
    return volume.asSlice(from.offset(place), BLOCK);
  }

  private void write(BenchLoad by, long place, boolean durable) {
    by.beginWrite(place, memory);
    stored(by, place).copyFrom(memory);
    by.endWrite(place, durable);
  }

  private void read(BenchLoad by, long place) {
    by.beginRead(place, memory);
    memory.copyFrom(stored(by, place));
    by.endRead(place, memory);
  }

  private void assertCorrupt(BenchLoad by, long place, String words) {
    assertThatThrownBy(() -> read(by, place))
        .isInstanceOfSatisfying(
            CliException.class, e -> assertThat(e.exitCode()).isEqualTo(ExitCode.CORRUPT))
        .hasMessageContaining("offset " + by.offset(place))
        .hasMessageContaining(words);
  }

  @Test
  void shouldFindWhatItHasWritten() {
    write(load, 0, true);
    write(load, 0, true);
    write(load, 1, true);

    read(load, 0);
    read(load, 1);

    assertThat(load.verified()).isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 9, 17, 25, 33, 37, 40, 300, BLOCK - 1})
  void shouldNoticeOneWrongBit(int at) {
    write(load, 2, true);
    MemorySegment block = stored(load, 2);
    block.set(ValueLayout.JAVA_BYTE, at, (byte) (block.get(ValueLayout.JAVA_BYTE, at) ^ 0x10));

    assertCorrupt(load, 2, "expected was generation 1");
  }

  @Test
  void shouldNoticeAnOlderBlock() {
    write(load, 0, true);
    MemorySegment before = Arena.ofAuto().allocate(BLOCK, 8).copyFrom(stored(load, 0));
    write(load, 0, true);
    stored(load, 0).copyFrom(before);

    assertCorrupt(load, 0, "has generation 1, expected was generation 2");
  }

  @Test
  void shouldNoticeHalfABlock() {
    write(load, 0, true);
    MemorySegment before = Arena.ofAuto().allocate(BLOCK, 8).copyFrom(stored(load, 0));
    write(load, 0, true);
    stored(load, 0).asSlice(BLOCK / 2).copyFrom(before.asSlice(BLOCK / 2));

    assertCorrupt(load, 0, "checksum");
  }

  @Test
  void shouldNoticeABlockInTheWrongPlace() {
    write(load, 0, true);
    write(load, 1, true);
    stored(load, 1).copyFrom(stored(load, 0));

    assertCorrupt(load, 1, "offset " + load.offset(0));
  }

  @Test
  void shouldNoticeThatABlockIsLost() {
    write(load, 0, true);
    stored(load, 0).fill((byte) 0);

    assertCorrupt(load, 0, "no stamp");
  }

  @Test
  void shouldNoticeABlockOfAnotherRun() {
    write(load, 0, true);
    write(load(BenchMode.WRITE, RUN + 1), 0, true);

    assertCorrupt(load, 0, "another run");
  }

  @Test
  void shouldNoticeAReadThatBringsNothing() {
    write(load, 0, true);
    load.beginRead(0, memory);

    assertThatThrownBy(() -> load.endRead(0, memory)).isInstanceOf(CliException.class);
  }

  @Test
  void shouldTakeOldOrNewWhereTheConnectionWasLostInAWrite() {
    write(load, 0, true);
    load.beginWrite(0, memory);
    load.disconnected();

    assertThatCode(() -> read(load, 0)).doesNotThrowAnyException();
    stored(load, 0).fill((byte) 0);
    assertCorrupt(load, 0, "expected was generation 1 to 2");
  }

  @Test
  void shouldNoticeThatSomethingDurableIsGoneAfterARestart() {
    write(load, 0, true);
    stored(load, 0).fill((byte) 0);
    load.disconnected();
    load.restarted();

    assertCorrupt(load, 0, "expected was generation 1");
  }

  @Test
  void shouldAllowThatSomethingNotDurableIsGoneAfterARestart() {
    write(load, 0, false);
    stored(load, 0).fill((byte) 0);
    load.disconnected();
    load.restarted();

    assertThatCode(() -> read(load, 0)).doesNotThrowAnyException();
  }

  @Test
  void shouldTakeStampsOfEarlierRunsAndBlankBlocksWhereItOnlyReads() {
    BenchLoad reader = load(BenchMode.READ, RUN + 1);
    write(load, 0, true);

    read(reader, 0);
    read(reader, 1);
    stored(reader, 2).set(ValueLayout.JAVA_BYTE, BLOCK - 1, (byte) 1);
    assertCorrupt(reader, 2, "no stamp");
  }

  @Test
  void shouldHandOutNoBlockThatIsInFlight() {
    assertThat(load.next()).isZero();
    load.beginWrite(0, memory);
    load.beginWrite(1, memory);
    load.beginWrite(2, memory);

    assertThat(load.next()).isEqualTo(3);
    load.beginWrite(3, memory);
    assertThat(load.next()).isEqualTo(BenchLoad.NONE);
    load.endWrite(1, true);
    assertThat(load.next()).isEqualTo(1);
  }

  @Test
  void shouldCheckWhatWasWrittenAndThenEnd() {
    write(load, 1, true);
    write(load, 3, true);

    load.beginCheck();

    assertThat(load.next()).isEqualTo(1);
    assertThat(load.isWrite(1)).isFalse();
    assertThat(load.next()).isEqualTo(3);
    assertThat(load.next()).isEqualTo(BenchLoad.NONE);
    load.disconnected();
    assertThat(load.next()).isEqualTo(1);
  }

  @Test
  void shouldWriteABlockBeforeItReadsItWhereItDoesBoth() {
    BenchLoad mixed = load(BenchMode.MIXED, RUN);
    for (long place = 0; place < RANGE.count(); place++) {
      assertThat(mixed.isWrite(place)).isTrue();
      write(mixed, place, false);
    }

    long writes = LongStream.range(0, 1000).filter(n -> mixed.isWrite(0)).count();

    assertThat(writes).isBetween(400L, 600L);
  }
}
