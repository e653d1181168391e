package io.dsa.lab.crash;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the kernel's dm-log-writes wrote down of a block device, in the order in which it became
 * durable. Little-endian, in sectors of a size that the first one says:
 *
 * <pre>
 * first sector     8  magic, 8  version 1, 8  number of entries, 4  sector size
 * each entry       8  sector on the device, 8  number of sectors, 8  flags, 8  length of a mark,
 *                  n  the mark; up to a whole sector, and then the sectors written
 * </pre>
 *
 * <p>A write is there once a flush after it has completed, or at once where it bypassed the cache.
 * So what comes before any flush is what the medium is sure to hold at that point.
 */
final class WriteLog {
  private static final long MAGIC = 0x6A736677736872L;
  private static final long VERSION = 1;
  private static final int ENTRY_BYTES = 32;
  private static final int SUPER_BYTES = 28;

  private static final long FLUSH = 1;
  private static final long FUA = 2;
  private static final long DISCARD = 4;
  private static final long MARK = 8;

  /**
   * One thing that happened to the device.
   *
   * @param offset on the device, in bytes
   * @param length of what was written or discarded, in bytes
   * @param dataOffset where the written bytes are in the log
   * @param text of a mark; empty otherwise
   */
  record Entry(long offset, long length, long flags, long dataOffset, String text) {
    /** Says whether everything before it, and itself, is durable when it completes. */
    boolean isBarrier() {
      return (flags & (FLUSH | FUA)) != 0;
    }

    Optional<String> mark() {
      return (flags & MARK) != 0 ? Optional.of(text) : Optional.empty();
    }

    private boolean isDiscard() {
      return (flags & DISCARD) != 0;
    }
  }

  private final FileChannel log;
  private final List<Entry> entries;

  private WriteLog(FileChannel log, List<Entry> entries) {
    this.log = log;
    this.entries = entries;
  }

  /**
   * Reads all entries.
   *
   * @param log stays open for as long as entries are replayed; the caller closes it
   */
  static WriteLog read(FileChannel log) throws IOException {
    ByteBuffer head = read(log, 0, SUPER_BYTES);
    if (head.getLong() != MAGIC || head.getLong() != VERSION) {
      throw new IOException("no log of dm-log-writes, or of another version");
    }
    long count = head.getLong();
    int sector = head.getInt();
    List<Entry> entries = new ArrayList<>();
    long at = sector;
    for (long i = 0; i < count; i++) {
      ByteBuffer entry = read(log, at, ENTRY_BYTES);
      long offset = entry.getLong() * sector;
      long length = entry.getLong() * sector;
      long flags = entry.getLong();
      int textLength = Math.toIntExact(entry.getLong());
      String text =
          StandardCharsets.UTF_8.decode(read(log, at + ENTRY_BYTES, textLength)).toString();
      at += sector;
      Entry made = new Entry(offset, length, flags, at, text);
      entries.add(made);
      if (!made.isDiscard()) {
        at += length;
      }
    }
    return new WriteLog(log, entries);
  }

  private static ByteBuffer read(FileChannel log, long at, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (log.read(bytes, at + bytes.position()) < 0) {
        throw new EOFException("the log ends at " + (at + bytes.position()));
      }
    }
    return bytes.flip();
  }

  List<Entry> entries() {
    return List.copyOf(entries);
  }

  /** Does to {@code device} what the entries from {@code from} to {@code to}, exclusive, say. */
  void replay(int from, int to, FileChannel device) throws IOException {
    for (Entry entry : entries.subList(from, to)) {
      // A device may return anything for what was discarded; this one returns zeros.
      ByteBuffer bytes =
          entry.isDiscard()
              ? ByteBuffer.allocate((int) entry.length())
              : read(log, entry.dataOffset(), (int) entry.length());
      while (bytes.hasRemaining()) {
        device.write(bytes, entry.offset() + bytes.position());
      }
    }
  }
}
