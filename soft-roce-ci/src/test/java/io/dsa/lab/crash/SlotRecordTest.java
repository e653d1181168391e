package io.dsa.lab.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.lab.crash.SlotRecord.Reading;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SlotRecordTest {
  private static byte[] place(SlotRecord record) {
    return Arrays.copyOf(record.encode(), SlotRecord.PLACE_BYTES);
  }

  private static Reading read(byte[] place) {
    return SlotRecord.read(MemorySegment.ofArray(place));
  }

  @Test
  void shouldReadBackWhatItWrote() {
    for (int i = 0; i < 500; i++) {
      SlotRecord record = new SlotRecord(1L << 40 | i, i * 7, i + 1);

      assertThat(read(place(record))).isEqualTo(new Reading.Whole(record));
    }
  }

  @Test
  void shouldAlternateBetweenTwoPlaces() {
    assertThat(new SlotRecord(1, 3, 1).offset()).isEqualTo(7000);
    assertThat(new SlotRecord(1, 3, 2).offset()).isEqualTo(6000);
    assertThat(new SlotRecord(1, 3, 3).offset()).isEqualTo(7000);
  }

  @Test
  void shouldNoticeEveryChangedByte() {
    SlotRecord record = new SlotRecord(5, 6, 7);
    int length = record.encode().length;
    for (int at = 0; at < length; at++) {
      byte[] place = place(record);
      place[at] ^= 0x10;

      assertThat(read(place)).as("byte %d", at).isEqualTo(new Reading.Broken());
    }
  }

  @Test
  void shouldNoticeATornRecord() {
    SlotRecord record = new SlotRecord(5, 6, 7);
    byte[] older = place(new SlotRecord(5, 6, 5));
    byte[] newer = place(record);
    for (int at = 8; at < record.encode().length; at += 8) {
      byte[] place = older.clone();
      System.arraycopy(newer, 0, place, 0, at);

      assertThat(read(place)).as("torn at %d", at).isNotEqualTo(new Reading.Whole(record));
    }
  }

  @Test
  void shouldTellZerosFromRecords() {
    byte[] place = new byte[SlotRecord.PLACE_BYTES];
    assertThat(read(place)).isEqualTo(new Reading.Blank());
    place[place.length - 1] = 1;
    assertThat(read(place)).isEqualTo(new Reading.Broken());
  }
}
