package io.dsa.server.access;

import io.dsa.server.access.AccessException.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Bytes in a file that a crash at any moment leaves as they were before a change or after it. Two
 * slots: a change is written to the older one and made durable, then to the other one, and only
 * then acknowledged, so that what was acknowledged survives the loss of either. Thread-safe.
 *
 * <p>A slot begins at 0 or at 4 MiB, with a header of 64 bytes, big-endian; the bytes follow it.
 *
 * <pre>
 *   0   8  magic, "DSASTATE"
 *   8   4  format version
 *  12   4  slot, 0 or 1
 *  16   8  generation, from 1
 *  24   4  length of the bytes
 *  28   4  CRC32C of the bytes
 *  32  28  zeros
 *  60   4  CRC32C of bytes 0 to 59
 * </pre>
 */
final class StateFile implements AutoCloseable {
  static final int VERSION = 1;
  static final int SLOTS = 2;
  static final int SLOT_BYTES = 4 << 20;
  static final int HEADER_BYTES = 64;
  static final int MAX_BYTES = SLOT_BYTES - HEADER_BYTES;

  private static final long MAGIC = 0x4453_4153_5441_5445L;
  private static final int CHECKSUM_OFFSET = 60;

  private final Path file;
  private final SlotWriter writer;
  private final FileChannel channel;
  private final Slot[] slots = new Slot[SLOTS];
  private boolean broken;

  /** How bytes reach the file; tests put a crash between two of these. */
  interface SlotWriter {
    /** Writes all of {@code bytes} at {@code offset} and makes it durable. */
    void write(FileChannel to, long offset, ByteBuffer bytes) throws IOException;

    static void durable(FileChannel to, long offset, ByteBuffer bytes) throws IOException {
      long at = offset;
      while (bytes.hasRemaining()) {
        at += to.write(bytes, at);
      }
      to.force(true);
    }
  }

  /** What a slot turned out to hold. */
  private sealed interface Slot {
    record Sound(long generation, byte[] bytes) implements Slot {}

    record Unsound(String reason) implements Slot {}

    record Newer(int version) implements Slot {}
  }

  private StateFile(Path file, FileChannel channel, SlotWriter writer) {
    this.file = file;
    this.channel = channel;
    this.writer = writer;
  }

  /**
   * Makes a file that holds {@code bytes}, readable by its owner alone: all of it, or none.
   *
   * @throws AccessException if it cannot be written, or the bytes are too many
   */
  static void create(Path file, byte[] bytes) {
    StateDirectory.replace(
        file,
        (unfinished, channel) -> {
          StateFile made = new StateFile(unfinished, channel, SlotWriter::durable);
          made.slots[0] = new Slot.Unsound("empty");
          made.slots[1] = new Slot.Unsound("empty");
          made.write(bytes);
        });
  }

  /**
   * Opens a file, which nobody else may have open: {@link StateDirectory} sees to that.
   *
   * @throws AccessException if it is not there, too new, or neither slot is sound; nothing is
   *     written
   */
  static StateFile open(Path file) {
    return open(file, SlotWriter::durable);
  }

  static StateFile open(Path file, SlotWriter writer) {
    FileChannel channel;
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (NoSuchFileException e) {
      throw new AccessException(Reason.STATE, file + ": no such file", e);
    } catch (IOException e) {
      throw new AccessException(
          Reason.STATE, file + ": cannot be opened: " + StateDirectory.reason(e), e);
    }
    StateFile state = new StateFile(file, channel, writer);
    try {
      for (int i = 0; i < SLOTS; i++) {
        state.slots[i] = state.read(i);
      }
      state.newest();
      return state;
    } catch (IOException e) {
      state.close();
      throw new AccessException(
          Reason.STATE, file + ": cannot be read: " + StateDirectory.reason(e), e);
    } catch (RuntimeException e) {
      state.close();
      throw e;
    }
  }

  private Slot read(int slot) throws IOException {
    byte[] header = read(slot * (long) SLOT_BYTES, HEADER_BYTES);
    if (header.length < HEADER_BYTES) {
      return new Slot.Unsound("it is cut off");
    }
    ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.BIG_ENDIAN);
    if (fields.getLong(0) != MAGIC) {
      return new Slot.Unsound("it has no header");
    }
    if (fields.getInt(CHECKSUM_OFFSET) != checksum(header, CHECKSUM_OFFSET)) {
      return new Slot.Unsound("its header's checksum is wrong");
    }
    if (fields.getInt(8) != VERSION) {
      return new Slot.Newer(fields.getInt(8));
    }
    long generation = fields.getLong(16);
    int length = fields.getInt(24);
    if (fields.getInt(12) != slot || generation < 1 || length < 0 || length > MAX_BYTES) {
      return new Slot.Unsound("its header contradicts itself");
    }
    byte[] bytes = read(slot * (long) SLOT_BYTES + HEADER_BYTES, length);
    if (bytes.length < length) {
      return new Slot.Unsound("it is cut off");
    }
    return checksum(bytes, length) == fields.getInt(28)
        ? new Slot.Sound(generation, bytes)
        : new Slot.Unsound("its checksum is wrong");
  }

  /** Returns that many bytes, or fewer where the file ends before. */
  private byte[] read(long offset, int length) throws IOException {
    byte[] bytes = new byte[length];
    ByteBuffer in = ByteBuffer.wrap(bytes);
    while (in.hasRemaining()) {
      if (channel.read(in, offset + in.position()) < 0) {
        return Arrays.copyOf(bytes, in.position());
      }
    }
    return bytes;
  }

  private Slot.Sound newest() {
    Slot.Sound newest = null;
    for (Slot slot : slots) {
      if (slot instanceof Slot.Newer(int version)) {
        throw new AccessException(
            Reason.STATE,
            file
                + ": has format version "
                + version
                + ", and this DSA reads "
                + VERSION
                + "; use the DSA that wrote it, or a newer one");
      }
      if (slot instanceof Slot.Sound sound
          && (newest == null || sound.generation() > newest.generation())) {
        newest = sound;
      }
    }
    if (newest == null) {
      throw new AccessException(
          Reason.STATE,
          file
              + ": both copies in it are corrupt (the first: "
              + ((Slot.Unsound) slots[0]).reason()
              + "; the second: "
              + ((Slot.Unsound) slots[1]).reason()
              + "); put a backup in its place, or move it away to begin with a new admin");
    }
    return newest;
  }

  /** Returns what was written last. */
  synchronized byte[] bytes() {
    return newest().bytes().clone();
  }

  /**
   * Puts {@code bytes} in the place of what is there; when this returns they are durable, twice.
   *
   * @throws AccessException FULL, and nothing changed, if there are more than {@link #MAX_BYTES};
   *     STATE if they cannot be written: a new start reads what was there before, or these. Nothing
   *     more is written then
   */
  synchronized void write(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new AccessException(
          Reason.FULL, file + ": has room for " + MAX_BYTES + " bytes; remove users or rights");
    }
    if (broken) {
      throw new AccessException(
          Reason.STATE, file + ": writing to it failed before; start the server again");
    }
    long generation = 1;
    for (Slot slot : slots) {
      if (slot instanceof Slot.Sound sound) {
        generation = Math.max(generation, sound.generation() + 1);
      }
    }
    // Never first the only slot that holds what was acknowledged.
    int first = isOlder(0) ? 0 : 1;
    broken = true;
    try {
      write(first, generation, bytes);
      write(1 - first, generation, bytes);
    } catch (IOException e) {
      throw new AccessException(
          Reason.STATE, file + ": cannot be written: " + StateDirectory.reason(e), e);
    }
    broken = false;
  }

  private boolean isOlder(int slot) {
    return !(slots[slot] instanceof Slot.Sound mine)
        || (slots[1 - slot] instanceof Slot.Sound other && mine.generation() <= other.generation());
  }

  private void write(int slot, long generation, byte[] bytes) throws IOException {
    byte[] image = new byte[HEADER_BYTES + bytes.length];
    ByteBuffer out = ByteBuffer.wrap(image).order(ByteOrder.BIG_ENDIAN);
    out.putLong(MAGIC).putInt(VERSION).putInt(slot).putLong(generation);
    out.putInt(bytes.length).putInt(checksum(bytes, bytes.length));
    out.putInt(CHECKSUM_OFFSET, checksum(image, CHECKSUM_OFFSET));
    out.put(HEADER_BYTES, bytes);
    writer.write(channel, slot * (long) SLOT_BYTES, out.rewind());
    slots[slot] = new Slot.Sound(generation, bytes.clone());
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  /** Writes no more. Idempotent. */
  @Override
  public synchronized void close() {
    broken = true;
    try {
      channel.close();
    } catch (IOException e) {
      throw new AccessException(Reason.STATE, file + ": " + StateDirectory.reason(e), e);
    }
  }
}
