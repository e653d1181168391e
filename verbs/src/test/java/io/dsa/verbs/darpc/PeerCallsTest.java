package io.dsa.verbs.darpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class PeerCallsTest {
  private static final RpcLimits LIMITS = new RpcLimits(64, 2, 4);

  private final List<String> log = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch gone = new CountDownLatch(1);

  private final PeerCalls.Link link =
      new PeerCalls.Link() {
        @Override
        public void reply(int ticket, byte[] reply) {
          log.add("reply " + ticket + " " + reply.length);
        }

        @Override
        public void end(String why, Throwable cause) {
          log.add("end");
        }

        @Override
        public void gone() {
          gone.countDown();
        }

        @Override
        public void known() {
          log.add("known");
        }
      };

  private PeerCalls peer(UnaryOperator<byte[]> answer) {
    RpcService service =
        new RpcService() {
          @Override
          public void opened(RpcPeer peer) {
            log.add("opened");
          }

          @Override
          public byte[] call(RpcPeer peer, byte[] request) {
            return answer.apply(request);
          }

          @Override
          public void closed(RpcPeer peer) {
            log.add("closed");
          }
        };
    return new PeerCalls(
        7, new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), LIMITS, service, link);
  }

  private void awaitGone() throws InterruptedException {
    assertThat(gone.await(5, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void shouldOpenAnswerInOrderAndClose() throws Exception {
    CountDownLatch answered = new CountDownLatch(2);
    PeerCalls peer =
        peer(request -> {
          answered.countDown();
          return request;
        });
    peer.add(1, new byte[1]);
    peer.add(2, new byte[2]);
    peer.start();
    peer.start();
    answered.await();
    while (log.size() < 3) {
      Thread.sleep(1);
    }
    peer.end();
    peer.end();
    awaitGone();
    assertThat(log).containsExactly("opened", "reply 1 1", "reply 2 2", "end", "closed");
    assertThat(peer.awaitDone(1_000)).isTrue();
  }

  @Test
  void shouldCloseAfterACallThatFails() throws Exception {
    PeerCalls peer =
        peer(request -> {
          throw new AssertionError("on purpose");
        });
    peer.add(1, new byte[1]);
    peer.add(2, new byte[1]);
    peer.start();
    awaitGone();
    assertThat(log).containsExactly("opened", "end", "closed");
  }

  @Test
  void shouldCloseAfterAReplyThatCannotBeSent() throws Exception {
    PeerCalls peer = peer(request -> request.length == 1 ? null : new byte[65]);
    peer.add(1, new byte[2]);
    peer.start();
    awaitGone();
    assertThat(log).containsExactly("opened", "end", "closed");
  }

  @Test
  void shouldRefuseMoreThanThePipelineHolds() throws Exception {
    PeerCalls peer = peer(request -> request);
    peer.add(1, new byte[1]);
    peer.add(2, new byte[1]);
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> peer.add(3, new byte[1]))
        .withMessageContaining("more than 2 calls");
  }

  @Test
  void shouldWaitForASendBufferAndBeWokenByTheEnd() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    PeerCalls peer =
        peer(request -> {
          calls.incrementAndGet();
          return request;
        });
    peer.start();
    for (int ticket = 0; ticket < 3; ticket++) {
      int before = calls.get();
      peer.add(ticket, new byte[1]);
      while (calls.get() == before) {
        Thread.sleep(1);
      }
    }
    // Both send buffers are in use: the third reply waits.
    assertThat(peer.awaitDone(50)).isFalse();
    assertThat(log).containsExactly("opened", "reply 0 1", "reply 1 1");
    peer.end();
    awaitGone();
    assertThat(log).containsExactly("opened", "reply 0 1", "reply 1 1", "end", "closed");
  }

  @Test
  void shouldNotInterruptTheCallThatIsUnderWay() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch leave = new CountDownLatch(1);
    PeerCalls peer =
        peer(request -> {
          inside.countDown();
          try {
            leave.await();
            log.add("returned");
          } catch (InterruptedException e) {
            log.add("interrupted");
          }
          return request;
        });
    peer.add(1, new byte[1]);
    peer.start();
    inside.await();
    peer.end();
    assertThat(peer.awaitDone(50)).isFalse();
    leave.countDown();
    awaitGone();
    assertThat(log).containsExactly("opened", "returned", "end", "closed");
  }

  @Test
  void shouldOweNothingToAPeerThatNeverOpened() throws Exception {
    PeerCalls peer = peer(request -> request);
    peer.end();
    assertThat(peer.awaitDone(1_000)).isTrue();
    assertThat(log).isEmpty();
  }

  @Test
  void shouldDeliverTheReplyOfACallThatCloses() throws Exception {
    AtomicReference<PeerCalls> self = new AtomicReference<>();
    PeerCalls peer =
        peer(request -> {
          self.get().close();
          return request;
        });
    self.set(peer);
    peer.add(1, new byte[1]);
    peer.add(2, new byte[1]);
    peer.start();
    while (log.size() < 2) {
      Thread.sleep(1);
    }
    assertThat(peer.awaitDone(50)).isFalse();
    peer.sent();
    awaitGone();
    assertThat(log).containsExactly("opened", "reply 1 1", "end", "closed");
  }

  @Test
  void shouldEndAtOnceWhenClosedFromOutside() throws Exception {
    PeerCalls peer = peer(request -> request);
    peer.close();
    assertThat(log).containsExactly("end");
    peer.end();
    assertThat(peer.awaitDone(1_000)).isTrue();
  }
}
