package io.dsa.lab.crash;

import io.dsa.lab.crash.JournalEntry.Began;
import io.dsa.lab.crash.JournalEntry.Ended;
import io.dsa.lab.crash.JournalEntry.Flushed;
import io.dsa.lab.crash.JournalEntry.Issued;
import io.dsa.lab.crash.JournalEntry.Marked;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What was asked of the storage and what it acknowledged, in order. Kept in a file where the
 * process that writes it crashes as well. Thread-safe, but what {@link #volumes} returns is for
 * when nothing is appended any more.
 */
final class Journal implements AutoCloseable {
  private final Map<Long, ExpectedVolume> volumes = new TreeMap<>();
  private final FileChannel channel;
  private long flushed;

  private Journal(FileChannel channel) {
    this.channel = channel;
  }

  /** Makes one that this process alone needs. */
  static Journal inMemory() {
    return new Journal(null);
  }

  /**
   * Makes one in a new file. An append returns when the kernel has it: it survives the end of this
   * process.
   */
  static Journal to(Path file) throws IOException {
    return to(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  /** As {@link #to}; an append returns when the file system's own host has it. */
  static Journal through(Path file) throws IOException {
    return to(
        file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.DSYNC);
  }

  private static Journal to(Path file, OpenOption... options) throws IOException {
    return new Journal(FileChannel.open(file, options));
  }

  /** Reads one that a crashed process wrote. A last line without an end never counted. */
  static Journal read(Path file) throws IOException {
    Journal journal = inMemory();
    journal.append(entries(file));
    return journal;
  }

  private static List<JournalEntry> entries(Path file) throws IOException {
    String text = Files.readString(file, StandardCharsets.UTF_8);
    return text.substring(0, text.lastIndexOf('\n') + 1).lines().map(JournalEntry::parse).toList();
  }

  /**
   * Reads the part of one that is certain at a mark: what comes after it, up to the next mark, may
   * have begun and has not ended.
   */
  static Journal readUpTo(Path file, long mark) throws IOException {
    Journal journal = inMemory();
    long marked = -1;
    for (JournalEntry entry : entries(file)) {
      if (entry instanceof Marked(long number)) {
        marked = number;
      }
      if (marked < mark || entry instanceof Issued || entry instanceof Began) {
        journal.apply(entry);
      }
      if (marked > mark) {
        break;
      }
    }
    return journal;
  }

  void append(JournalEntry entry) {
    append(List.of(entry));
  }

  /** Appends all of them at once. */
  synchronized void append(Collection<? extends JournalEntry> entries) {
    entries.forEach(this::apply);
    if (channel != null) {
      StringBuilder lines = new StringBuilder();
      for (JournalEntry entry : entries) {
        lines.append(entry.line()).append('\n');
      }
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(lines.toString());
      try {
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void apply(JournalEntry entry) {
    switch (entry) {
      case Issued(SlotRecord record) -> volume(record.volume()).issued(record);
      case Flushed(SlotRecord record) -> {
        volume(record.volume()).flushed(record);
        flushed++;
      }
      case Began(Change change) -> volume(change.volume()).began(change);
      case Ended(long volume, boolean applied) -> volume(volume).ended(applied);
      case Marked _ -> {}
    }
  }

  private ExpectedVolume volume(long id) {
    return volumes.computeIfAbsent(id, ExpectedVolume::new);
  }

  /** Returns every volume that ever was, or may have been. */
  synchronized List<ExpectedVolume> volumes() {
    return new ArrayList<>(volumes.values());
  }

  /** Returns how many records were acknowledged as flushed. */
  synchronized long flushed() {
    return flushed;
  }

  /** Returns the record to write to a slot next. */
  synchronized SlotRecord next(long volume, int slot) {
    return volume(volume).next(slot);
  }

  @Override
  public void close() throws IOException {
    if (channel != null) {
      channel.close();
    }
  }
}
