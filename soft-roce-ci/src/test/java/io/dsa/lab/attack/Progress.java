package io.dsa.lab.attack;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Counters that two processes share by way of a file. Thread-safe. */
final class Progress {
  /** One counter. */
  enum Counter {
    /** Requests that the client has had answered. */
    REQUESTS,
    /** What the client is at, an ordinal of {@link State}. */
    STATE,
    /** Not zero once the client is to end. */
    STOP,
    /** New sessions that the client has been asked to try. */
    WANTED,
    /** Those that came to be, and those that did not. */
    LET_IN,
    SHUT_OUT
  }

  /** The life of the client. */
  enum State {
    STARTING,
    RUNNING,
    /** At the end: every byte was right. */
    SOUND,
    BROKEN
  }

  private static final VarHandle LONG = JAVA_LONG.varHandle();

  private final MemorySegment memory;

  private Progress(MemorySegment memory) {
    this.memory = memory;
  }

  /** The counters in a file, which is made with zeros where there is none. */
  static Progress in(Path file) {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE)) {
      return new Progress(
          channel.map(
              FileChannel.MapMode.READ_WRITE,
              0,
              (long) Long.BYTES * Counter.values().length,
              Arena.ofAuto()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long get(Counter counter) {
    return (long) LONG.getVolatile(memory, (long) Long.BYTES * counter.ordinal());
  }

  void add(Counter counter, long more) {
    long _ = (long) LONG.getAndAdd(memory, (long) Long.BYTES * counter.ordinal(), more);
  }

  State state() {
    return State.values()[(int) get(Counter.STATE)];
  }

  void become(State state) {
    LONG.setVolatile(memory, (long) Long.BYTES * Counter.STATE.ordinal(), (long) state.ordinal());
  }

  boolean isOver() {
    return state() == State.SOUND || state() == State.BROKEN;
  }
}
