package io.dsa.sal.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.dsa.sal.DeviceUri;
import io.dsa.sal.StorageException;
import io.dsa.sal.StorageException.Category;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/**
 * Write-back of persistent memory by libpmem, which knows the best instruction of each CPU.
 *
 * <p>Persist is {@code pmem_persist}: lines are written back to the memory controller and fenced.
 * From there the platform brings them to the medium when power fails (ADR). That is what the
 * kernel's RDMA FLUSH does too, so that every durability method promises the same. {@code
 * pmem_deep_persist}, which also empties the controller's queues, would guard against a failing ADR
 * as well, but it needs root to write to sysfs, takes far longer, and could be had for one of the
 * methods only.
 */
@SuppressWarnings("restricted") // it calls C
public final class Libpmem {
  private static final String LIBRARY = "libpmem.so.1";

  private final MethodHandle persist;
  private final MethodHandle set;

  private Libpmem(SymbolLookup library) {
    Linker linker = Linker.nativeLinker();
    persist =
        linker.downcallHandle(
            library.findOrThrow("pmem_persist"), FunctionDescriptor.ofVoid(ADDRESS, JAVA_LONG));
    set =
        linker.downcallHandle(
            library.findOrThrow("pmem_memset_persist"),
            FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT, JAVA_LONG));
  }

  /** Loaded at the first use of {@link Libpmem#needed}, and never unloaded. */
  private static final class Loaded {
    static final Optional<Libpmem> LIBPMEM = tryLoad();

    private static Optional<Libpmem> tryLoad() {
      try {
        return Optional.of(new Libpmem(SymbolLookup.libraryLookup(LIBRARY, Arena.global())));
      } catch (IllegalArgumentException e) {
        // The only thing that the lookup throws when the library is not there.
        return Optional.empty();
      }
    }
  }

  private static Optional<Libpmem> load() {
    return Loaded.LIBPMEM;
  }

  /**
   * Returns the library.
   *
   * @param uri of the device that needs it, for the error text
   * @throws StorageException with category UNSUPPORTED if this machine has none
   */
  public static Libpmem needed(DeviceUri uri) {
    return load()
        .orElseThrow(() ->
            new StorageException(
                Category.UNSUPPORTED,
                uri
                    + " needs libpmem.so.1 to write data back durably; install it"
                    + " (Debian: apt install libpmem1)"));
  }

  /** Writes back the lines that {@code memory} touches and waits until they are safe. */
  public void persist(MemorySegment memory) {
    try {
      // The segment, not its address, so that it cannot be unmapped meanwhile.
      persist.invokeExact(memory, memory.byteSize());
    } catch (Throwable e) {
      throw Libc.unexpected(e);
    }
  }

  /**
   * Fills {@code memory} with zeros, around the caches where it is large, and waits as persist
   * does.
   */
  public void zero(MemorySegment memory) {
    try {
      MemorySegment _ = (MemorySegment) set.invokeExact(memory, 0, memory.byteSize());
    } catch (Throwable e) {
      throw Libc.unexpected(e);
    }
  }
}
