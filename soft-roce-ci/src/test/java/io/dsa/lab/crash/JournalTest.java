package io.dsa.lab.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  @TempDir private Path directory;

  private static final List<JournalEntry> ENTRIES =
      List.of(
          new JournalEntry.Began(new Change.Create(7, "a", 5000)),
          new JournalEntry.Ended(7, true),
          new JournalEntry.Issued(new SlotRecord(7, 1, 1)),
          new JournalEntry.Flushed(new SlotRecord(7, 1, 1)),
          new JournalEntry.Began(new Change.Resize(7, 9000)),
          new JournalEntry.Ended(7, false),
          new JournalEntry.Began(new Change.Rename(7, "b")),
          new JournalEntry.Ended(7, true),
          new JournalEntry.Marked(3),
          new JournalEntry.Began(new Change.Delete(7)));

  @Test
  void shouldReadEveryLineThatItWrites() {
    for (JournalEntry entry : ENTRIES) {
      assertThat(JournalEntry.parse(entry.line())).isEqualTo(entry);
    }
  }

  @Test
  void shouldRefuseOtherLines() {
    for (String line : List.of("", "issued", "issued 1 2", "issued x 2 3", "create 1 a", "x 1")) {
      assertThatIllegalArgumentException().isThrownBy(() -> JournalEntry.parse(line));
    }
  }

  @Test
  void shouldReadWhatACrashedProcessWrote() throws Exception {
    Path file = directory.resolve("journal");
    try (Journal journal = Journal.to(file)) {
      ENTRIES.forEach(journal::append);
    }
    // Half a line: the process ended while it wrote.
    Files.writeString(file, "flushed 7 1 ", StandardOpenOption.APPEND);

    Journal journal = Journal.read(file);

    ExpectedVolume volume = journal.volumes().getFirst();
    assertThat(volume.possible())
        .containsExactly(Optional.of(new ExpectedVolume.Shape("b", 5000)), Optional.empty());
    assertThat(volume.slot(1)).isEqualTo(new ExpectedVolume.Slot(1, 1));
    assertThat(journal.flushed()).isEqualTo(1);
  }

  @Test
  void shouldReadUpToAMark() throws Exception {
    Path file = directory.resolve("journal");
    SlotRecord first = new SlotRecord(7, 1, 1);
    SlotRecord second = new SlotRecord(7, 2, 1);
    SlotRecord third = new SlotRecord(7, 3, 1);
    try (Journal journal = Journal.to(file)) {
      journal.append(new JournalEntry.Marked(0));
      for (SlotRecord record : List.of(first, second, third)) {
        journal.append(new JournalEntry.Issued(record));
        journal.append(new JournalEntry.Flushed(record));
        journal.append(new JournalEntry.Marked(record.slot()));
      }
    }

    ExpectedVolume volume = Journal.readUpTo(file, 1).volumes().getFirst();

    assertThat(volume.slot(1)).isEqualTo(new ExpectedVolume.Slot(1, 1));
    assertThat(volume.slot(2)).isEqualTo(new ExpectedVolume.Slot(1, 0));
    assertThat(volume.slot(3)).isEqualTo(new ExpectedVolume.Slot(0, 0));
  }
}
