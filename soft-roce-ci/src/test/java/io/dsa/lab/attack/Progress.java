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
import java.util.stream.Stream;

/** Counters that two processes share by way of a file. Thread-safe. */
final class Progress {
  /** One counter. */
  enum Counter {
    /** Requests that the client has had answered. */
    REQUESTS(0),
    /** What the client is at, a code of {@link State}. */
    STATE(1),
    /** Not zero once the client is to end. */
    STOP(2),
    /** New sessions that the client has been asked to try. */
    WANTED(3),
    /** Those that came to be, and those that did not. */
    LET_IN(4),
    SHUT_OUT(5);

    private final long offset;

    Counter(int place) {
      offset = (long) Long.BYTES * place;
    }
  }

  /** The life of the client. */
  enum State {
    STARTING(0),
    RUNNING(1),
    /** At the end: every byte was right. */
    SOUND(2),
    BROKEN(3);

    private final long code;

    State(long code) {
      this.code = code;
    }
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
    return (long) LONG.getVolatile(memory, counter.offset);
  }

  void add(Counter counter, long more) {
    long _ = (long) LONG.getAndAdd(memory, counter.offset, more);
  }

  State state() {
    long code = get(Counter.STATE);
    return Stream.of(State.values()).filter(state -> state.code == code).findFirst().orElseThrow();
  }

  void become(State state) {
    LONG.setVolatile(memory, Counter.STATE.offset, state.code);
  }

  boolean isOver() {
    return state() == State.SOUND || state() == State.BROKEN;
  }
}
