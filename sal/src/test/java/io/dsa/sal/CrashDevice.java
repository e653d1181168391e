package io.dsa.sal;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * A device in memory that can lose power. What was not persisted is lost then, or kept, or torn:
 * each 8 bytes for themselves, since the caches write lines back when they please and only 8 bytes
 * are atomic.
 *
 * <p>{@link #memory} is what the CPU sees, a second copy what the medium holds. Power goes at a
 * persist call that was chosen beforehand, and from then on every call throws {@link PowerCut}.
 *
 * <p>Thread-safe as devices are; choosing the power cut belongs to one thread.
 */
public class CrashDevice implements Device {
  /** The power is gone. */
  public static final class PowerCut extends RuntimeException {
    private static final long serialVersionUID = 1L;

    PowerCut() {
      super("power cut");
    }
  }

  private static final long LINE = 64;
  private static final long PAGE = 4096;

  private final MemorySegment cpu;
  private final MemorySegment medium;
  private long persists;
  private long cutAt = Long.MAX_VALUE;
  private boolean closed;

  /** Makes a blank one. */
  public CrashDevice(long capacity) {
    this(blank(capacity));
  }

  /** Makes a blank one whose memory the CPU sees where {@code blank} is. */
  public CrashDevice(MemorySegment blank) {
    cpu = blank;
    medium = blank(blank.byteSize());
  }

  /** On the heap, which has the pages of the devices that were before. */
  private static MemorySegment blank(long capacity) {
    if (capacity % Long.BYTES != 0) {
      throw new IllegalArgumentException(capacity + " bytes are no whole words");
    }
    return MemorySegment.ofArray(new long[Math.toIntExact(capacity / Long.BYTES)]);
  }

  /** Makes power go at the persist call number {@code persist}, counted from 0 from now on. */
  public synchronized void cutPowerAt(long persist) {
    persists = 0;
    cutAt = persist;
  }

  /** Returns how many persist calls there were since {@link #cutPowerAt}. */
  public synchronized long persists() {
    return persists;
  }

  /** Returns what comes up after a power cut now, with a random part of what was not persisted. */
  public synchronized CrashDevice afterPowerCut(RandomGenerator random) {
    return afterPowerCut(random.nextDouble(), random);
  }

  /**
   * Returns what comes up after a power cut now.
   *
   * @param kept the chance that 8 bytes which were not persisted are kept, 0 to 1
   */
  public synchronized CrashDevice afterPowerCut(double kept, RandomGenerator random) {
    CrashDevice after = new CrashDevice(capacity());
    after.medium.copyFrom(medium);
    for (long page = 0; page < capacity(); page += PAGE) {
      if (cpu.asSlice(page, PAGE).mismatch(medium.asSlice(page, PAGE)) >= 0) {
        for (long word = page; word < page + PAGE; word += Long.BYTES) {
          if (random.nextDouble() < kept) {
            after.medium.set(ValueLayout.JAVA_LONG, word, cpu.get(ValueLayout.JAVA_LONG, word));
          }
        }
      }
    }
    after.cpu.copyFrom(after.medium);
    return after;
  }

  /** Makes a range of the medium what the CPU sees; a test that a harness catches leaves it out. */
  protected void writeBack(long offset, long length) {
    medium.asSlice(offset, length).copyFrom(cpu.asSlice(offset, length));
  }

  @Override
  public String uri() {
    return "crash:" + capacity();
  }

  @Override
  public String medium() {
    return "memory that loses power";
  }

  @Override
  public WriteBack writeBack() {
    return WriteBack.CACHE_LINES;
  }

  @Override
  public final long capacity() {
    return cpu.byteSize();
  }

  @Override
  public long alignment() {
    return PAGE;
  }

  @Override
  public Access access() {
    return Access.DIRECT;
  }

  @Override
  public PersistenceDomain persistence() {
    return PersistenceDomain.MEMORY_CONTROLLER;
  }

  @Override
  public synchronized MemorySegment memory() {
    if (closed) {
      throw new IllegalStateException(uri() + " is closed");
    }
    if (persists > cutAt) {
      throw new PowerCut();
    }
    return cpu;
  }

  @Override
  public synchronized void persist(long offset, long length) {
    Objects.checkFromIndexSize(offset, length, memory().byteSize());
    if (persists++ >= cutAt) {
      throw new PowerCut();
    }
    if (length > 0) {
      long from = offset / LINE * LINE;
      long to = Math.min(capacity(), (offset + length + LINE - 1) / LINE * LINE);
      writeBack(from, to - from);
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
  }

  @Override
  public String toString() {
    return uri();
  }
}
