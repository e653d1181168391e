package io.dsa.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.protocol.Done;
import io.dsa.protocol.DurabilityMethod;
import io.dsa.verbs.CompletionStatus;
import io.dsa.verbs.Errno;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class SubmitOnCompletionTest {
  private ModelQueue model;
  private ModelEndpoint endpoint;
  private IoQueue queue;
  private final Completed completed = new Completed();

  SubmitOnCompletionTest() {
    use(DurabilityMethod.RDMA_FLUSH, 1);
  }

  private void use(DurabilityMethod method, int signalInterval) {
    QueueOptions options =
        QueueOptions.defaults()
            .withDepth(32)
            .withSignalInterval(signalInterval)
            .withWaitMode(WaitMode.BLOCK);
    model = ModelQueue.flushedBy(method, options);
    endpoint = model.endpoint;
    queue = model.queue;
  }

  private void read(long token) {
    assertThat(queue.read(0, model.buffer, 0, 8, token)).isEqualTo(IoStatus.OK);
  }

  private void chain(long... tokens) {
    queue.beginBatch();
    for (long token : tokens) {
      read(token);
    }
    assertThat(queue.submitOnCompletion()).isEqualTo(IoStatus.OK);
  }

  @Test
  void shouldPostWhatIsChainedBeforeTheHandlerHearsOfTheOtherRequest() {
    read(1);
    chain(2, 3);
    assertThat(queue.poll(completed)).isZero();
    assertThat(endpoint.queued()).isEqualTo(1);

    endpoint.runAll();
    int[] queued = new int[1];
    assertThat(queue.poll((token, status) -> queued[0] = endpoint.queued())).isEqualTo(1);

    assertThat(queued[0]).isEqualTo(2);
    assertThat(endpoint.chained()).isEqualTo(1);
    assertThat(endpoint.doorbells()).isEqualTo(2);
    endpoint.runAll();
    assertThat(queue.poll(completed)).isEqualTo(2);
    assertThat(completed.take()).isEqualTo(Map.of(2L, IoStatus.OK, 3L, IoStatus.OK));
  }

  @Test
  void shouldGoOnRequestByRequest() {
    read(0);
    for (long token = 1; token <= 200; token++) {
      chain(token);
      endpoint.runAll();
      assertThat(queue.poll(completed, 1000)).isEqualTo(1);
      assertThat(completed.take()).isEqualTo(Map.of(token - 1, IoStatus.OK));
    }
    assertThat(endpoint.chained()).isEqualTo(200);
  }

  @Test
  void shouldNotTakeAPartOfARequestForItsEnd() {
    queue.writeDurable(0, model.buffer, 0, 8, 1);
    chain(2);

    endpoint.run(1);
    assertThat(queue.poll(completed)).isZero();
    assertThat(endpoint.queued()).isEqualTo(1);
    endpoint.run(1);
    assertThat(queue.poll(completed)).isEqualTo(1);
    assertThat(endpoint.queued()).isEqualTo(1);
    assertThat(completed.take()).isEqualTo(Map.of(1L, IoStatus.OK));
  }

  @Test
  void shouldWaitForTheServersAnswerWhereThatEndsTheRequest() {
    use(DurabilityMethod.SERVER_PERSIST, 1);
    queue.flush(0, 8, 1);
    chain(2);

    endpoint.runAll();
    assertThat(queue.poll(completed)).isZero();
    assertThat(endpoint.queued()).isZero();
    model.persistCalls.getFirst().complete(new Done());
    assertThat(queue.poll(completed)).isEqualTo(1);

    assertThat(endpoint.queued()).isEqualTo(1);
    assertThat(endpoint.chained()).isZero();
  }

  @Test
  void shouldPostAtOnceWhereNothingElseIsInFlight() {
    chain(1, 2);
    assertThat(endpoint.queued()).isEqualTo(2);
    assertThat(endpoint.doorbells()).isEqualTo(1);
  }

  @Test
  void shouldPostAtOnceWhereAllOthersHaveEndedAndOneIsYetToBeDelivered() {
    read(1);
    read(2);
    endpoint.runAll();
    queue.poll((token, status) -> {
      completed.completed(token, status);
      if (token == 1) {
        chain(3);
      }
    });
    assertThat(endpoint.queued()).isEqualTo(1);

    endpoint.runAll();
    assertThat(queue.poll(completed)).isEqualTo(1);
    assertThat(completed.take().keySet()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void shouldWaitForTheEndOfABatchOfWhichOnlyTheLastIsSignaled() {
    use(DurabilityMethod.RDMA_FLUSH, 16);
    queue.beginBatch();
    read(1);
    read(2);
    queue.submit();
    chain(3);
    endpoint.run(1);
    assertThat(queue.poll(completed)).isZero();

    endpoint.run(1);
    assertThat(queue.poll(completed)).isEqualTo(2);

    assertThat(endpoint.chained()).isEqualTo(1);
    assertThat(endpoint.queued()).isEqualTo(1);
  }

  @Test
  void shouldPostAFlushThatTheServerAnswersWhenTheOneBeforeIsAnswered() {
    use(DurabilityMethod.SERVER_PERSIST, 1);
    queue.flush(0, 8, 1);
    endpoint.runAll();
    assertThat(queue.poll(completed)).isZero();
    queue.beginBatch();
    queue.flush(8, 8, 2);
    assertThat(queue.submitOnCompletion()).isEqualTo(IoStatus.OK);
    assertThat(queue.poll(completed)).isZero();
    assertThat(endpoint.queued()).isZero();

    model.persistCalls.getFirst().complete(new Done());
    assertThat(queue.poll(completed)).isEqualTo(1);

    assertThat(endpoint.queued()).isPositive();
  }

  @Test
  void shouldPostWhatIsChainedWithinAWaitToo() {
    read(1);
    chain(2);
    assertThat(queue.await(completed, 1_000_000_000)).isEqualTo(1);
    assertThat(endpoint.queued()).isEqualTo(1);
    assertThat(queue.await(completed, 1_000_000_000)).isEqualTo(1);
    assertThat(completed.take()).isEqualTo(Map.of(1L, IoStatus.OK, 2L, IoStatus.OK));
  }

  @Test
  void shouldHoldWhatWasChainedInTheNextBatch() {
    read(1);
    chain(2);
    queue.beginBatch();
    read(3);
    endpoint.runAll();
    assertThat(queue.poll(completed)).isEqualTo(1);
    assertThat(endpoint.queued()).isZero();

    queue.submit();

    assertThat(endpoint.queued()).isEqualTo(2);
  }

  @Test
  void shouldPostWhatIsChainedBeforeALaterRequest() {
    read(1);
    chain(2);
    read(3);
    assertThat(endpoint.queued()).isEqualTo(3);
    assertThat(endpoint.doorbells()).isEqualTo(2);

    endpoint.run(1);
    assertThat(queue.poll(completed)).isEqualTo(1);
    assertThat(endpoint.chained()).isZero();
    endpoint.runAll();
    assertThat(queue.poll(completed)).isEqualTo(2);
    assertThat(completed.take().keySet()).containsExactly(1L, 2L, 3L);
  }

  @Test
  void shouldCompleteWhatCannotBePosted() {
    read(1);
    chain(2, 3);
    endpoint.runAll();
    endpoint.refusePosts(Errno.EINVAL);

    assertThat(queue.poll(completed)).isEqualTo(3);
    // It was not tried again.
    assertThat(endpoint.chained()).isEqualTo(1);

    assertThat(completed.take())
        .isEqualTo(Map.of(1L, IoStatus.OK, 2L, IoStatus.LOCAL_ERROR, 3L, IoStatus.LOCAL_ERROR));
    endpoint.refusePosts(0);
    read(4);
    endpoint.runAll();
    assertThat(queue.poll(completed)).isEqualTo(1);
  }

  @Test
  void shouldPostNothingAfterAFailure() {
    read(1);
    chain(2);
    endpoint.fail(CompletionStatus.REMOTE_ACCESS_ERROR);

    assertThat(queue.poll(completed)).isEqualTo(2);

    assertThat(completed.take())
        .isEqualTo(Map.of(1L, IoStatus.ACCESS_DENIED, 2L, IoStatus.DISCONNECTED));
    assertThat(endpoint.doorbells()).isEqualTo(1);
  }

  @Test
  void shouldCompleteWhatIsChainedWhenTheQueueIsClosed() {
    read(1);
    chain(2);
    queue.close();

    assertThat(queue.poll(completed)).isEqualTo(2);

    assertThat(completed.take()).isEqualTo(Map.of(1L, IoStatus.CLOSED, 2L, IoStatus.CLOSED));
    model.buffer.close();
  }

  @Test
  void shouldHaveNothingToDoForAnEmptyBatch() {
    read(1);
    chain();
    endpoint.runAll();
    assertThat(queue.poll(completed)).isEqualTo(1);
    assertThat(endpoint.doorbells()).isEqualTo(1);
    assertThat(endpoint.chained()).isZero();
  }
}
