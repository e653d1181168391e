package io.dsa.sal.linux;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;
import java.util.function.Supplier;

/**
 * A C function, linked when it is first called: that takes a JVM that has just begun longer than
 * most calls, and a server on one medium calls few of those that there are. Thread-safe.
 */
@SuppressWarnings("restricted") // it calls C
final class CFunction {
  private final Supplier<MethodHandle> linking;

  /** Null until it is linked; linked twice by two threads it is the same. */
  private volatile MethodHandle linked;

  private CFunction(Supplier<MethodHandle> linking) {
    this.linking = linking;
  }

  /** A function of libc. */
  static CFunction of(String name, FunctionDescriptor descriptor, Linker.Option... options) {
    return new CFunction(() -> {
      Linker linker = Linker.nativeLinker();
      return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), descriptor, options);
    });
  }

  MethodHandle handle() {
    MethodHandle handle = linked;
    if (handle == null) {
      handle = linking.get();
      linked = handle;
    }
    return handle;
  }
}
