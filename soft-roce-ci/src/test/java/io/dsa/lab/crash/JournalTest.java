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
}
