package io.dsa.lab.crash;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.lab.crash.ExpectedVolume.Shape;
import io.dsa.lab.crash.Finding.Fault;
import io.dsa.lab.crash.JournalEntry.Began;
import io.dsa.lab.crash.JournalEntry.Ended;
import io.dsa.lab.crash.JournalEntry.Flushed;
import io.dsa.lab.crash.JournalEntry.Issued;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The judge is fed with what has to be there, and with one thing that is wrong. */
class CrashCheckTest {
  private static final long BYTES = 100_003;
  private static final long OTHER = 99;

  private final Journal journal = Journal.inMemory();
  private final Map<String, byte[]> there = new HashMap<>();

  private final Contents contents =
      new Contents() {
        @Override
        public List<Shape> volumes() {
          return there.entrySet().stream()
              .map(entry -> new Shape(entry.getKey(), entry.getValue().length))
              .toList();
        }

        @Override
        public void read(String volume, long offset, MemorySegment target) {
          MemorySegment.copy(
              MemorySegment.ofArray(there.get(volume)), offset, target, 0, target.byteSize());
        }
      };

  private void create(long id, String name, long bytes) {
    journal.append(List.of(new Began(new Change.Create(id, name, bytes)), new Ended(id, true)));
    there.put(name, new byte[(int) bytes]);
  }

  private void begin(Change change) {
    journal.append(new Began(change));
  }

  private void put(String name, SlotRecord record) {
    byte[] bytes = record.encode();
    System.arraycopy(bytes, 0, there.get(name), (int) record.offset(), bytes.length);
  }

  private SlotRecord write(long id, String name, int slot) {
    SlotRecord record = issue(id, slot);
    put(name, record);
    journal.append(new Flushed(record));
    return record;
  }

  private SlotRecord issue(long id, int slot) {
    SlotRecord record = journal.next(id, slot);
    journal.append(new Issued(record));
    return record;
  }

  private List<Fault> faults() {
    return CrashCheck.findings(journal, contents).stream().map(Finding::fault).toList();
  }

  @Test
  void shouldFindNothingWrongWithWhatWasWritten() {
    create(1, "v", BYTES);
    for (int i = 0; i < 9; i++) {
      write(1, "v", i % 3);
    }

    assertThat(faults()).isEmpty();
    assertThat(journal.flushed()).isEqualTo(9);
  }

  @Test
  void shouldSayThatARecordIsLost() {
    create(1, "v", BYTES);
    SlotRecord record = issue(1, 2);
    journal.append(new Flushed(record));

    assertThat(faults()).containsExactly(Fault.LOST);
  }

  @Test
  void shouldSayThatAnOlderRecordIsInItsPlace() {
    create(1, "v", BYTES);
    write(1, "v", 2);
    write(1, "v", 2);
    journal.append(new Flushed(issue(1, 2)));

    assertThat(faults()).containsExactly(Fault.LOST);
  }

  @Test
  void shouldSayThatARecordIsTorn() {
    create(1, "v", BYTES);
    SlotRecord record = write(1, "v", 2);
    there.get("v")[(int) record.offset() + 30] ^= 1;

    assertThat(faults()).containsExactly(Fault.TORN);
  }

  @Test
  void shouldSayThatTheRecordBeforeTheLastIsTorn() {
    create(1, "v", BYTES);
    SlotRecord record = write(1, "v", 2);
    write(1, "v", 2);
    there.get("v")[(int) record.offset() + 12] ^= 1;

    assertThat(faults()).containsExactly(Fault.TORN);
  }

  @Test
  void shouldLetARecordInFlightBeTorn() {
    create(1, "v", BYTES);
    write(1, "v", 2);
    SlotRecord torn = issue(1, 2);
    put("v", torn);
    there.get("v")[(int) torn.offset() + 9] ^= 1;

    assertThat(faults()).isEmpty();
  }

  @Test
  void shouldLetARecordInFlightBeThereOrNot() {
    create(1, "v", BYTES);
    write(1, "v", 2);
    issue(1, 2);
    put("v", issue(1, 3));

    assertThat(faults()).isEmpty();
  }

  @Test
  void shouldSayThatARecordWasNeverWritten() {
    create(1, "v", BYTES);
    write(1, "v", 2);
    put("v", new SlotRecord(1, 2, 3));
    put("v", new SlotRecord(1, 7, 1));

    assertThat(faults()).containsExactly(Fault.ILLEGAL, Fault.RETURNED);
  }

  @Test
  void shouldSayThatARecordOfAnotherVolumeShows() {
    create(1, "v", BYTES);
    write(1, "v", 2);
    put("v", new SlotRecord(OTHER, 2, 1));
    put("v", new SlotRecord(OTHER, 4, 1));

    assertThat(faults()).containsExactly(Fault.RETURNED, Fault.RETURNED);
  }

  @Test
  void shouldSayThatTheLastBytesAreNotZero() {
    create(1, "v", BYTES);
    there.get("v")[(int) BYTES - 1] = 1;

    assertThat(faults()).containsExactly(Fault.RETURNED);
  }

  @Test
  void shouldSayThatAVolumeIsGoneWithItsRecords() {
    create(1, "v", BYTES);
    write(1, "v", 2);
    there.clear();

    assertThat(faults()).containsExactly(Fault.ILLEGAL, Fault.LOST);
  }

  @Test
  void shouldSayThatAVolumeIsBack() {
    create(1, "v", BYTES);
    begin(new Change.Delete(1));
    journal.append(new Ended(1, true));

    assertThat(faults()).containsExactly(Fault.ILLEGAL);
  }

  @Test
  void shouldLetAChangeInFlightHappenOrNot() {
    create(1, "v", BYTES);
    write(1, "v", 2);
    begin(new Change.Rename(1, "w"));
    assertThat(faults()).isEmpty();

    there.put("w", there.remove("v"));
    assertThat(faults()).isEmpty();

    there.put("v", there.get("w"));
    assertThat(faults()).containsExactly(Fault.ILLEGAL);

    there.clear();
    assertThat(faults()).contains(Fault.ILLEGAL);
  }

  @Test
  void shouldTakeARefusedChangeForNone() {
    create(1, "v", BYTES);
    begin(new Change.Resize(1, 5));
    journal.append(new Ended(1, false));
    assertThat(faults()).isEmpty();

    there.put("v", new byte[5]);
    assertThat(faults()).contains(Fault.ILLEGAL);
  }

  @Test
  void shouldSayThatWhatWasCutOffIsBack() {
    create(1, "v", BYTES);
    write(1, "v", 2);
    write(1, "v", 10);
    begin(new Change.Resize(1, 8000));
    journal.append(new Ended(1, true));
    begin(new Change.Resize(1, BYTES));
    journal.append(new Ended(1, true));

    assertThat(faults()).containsExactly(Fault.RETURNED);
  }

  @Test
  void shouldLetWhatACutLeftOfAVolumesNumberStay() {
    long id = 0x0102030405060708L;
    create(id, "v", BYTES);
    write(id, "v", 0);
    SlotRecord cut = write(id, "v", 0);
    for (int bytes = 8; bytes <= 16; bytes++) {
      resize(id, cut.offset() + bytes);
      resize(id, BYTES);
      byte[] first = Arrays.copyOf(cut.encode(), bytes);
      there.put("v", Arrays.copyOf(first, (int) BYTES));
      assertThat(faults()).as("%d bytes", bytes).isEmpty();

      there.get("v")[8] ^= 1;
      assertThat(faults()).as("%d bytes of another", bytes).containsExactly(Fault.RETURNED);
    }
  }

  private void resize(long id, long bytes) {
    begin(new Change.Resize(id, bytes));
    journal.append(new Ended(id, true));
  }

  @Test
  void shouldLetWhatACutLeftOfARecordStay() {
    create(1, "v", BYTES);
    write(1, "v", 4);
    SlotRecord cut = write(1, "v", 4);
    long end = cut.offset() + 20;
    begin(new Change.Resize(1, end));
    byte[] all = there.get("v");
    there.put("v", Arrays.copyOf(all, (int) end));
    assertThat(faults()).isEmpty();

    journal.append(new Ended(1, true));
    assertThat(faults()).isEmpty();

    begin(new Change.Resize(1, BYTES));
    journal.append(new Ended(1, true));
    there.put("v", Arrays.copyOf(there.get("v"), (int) BYTES));
    assertThat(faults()).isEmpty();

    issue(1, 4);
    assertThat(faults()).isEmpty();
    journal.append(new Flushed(new SlotRecord(1, 4, 3)));
    assertThat(faults()).containsExactly(Fault.LOST);
  }
}
