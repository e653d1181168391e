package io.dsa.client;

import java.time.Duration;
import java.util.Objects;

/**
 * How a {@link Volume} carries out its own reads and writes. Immutable.
 *
 * @param lanes queue pairs that requests are spread over, 1 to 64; each is opened when a thread
 *     that it serves makes its first request, and costs a thread and its bounce memory
 * @param depth pieces of requests in flight on one lane at most, 1 to {@link IoQueue#MAX_DEPTH}
 * @param bounceBytes registered memory of one lane, which requests on other memory are copied
 *     through; what is longer than {@code bounceBytes / depth} moves in pieces. At least 64 for
 *     each of them
 * @param maxRequests requests in flight over all lanes at most; whoever asks for more waits
 * @param maxBytes bytes in flight over all lanes at most, 4096 or more; a request of more than that
 *     goes alone
 * @param deadline how long a request may take, waiting and reconnecting included
 * @param registeredBytes large native memory that is kept registered at most, so that requests on
 *     it are not copied; 0 for none
 */
public record VolumeOptions(
    int lanes,
    int depth,
    int bounceBytes,
    int maxRequests,
    int maxBytes,
    Duration deadline,
    long registeredBytes) {
  /** The most lanes that a volume may have. */
  public static final int MAX_LANES = 64;

  private static final int LEAST_PIECE = 64;
  private static final int LEAST_BYTES = 4096;

  public VolumeOptions {
    inRange("lanes", lanes, 1, MAX_LANES);
    inRange("depth", depth, 1, IoQueue.MAX_DEPTH);
    inRange("bounceBytes", bounceBytes, (long) LEAST_PIECE * depth, Integer.MAX_VALUE);
    inRange("maxRequests", maxRequests, 1, Integer.MAX_VALUE / 2);
    inRange("maxBytes", maxBytes, LEAST_BYTES, Integer.MAX_VALUE / 2);
    inRange("registeredBytes", registeredBytes, 0, Long.MAX_VALUE);
    Objects.requireNonNull(deadline, "deadline");
    if (deadline.isNegative() || deadline.isZero()) {
      throw new IllegalArgumentException("the deadline must be positive, not " + deadline);
    }
  }

  private static void inRange(String name, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "a volume's " + name + " is " + value + ", not within " + least + " to " + most);
    }
  }

  /**
   * 4 lanes of 64 pieces and 2 MiB of bounce memory each, 1024 requests and 64 MiB in flight, 30
   * seconds, 64 MiB kept registered.
   */
  public static VolumeOptions defaults() {
    return new VolumeOptions(4, 64, 2 << 20, 1024, 64 << 20, Duration.ofSeconds(30), 64L << 20);
  }

  public VolumeOptions withLanes(int newLanes) {
    return new VolumeOptions(
        newLanes, depth, bounceBytes, maxRequests, maxBytes, deadline, registeredBytes);
  }

  public VolumeOptions withDepth(int newDepth) {
    return new VolumeOptions(
        lanes, newDepth, bounceBytes, maxRequests, maxBytes, deadline, registeredBytes);
  }

  public VolumeOptions withBounceBytes(int newBytes) {
    return new VolumeOptions(
        lanes, depth, newBytes, maxRequests, maxBytes, deadline, registeredBytes);
  }

  public VolumeOptions withMaxRequests(int newRequests) {
    return new VolumeOptions(
        lanes, depth, bounceBytes, newRequests, maxBytes, deadline, registeredBytes);
  }

  public VolumeOptions withMaxBytes(int newBytes) {
    return new VolumeOptions(
        lanes, depth, bounceBytes, maxRequests, newBytes, deadline, registeredBytes);
  }

  public VolumeOptions withDeadline(Duration newDeadline) {
    return new VolumeOptions(
        lanes, depth, bounceBytes, maxRequests, maxBytes, newDeadline, registeredBytes);
  }

  public VolumeOptions withRegisteredBytes(long newBytes) {
    return new VolumeOptions(lanes, depth, bounceBytes, maxRequests, maxBytes, deadline, newBytes);
  }

  /** What one piece of a copied request holds at most; a multiple of 8, as atomics need it. */
  int pieceBytes() {
    return bounceBytes / depth & -Long.BYTES;
  }

  /** The deadline in nanoseconds, at most some decades. */
  long deadlineNanos() {
    try {
      return Math.min(deadline.toNanos(), Long.MAX_VALUE / 4);
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE / 4;
    }
  }
}
