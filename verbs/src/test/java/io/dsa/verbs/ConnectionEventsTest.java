package io.dsa.verbs;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.verbs.ConnectionEvents.Event;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ConnectionEventsTest {
  private static final Event LOST = new Event(CmEvent.DISCONNECTED, 0, new byte[0]);

  private final ConnectionEvents events = new ConnectionEvents(null);

  /** Without a queue pair of the device: failing it does nothing. */
  private static QueuePair queuePair(ConnectionEvents events) {
    return new QueuePair(null, 1, events);
  }

  private static long soon() {
    return System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
  }

  @Test
  void shouldTellALossOnceWhicheverComesFirst() throws Exception {
    CyclicBarrier barrier = new CyclicBarrier(2);
    for (int round = 0; round < 5_000; round++) {
      ConnectionEvents racing = new ConnectionEvents(null);
      QueuePair queuePair = queuePair(racing);
      AtomicInteger told = new AtomicInteger();
      CompletableFuture<Void> losing =
          CompletableFuture.runAsync(() -> {
            await(barrier);
            racing.deliver(queuePair, LOST);
          });
      await(barrier);
      racing.connected(told::incrementAndGet);
      losing.get();

      assertThat(told).as("round %d", round).hasValue(1);
      assertThat(racing.isConnected()).isFalse();
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void shouldEndTheWaitOfWhoConnectsWhenClosed() throws Exception {
    CompletableFuture<Event> waiting =
        CompletableFuture.supplyAsync(() -> {
          try {
            return events.await(soon());
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
    events.close();

    assertThat(waiting.get(5, TimeUnit.SECONDS).type()).isEqualTo(ConnectionEvents.CLOSED);
  }

  @Test
  void shouldTellNothingOnceClosed() {
    AtomicInteger told = new AtomicInteger();
    events.connected(told::incrementAndGet);
    events.close();
    events.deliver(queuePair(events), LOST);

    assertThat(told).hasValue(0);
    assertThat(events.isConnected()).isFalse();
  }
}
