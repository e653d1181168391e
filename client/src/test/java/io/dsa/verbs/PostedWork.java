package io.dsa.verbs;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/** What a device reads of one posted work request, for the model of one. */
public record PostedWork(
    long id,
    Operation operation,
    boolean signaled,
    long address,
    int length,
    long remoteAddress,
    long operand,
    long swap) {
  /** What it asks for. */
  public enum Operation {
    WRITE,
    READ,
    COMPARE_SWAP,
    FETCH_ADD,
    FLUSH,
    ATOMIC_WRITE
  }

  public static PostedWork of(WorkRequests requests, int index) {
    MemorySegment memory = requests.memory();
    long at = WorkRequests.BYTES * index;
    Operation operation =
        switch (memory.get(JAVA_BYTE, at + 8)) {
          case 0 -> Operation.WRITE;
          case 4 -> Operation.READ;
          case 5 -> Operation.COMPARE_SWAP;
          case 6 -> Operation.FETCH_ADD;
          case 14 -> Operation.FLUSH;
          case 15 -> Operation.ATOMIC_WRITE;
          default -> throw new AssertionError("opcode " + memory.get(JAVA_BYTE, at + 8));
        };
    return new PostedWork(
        requests.id(index),
        operation,
        requests.isSignaled(index),
        memory.get(JAVA_LONG, at + 32),
        memory.get(JAVA_INT, at + 40),
        memory.get(JAVA_LONG, at + WorkRequests.REMOTE_ADDRESS),
        memory.get(JAVA_LONG, at + 48),
        memory.get(JAVA_LONG, at + WorkRequests.SWAP));
  }
}
