package io.dsa.sal.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/**
 * Functions of libc that Java has no equal of for devices. Where the C function returns -1, these
 * return the negative error number, so that no caller has to look at errno.
 */
@SuppressWarnings("restricted") // it calls C
public final class Libc {
  /** Error numbers of Linux, the same on every architecture that DSA runs on. */
  public static final int EPERM = 1;

  public static final int ENOENT = 2;
  public static final int ENXIO = 6;
  public static final int EAGAIN = 11;
  public static final int ENOMEM = 12;
  public static final int EACCES = 13;
  public static final int EBUSY = 16;
  public static final int ENODEV = 19;
  public static final int EFBIG = 27;
  public static final int ENOSPC = 28;
  public static final int EROFS = 30;
  public static final int EDQUOT = 122;

  static final int EINTR = 4;

  /** Flags of {@link #open}. */
  public static final int O_RDONLY = 0;

  public static final int O_RDWR = 2;
  public static final int O_NOCTTY = 0x100;
  public static final int O_NONBLOCK = 0x800;
  public static final int O_CLOEXEC = 0x80000;

  /** Operations of {@link #flock}. */
  public static final int LOCK_EX = 2;

  public static final int LOCK_NB = 4;

  static final int PROT_READ = 1;
  static final int PROT_WRITE = 2;
  static final int MAP_SHARED = 1;
  static final int MAP_PRIVATE = 2;
  static final int MAP_SHARED_VALIDATE = 3;
  static final int MAP_ANONYMOUS = 0x20;
  static final int MAP_HUGETLB = 0x40000;
  static final int MAP_SYNC = 0x80000;
  static final int MADV_HUGEPAGE = 14;
  static final int MS_SYNC = 4;
  static final int FALLOC_FL_KEEP_SIZE = 1;
  static final int FALLOC_FL_ZERO_RANGE = 0x10;
  static final int FALLOC_FL_UNSHARE_RANGE = 0x40;

  private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");
  private static final StructLayout CAPTURED = Linker.Option.captureStateLayout();
  private static final VarHandle CAPTURED_ERRNO =
      CAPTURED.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private static final CFunction OPEN =
      CFunction.of(
          "open",
          FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_INT),
          ERRNO,
          Linker.Option.firstVariadicArg(2));
  private static final CFunction CLOSE =
      CFunction.of("close", FunctionDescriptor.of(JAVA_INT, JAVA_INT), ERRNO);
  private static final CFunction FLOCK =
      CFunction.of("flock", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT), ERRNO);
  private static final CFunction MMAP =
      CFunction.of(
          "mmap",
          FunctionDescriptor.of(
              JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG),
          ERRNO);
  private static final CFunction MUNMAP =
      CFunction.of("munmap", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG), ERRNO);
  private static final CFunction MADVISE =
      CFunction.of(
          "madvise", FunctionDescriptor.of(JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT), ERRNO);
  private static final CFunction MSYNC =
      CFunction.of("msync", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT), ERRNO);
  private static final CFunction FSYNC =
      CFunction.of("fsync", FunctionDescriptor.of(JAVA_INT, JAVA_INT), ERRNO);
  private static final CFunction FALLOCATE =
      CFunction.of(
          "fallocate",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
          ERRNO);
  private static final CFunction POSIX_FALLOCATE =
      CFunction.of(
          "posix_fallocate", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG));
  private static final CFunction STATX =
      CFunction.of(
          "statx",
          FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS),
          ERRNO);
  private static final CFunction FSTATFS =
      CFunction.of("fstatfs", FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS), ERRNO);
  private static final CFunction GETPAGESIZE =
      CFunction.of("getpagesize", FunctionDescriptor.of(JAVA_INT));
  private static final CFunction STRERROR =
      CFunction.of("strerror", FunctionDescriptor.of(ADDRESS, JAVA_INT));

  private Libc() {}

  /** Opens an existing file or device. Returns its descriptor or the negative error number. */
  public static int open(String path, int flags) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment captured = arena.allocate(CAPTURED);
      int fd = (int) OPEN.handle().invokeExact(captured, arena.allocateFrom(path), flags);
      return fd < 0 ? -errno(captured) : fd;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Closes a descriptor. Returns 0 or the negative error number; it is closed in either case. */
  public static int close(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment captured = arena.allocate(CAPTURED);
      int result = (int) CLOSE.handle().invokeExact(captured, fd);
      return result < 0 ? -errno(captured) : 0;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * Locks an open file or device. The lock belongs to this opening of it, so that a second one is
   * locked out also in the same process, and goes when it is closed or the process dies. Returns 0
   * or the negative error number.
   */
  public static int flock(int fd, int operation) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment captured = arena.allocate(CAPTURED);
      int result = (int) FLOCK.handle().invokeExact(captured, fd, operation);
      return result < 0 ? -errno(captured) : 0;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Maps memory readable and writable. Returns its address or the negative error number. */
  static long mmap(long length, int flags, int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment captured = arena.allocate(CAPTURED);
      long address =
          (long)
              MMAP.handle()
                  .invokeExact(captured, 0L, length, PROT_READ | PROT_WRITE, flags, fd, 0L);
      return address == -1 ? -errno(captured) : address;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Returns 0 or the negative error number. */
  static int munmap(long address, long length) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment captured = arena.allocate(CAPTURED);
      int result = (int) MUNMAP.handle().invokeExact(captured, address, length);
      return result < 0 ? -errno(captured) : 0;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Returns 0 or the negative error number. */
  static int madvise(long address, long length, int advice) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment captured = arena.allocate(CAPTURED);
      int result = (int) MADVISE.handle().invokeExact(captured, address, length, advice);
      return result < 0 ? -errno(captured) : 0;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * Writes what was changed in pages of a mapped file to its medium and waits. Returns 0 or the
   * negative error number.
   *
   * @param pages begins at a page
   */
  static int msync(MemorySegment pages) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment captured = arena.allocate(CAPTURED);
      // The segment, not its address, so that it cannot be unmapped meanwhile.
      int result = (int) MSYNC.handle().invokeExact(captured, pages, pages.byteSize(), MS_SYNC);
      return result < 0 ? -errno(captured) : 0;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Returns 0 or the negative error number. */
  static int fsync(int fd) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment captured = arena.allocate(CAPTURED);
      int result = (int) FSYNC.handle().invokeExact(captured, fd);
      return result < 0 ? -errno(captured) : 0;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Returns 0 or the negative error number. */
  static int fallocate(int fd, int mode, long offset, long length) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment captured = arena.allocate(CAPTURED);
      int result = (int) FALLOCATE.handle().invokeExact(captured, fd, mode, offset, length);
      return result < 0 ? -errno(captured) : 0;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * As fallocate without a mode, and on file systems that know no fallocate by writing to each
   * block that holds nothing. Returns 0 or the negative error number.
   */
  static int posixFallocate(int fd, long offset, long length) {
    try {
      return -(int) POSIX_FALLOCATE.handle().invokeExact(fd, offset, length);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Fills {@code status}, a struct statx. Returns 0 or the negative error number. */
  static int statx(int fd, int mask, MemorySegment status) {
    final int emptyPath = 0x1000;
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment captured = arena.allocate(CAPTURED);
      int result =
          (int)
              STATX
                  .handle()
                  .invokeExact(captured, fd, arena.allocateFrom(""), emptyPath, mask, status);
      return result < 0 ? -errno(captured) : 0;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Fills {@code status}, a struct statfs. Returns 0 or the negative error number. */
  static int fstatfs(int fd, MemorySegment status) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment captured = arena.allocate(CAPTURED);
      int result = (int) FSTATFS.handle().invokeExact(captured, fd, status);
      return result < 0 ? -errno(captured) : 0;
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** Returns the size of an ordinary page, in bytes. */
  public static long pageSize() {
    try {
      return (int) GETPAGESIZE.handle().invokeExact();
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /**
   * Returns what an error number means, with the number, as in {@code No such device (errno 19)}.
   */
  public static String describe(int errno) {
    try {
      MemorySegment text = (MemorySegment) STRERROR.handle().invokeExact(errno);
      return text.reinterpret(1024).getString(0) + " (errno " + errno + ")";
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  private static int errno(MemorySegment captured) {
    return (int) CAPTURED_ERRNO.get(captured, 0L);
  }

  /** A downcall throws nothing of its own; what arrives here is a programming error. */
  static IllegalStateException unexpected(Throwable e) {
    if (e instanceof Error error) {
      throw error;
    }
    if (e instanceof RuntimeException runtime) {
      throw runtime;
    }
    return new IllegalStateException(e);
  }
}
