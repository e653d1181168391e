package io.dsa.verbs.darpc;

import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvQP;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.SVCRegMr;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one endpoint holds of the device, and its orderly end. DiSNI's own close skips the queue
 * pair when initialising failed, fails half-way when there is none, and takes locks in an order of
 * its own; so endpoints end here instead.
 *
 * <p>Order: {@link #disconnect}, wait until {@link #isQuiet}, {@link #release}.
 */
final class Connection {
  private static final Logger LOGGER = LoggerFactory.getLogger(Connection.class);

  private final RdmaCmId id;
  private final AtomicInteger outstanding = new AtomicInteger();
  private final AtomicBoolean released = new AtomicBoolean();
  private volatile boolean disconnecting;
  private volatile boolean established;
  private volatile boolean ended;
  private volatile SVCRegMr registration;

  /** Kept so that the garbage collector cannot free it under the device. */
  private volatile ByteBuffer buffer;

  Connection(RdmaCmId id) {
    this.id = id;
  }

  RdmaCmId id() {
    return id;
  }

  /** The region that the endpoint is about to register. */
  SVCRegMr registering(ByteBuffer memory, SVCRegMr call) {
    buffer = memory;
    registration = call;
    return call;
  }

  /** Requests given to the device, or taken back (negative) because that failed. */
  void posted(int requests) {
    outstanding.addAndGet(requests);
  }

  /** Posts a receive. */
  interface Receive {
    void post() throws IOException;
  }

  /**
   * Posts it unless the end has begun: SoftRoCE never gives back a receive that reaches a queue
   * pair after its error, and whoever waits for quiet would wait in vain.
   */
  synchronized void receive(Receive receive) throws IOException {
    if (disconnecting) {
      return;
    }
    posted(1);
    try {
      receive.post();
    } catch (IOException | RuntimeException e) {
      posted(-1);
      throw e;
    }
  }

  /** A completion arrived, whatever its status. */
  void completed() {
    if (outstanding.decrementAndGet() <= 0 && disconnecting) {
      quieter();
    }
  }

  /** The connection stands: its end will be told by an event. */
  void established() {
    established = true;
  }

  /** The event that ends the connection was seen. */
  void ended() {
    ended = true;
    quieter();
  }

  private synchronized void quieter() {
    notifyAll();
  }

  /** Begins the end: the peer is told, and every request comes back. Idempotent. */
  void disconnect() {
    synchronized (this) {
      if (disconnecting) {
        return;
      }
      disconnecting = true;
    }
    try {
      if (id.isOpen()) {
        id.disconnect();
      }
    } catch (IOException e) {
      LOGGER.debug("disconnect", e);
    }
  }

  /** Whether the device is done with this connection's requests and the peer knows of the end. */
  boolean isQuiet() {
    return outstanding.get() <= 0 && (ended || !established);
  }

  /** Waits until {@link #isQuiet}, but not longer than this. */
  synchronized void awaitQuiet(long millis) throws InterruptedException {
    long limit = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    long left = millis;
    while (left > 0 && !isQuiet()) {
      wait(left);
      left = TimeUnit.NANOSECONDS.toMillis(limit - System.nanoTime());
    }
  }

  /** Frees queue pair, region and id. Idempotent; goes on after a failure. */
  void release(IbvQP queuePair) {
    if (!released.compareAndSet(false, true)) {
      return;
    }
    try {
      if (queuePair != null && queuePair.isOpen()) {
        id.destroyQP();
      }
    } catch (IOException | RuntimeException e) {
      LOGGER.warn("queue pair not destroyed", e);
    }
    try {
      IbvMr region = registration == null ? null : registration.getMr();
      if (region != null) {
        region.deregMr().execute().free();
      }
    } catch (IOException | RuntimeException e) {
      LOGGER.warn("region not deregistered", e);
    }
    try {
      if (id.isOpen()) {
        id.destroyId();
      }
    } catch (IOException | RuntimeException e) {
      LOGGER.warn("cm id not destroyed", e);
    }
    buffer = null;
  }

  /** Whether the endpoint's memory is still known to the device. */
  boolean holdsMemory() {
    return buffer != null;
  }
}
