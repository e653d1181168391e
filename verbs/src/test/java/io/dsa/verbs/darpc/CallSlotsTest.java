package io.dsa.verbs.darpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.verbs.darpc.CallSlots.Admission;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CallSlotsTest {
  @Test
  void shouldLetInAsManyAsThereAreSlots() {
    CallSlots<String> slots = new CallSlots<>(2, 1);
    assertThat(slots.enter("a")).isEqualTo(Admission.SEND);
    assertThat(slots.enter("b")).isEqualTo(Admission.SEND);
    assertThat(slots.enter("c")).isEqualTo(Admission.WAIT);
    assertThat(slots.enter("d")).isEqualTo(Admission.FULL);
    assertThat(slots.free()).isZero();
  }

  @Test
  void shouldHandSlotsOverInOrder() {
    CallSlots<String> slots = new CallSlots<>(1, 2);
    slots.enter("a");
    slots.enter("b");
    slots.enter("c");
    assertThat(slots.leave()).isEqualTo("b");
    assertThat(slots.leave()).isEqualTo("c");
    assertThat(slots.leave()).isNull();
    assertThat(slots.free()).isOne();
  }

  @Test
  void shouldTellApartThoseThatWereNeverSent() {
    CallSlots<String> slots = new CallSlots<>(1, 2);
    slots.enter("sent");
    slots.enter("waiting");
    assertThat(slots.withdraw("sent")).isFalse();
    assertThat(slots.withdraw("waiting")).isTrue();
    assertThat(slots.withdraw("waiting")).isFalse();
    assertThat(slots.leave()).isNull();
  }

  @Test
  void shouldLetNobodyInOnceClosed() {
    CallSlots<String> slots = new CallSlots<>(1, 2);
    slots.enter("a");
    slots.enter("b");
    slots.close();
    assertThat(slots.leave()).isNull();
    assertThat(slots.enter("c")).isEqualTo(Admission.CLOSED);
  }

  @Test
  void shouldNeverGiveOutMoreThanThereAre() throws InterruptedException {
    int depth = 3;
    CallSlots<Semaphore> slots = new CallSlots<>(depth, 100);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(16);
    for (int t = 0; t < 16; t++) {
      Thread.startVirtualThread(() -> {
        for (int i = 0; i < 500; i++) {
          Semaphore turn = new Semaphore(0);
          if (slots.enter(turn) == Admission.WAIT) {
            turn.acquireUninterruptibly();
          }
          most.accumulateAndGet(inside.incrementAndGet(), Math::max);
          inside.decrementAndGet();
          Semaphore next = slots.leave();
          if (next != null) {
            next.release();
          }
        }
        done.countDown();
      });
    }
    done.await();
    assertThat(most.get()).isBetween(1, depth);
    assertThat(slots.free()).isEqualTo(depth);
  }
}
