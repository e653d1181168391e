package io.dsa.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.protocol.DurabilityMethod;
import io.dsa.verbs.CompletionStatus;
import io.dsa.verbs.Errno;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class BatchTest {
  private static final QueueOptions OPTIONS =
      QueueOptions.defaults().withDepth(32).withSignalInterval(4);

  private final ModelQueue model = ModelQueue.flushedBy(DurabilityMethod.RDMA_FLUSH, OPTIONS);
  private final ModelEndpoint endpoint = model.endpoint;
  private final IoQueue queue = model.queue;
  private final Completed completed = new Completed();

  private void reads(int count) {
    for (int i = 0; i < count; i++) {
      assertThat(queue.read(i * 8L, model.buffer, 0, 8, i)).isEqualTo(IoStatus.OK);
    }
  }

  @Test
  void shouldPostABatchUnderOneDoorbell() {
    queue.beginBatch();
    reads(10);
    assertThat(endpoint.queued()).isZero();
    assertThat(queue.inFlight()).isEqualTo(10);

    assertThat(queue.submit()).isEqualTo(IoStatus.OK);

    assertThat(endpoint.queued()).isEqualTo(10);
    assertThat(endpoint.doorbells()).isEqualTo(1);
  }

  @Test
  void shouldSignalEveryFourthAndTheLast() {
    queue.beginBatch();
    reads(10);
    queue.submit();
    assertThat(endpoint.signaledCount()).isEqualTo(3);

    endpoint.run(3);
    assertThat(queue.poll(completed)).isZero();
    endpoint.run(1);
    assertThat(queue.poll(completed)).isEqualTo(4);
    endpoint.runAll();
    assertThat(queue.poll(completed)).isEqualTo(6);
    assertThat(completed.take().keySet()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
  }

  @Test
  void shouldSignalEachRequestOutsideABatch() {
    reads(5);
    assertThat(endpoint.signaledCount()).isEqualTo(5);
    assertThat(endpoint.doorbells()).isEqualTo(5);
  }

  @Test
  void shouldCompleteABatchThatCannotBePosted() {
    reads(1);
    queue.beginBatch();
    for (int i = 1; i < 4; i++) {
      queue.read(0, model.buffer, 0, 8, i);
    }
    endpoint.refusePosts(Errno.EINVAL);

    assertThat(queue.submit()).isEqualTo(IoStatus.LOCAL_ERROR);
    assertThat(queue.poll(completed)).isEqualTo(3);

    assertThat(completed.take())
        .isEqualTo(
            Map.of(1L, IoStatus.LOCAL_ERROR, 2L, IoStatus.LOCAL_ERROR, 3L, IoStatus.LOCAL_ERROR));
    endpoint.refusePosts(0);
    endpoint.runAll();
    assertThat(queue.poll(completed)).isEqualTo(1);
    assertThat(completed.take()).isEqualTo(Map.of(0L, IoStatus.OK));
  }

  @Test
  void shouldNotTakeASingleRequestThatCannotBePosted() {
    endpoint.refusePosts(Errno.EINVAL);
    assertThat(queue.read(0, model.buffer, 0, 8, 1)).isEqualTo(IoStatus.LOCAL_ERROR);
    assertThat(queue.inFlight()).isZero();
    endpoint.refusePosts(0);
    assertThat(queue.poll(completed)).isZero();
    model.buffer.close();
  }

  @Test
  void shouldPostABatchBeforeItWaits() {
    queue.beginBatch();
    reads(3);

    assertThat(queue.await(completed, 1_000_000_000)).isEqualTo(3);

    // The batch is still open.
    reads(2);
    assertThat(endpoint.doorbells()).isEqualTo(1);
    queue.submit();
    assertThat(endpoint.doorbells()).isEqualTo(2);
  }

  @Test
  void shouldCompleteABatchThatWasHeldWhenTheQueueIsClosed() {
    queue.beginBatch();
    reads(3);
    queue.close();

    queue.poll(completed);

    assertThat(completed.take()).hasSize(3).containsValue(IoStatus.CLOSED);
    model.buffer.close();
  }

  @Test
  void shouldNotPostABatchWhenTheConnectionIsLost() {
    queue.beginBatch();
    reads(3);
    endpoint.disconnect();

    assertThat(queue.submit()).isEqualTo(IoStatus.DISCONNECTED);
    queue.poll(completed);

    assertThat(completed.take()).hasSize(3).containsValue(IoStatus.DISCONNECTED);
    assertThat(endpoint.doorbells()).isZero();
  }

  @Test
  void shouldKnowWhatSucceededBeforeAFailure() {
    queue.beginBatch();
    reads(10);
    queue.submit();
    endpoint.run(2);

    endpoint.fail(CompletionStatus.REMOTE_ACCESS_ERROR);
    queue.poll(completed);

    Map<Long, IoStatus> statuses = completed.take();
    assertThat(statuses).hasSize(10);
    assertThat(statuses.get(1L)).isEqualTo(IoStatus.OK);
    assertThat(statuses.get(2L)).isEqualTo(IoStatus.ACCESS_DENIED);
    assertThat(statuses.get(3L)).isEqualTo(IoStatus.DISCONNECTED);
    assertThat(queue.read(0, model.buffer, 0, 8, 99)).isEqualTo(IoStatus.DISCONNECTED);
  }

  @Test
  void shouldCompleteAWriteAndItsFlushOnce() {
    assertThat(queue.writeDurable(ModelQueue.EXTENT - 8, model.buffer, 0, 16, 1))
        .isEqualTo(IoStatus.OK);
    assertThat(endpoint.queued()).isEqualTo(4);
    assertThat(endpoint.doorbells()).isEqualTo(1);

    endpoint.run(3);
    assertThat(queue.poll(completed)).isZero();
    endpoint.run(1);
    assertThat(queue.poll(completed)).isEqualTo(1);
  }

  @Test
  void shouldCompleteAVectorOnce() {
    IoVector vector = new IoVector(3);
    vector
        .add(0, model.buffer, 0, 8)
        .add(ModelQueue.EXTENT - 8, model.buffer, 64, 16)
        .add(0, model.buffer, 128, 1);
    assertThat(queue.read(vector, 7)).isEqualTo(IoStatus.OK);
    vector.clear();
    assertThat(vector.size()).isZero();
    assertThat(endpoint.queued()).isEqualTo(4);
    assertThatThrownBy(model.buffer::close).hasMessageContaining("4 work requests");

    endpoint.runAll();
    queue.poll(completed);

    assertThat(completed.take()).isEqualTo(Map.of(7L, IoStatus.OK));
    model.buffer.close();
  }
}
