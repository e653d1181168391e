package io.dsa.sal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;

/** What is on a volume: a byte that is not zero where a test wrote, and else zeros. */
final class VolumeContents {
  private static final byte WRITTEN = (byte) 0xC3;

  private VolumeContents() {}

  static void fill(Pool pool, Volume volume, long from, long to) {
    for (Extent piece : volume.locate(from, to - from)) {
      pool.device().memory().asSlice(piece.poolOffset(), piece.length()).fill(WRITTEN);
    }
    pool.persist(volume, from, to - from);
  }

  static void assertFilled(Pool pool, Volume volume, long from, long to) {
    assertAll(pool, volume, from, to, WRITTEN);
  }

  static void assertZero(Pool pool, Volume volume, long from, long to) {
    assertAll(pool, volume, from, to, (byte) 0);
  }

  static void assertAll(Pool pool, Volume volume, long from, long to, byte expected) {
    long at = from;
    for (Extent piece : volume.locate(from, to - from)) {
      byte[] bytes = new byte[Math.toIntExact(piece.length())];
      MemorySegment same = MemorySegment.ofArray(bytes).fill(expected);
      long differs =
          pool.device().memory().asSlice(piece.poolOffset(), piece.length()).mismatch(same);
      assertThat(differs < 0 ? -1 : at + differs)
          .as("the first byte of volume %s that is not 0x%02X", volume.name(), expected)
          .isEqualTo(-1);
      at += piece.length();
    }
  }
}
