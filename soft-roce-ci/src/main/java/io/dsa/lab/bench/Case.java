package io.dsa.lab.bench;

/**
 * What is asked of every peer alike.
 *
 * @param operation read, write or durable-write
 * @param block bytes of each request
 * @param depth requests in flight
 */
record Case(String operation, int block, int depth) implements Comparable<Case> {
  @Override
  public int compareTo(Case other) {
    int byOperation = operation.compareTo(other.operation);
    int bySize = Integer.compare(block, other.block);
    return byOperation != 0
        ? byOperation
        : bySize != 0 ? bySize : Integer.compare(depth, other.depth);
  }

  /** As in {@code read 4 KiB, depth 1}. */
  String text() {
    String size = block >= 1 << 20 ? (block >> 20) + " MiB" : (block >> 10) + " KiB";
    return operation.replace('-', ' ') + " " + size + ", depth " + depth;
  }
}
