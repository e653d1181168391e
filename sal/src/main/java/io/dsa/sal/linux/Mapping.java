package io.dsa.sal.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Mapped memory and the arena that owns it: closing it unmaps, and whoever still holds a slice gets
 * an {@link IllegalStateException} and not a crash of the JVM.
 */
@SuppressWarnings("restricted") // it makes memory of addresses
public final class Mapping implements AutoCloseable {
  /** The size of a huge page, in bytes. */
  public static final long HUGE_PAGE = 2L << 20;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;
  private final long alignment;
  private final String pages;

  private Mapping(long address, long length, long alignment, String pages) {
    this.memory =
        MemorySegment.ofAddress(address)
            .reinterpret(
                length,
                arena,
                // Cannot fail: exactly this range was mapped, and is unmapped once.
                segment -> Libc.munmap(segment.address(), length));
    this.alignment = alignment;
    this.pages = pages;
  }

  /** The result of mapping: a mapping, or the error number that the kernel gave. */
  public sealed interface Result {
    /** It is mapped; the caller closes it. */
    record Mapped(Mapping mapping) implements Result {}

    /** It is not mapped. */
    record Refused(int errno) implements Result {}
  }

  /**
   * Maps an open file or device from its beginning, shared with everybody who maps it.
   *
   * @param length in bytes, a multiple of the alignment
   * @param alignment of the device, in bytes
   */
  public static Result shared(LockedFile file, long length, long alignment) {
    return map(file, Libc.MAP_SHARED, length, alignment);
  }

  /**
   * As {@link #shared}, of persistent memory in place: while it is mapped, the file system keeps
   * its own records durable, so that a line that was written back is there after a power cut.
   * Refused where the file is not such memory.
   */
  public static Result synchronous(LockedFile file, long length, long alignment) {
    return map(file, Libc.MAP_SHARED_VALIDATE | Libc.MAP_SYNC, length, alignment);
  }

  private static Result map(LockedFile file, int flags, long length, long alignment) {
    long address = Libc.mmap(length, flags, file.fd());
    return address < 0
        ? new Result.Refused((int) -address)
        : new Result.Mapped(new Mapping(address, length, alignment, "the file's pages"));
  }

  /**
   * Maps memory that belongs to no file: in reserved huge pages if there are enough of them, else
   * aligned so that the kernel can use huge pages when it has some.
   *
   * @param length in bytes, a multiple of {@link #HUGE_PAGE}
   */
  public static Result anonymous(long length) {
    int flags = Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS;
    long huge = Libc.mmap(length, flags | Libc.MAP_HUGETLB, -1);
    if (huge >= 0) {
      return new Result.Mapped(new Mapping(huge, length, HUGE_PAGE, "reserved huge pages"));
    }
    // One huge page more than needed, whose unaligned ends go back.
    long mapped = Libc.mmap(length + HUGE_PAGE, flags, -1);
    if (mapped < 0) {
      return new Result.Refused((int) -mapped);
    }
    long address = (mapped + HUGE_PAGE - 1) & -HUGE_PAGE;
    if (address > mapped) {
      Libc.munmap(mapped, address - mapped);
    }
    long rest = mapped + HUGE_PAGE - address;
    if (rest > 0) {
      Libc.munmap(address + length, rest);
    }
    // Only advice: a kernel without transparent huge pages refuses it and nothing is lost.
    int refused = Libc.madvise(address, length, Libc.MADV_HUGEPAGE);
    String pages = refused == 0 ? "transparent huge pages" : "ordinary pages";
    return new Result.Mapped(new Mapping(address, length, HUGE_PAGE, pages));
  }

  /** Returns the mapped memory; it lives until {@link #close}. */
  public MemorySegment memory() {
    return memory;
  }

  /**
   * Writes the pages that a range touches to the medium of the file that is mapped, and waits.
   * Returns 0 or the negative error number.
   */
  public int write(long offset, long length) {
    MemorySegment range = memory.asSlice(offset, length);
    long page = Libc.pageSize();
    long from = offset / page * page;
    long to = Math.min(memory.byteSize(), (offset + range.byteSize() + page - 1) / page * page);
    return Libc.msync(memory.asSlice(from, to - from));
  }

  /** Returns what its address is a multiple of, in bytes. */
  public long alignment() {
    return alignment;
  }

  /** Returns which pages hold it, for people. */
  public String pages() {
    return pages;
  }

  /**
   * Unmaps. Closing again does nothing.
   *
   * @throws IllegalStateException if a native call on the memory is running
   */
  @Override
  public synchronized void close() {
    if (arena.scope().isAlive()) {
      arena.close();
    }
  }
}
