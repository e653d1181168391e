package io.dsa.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.protocol.Done;
import io.dsa.protocol.DurabilityMethod;
import io.dsa.protocol.ErrorCode;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class PersistCallsTest {
  private final ModelQueue model =
      ModelQueue.flushedBy(DurabilityMethod.SERVER_PERSIST, QueueOptions.defaults().withDepth(16));
  private final IoQueue queue = model.queue;
  private final Completed completed = new Completed();

  private void flushes(int count) {
    for (int i = 0; i < count; i++) {
      assertThat(queue.flush(i * 8L, 8, i)).isEqualTo(IoStatus.OK);
    }
    model.endpoint.runAll();
    queue.poll(completed);
  }

  @Test
  void shouldCallOnceTheWritesHaveLanded() {
    queue.writeDurable(0, model.buffer, 0, 8, 1);
    model.endpoint.run(1);
    queue.poll(completed);
    assertThat(model.persistCalls).isEmpty();

    model.endpoint.run(1);
    queue.poll(completed);
    assertThat(model.persistCalls).hasSize(1);
    assertThat(completed.take()).isEmpty();

    model.persistCalls.getFirst().complete(new Done());
    queue.poll(completed);
    assertThat(completed.take()).isEqualTo(Map.of(1L, IoStatus.OK));
  }

  @Test
  void shouldLeaveTheControlConnectionToOthersToo() {
    flushes(16);
    assertThat(model.persistCalls).hasSize(4);

    for (int i = 0; i < 16; i++) {
      model.persistCalls.get(i).complete(new Done());
      queue.poll(completed);
    }

    assertThat(completed.take())
        .hasSize(16)
        .containsOnlyKeys(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L, 13L, 14L, 15L);
  }

  @Test
  void shouldNotHoldUpReadsBehindAPersistCall() {
    flushes(1);
    queue.read(0, model.buffer, 0, 8, 99);
    model.endpoint.runAll();
    queue.poll(completed);

    assertThat(completed.take()).isEqualTo(Map.of(99L, IoStatus.OK));
    assertThat(queue.inFlight()).isEqualTo(1);
  }

  @Test
  void shouldTellALostServerFromOneThatCannot() {
    flushes(2);
    model
        .persistCalls
        .get(0)
        .completeExceptionally(new DsaException(DsaException.Category.DISCONNECTED, "gone"));
    model
        .persistCalls
        .get(1)
        .completeExceptionally(new DsaException(DsaException.Category.IO, "broken"));
    queue.poll(completed);

    assertThat(completed.take())
        .isEqualTo(Map.of(0L, IoStatus.DISCONNECTED, 1L, IoStatus.REMOTE_ERROR));
  }

  @ParameterizedTest
  @EnumSource(names = {"TAKEN_OVER", "UNKNOWN_VOLUME", "NOT_PERMITTED", "AUTHENTICATION_FAILED"})
  void shouldTellThatTheVolumeWasRevoked(ErrorCode code) {
    flushes(1);
    model.persistCalls.getFirst().completeExceptionally(new DsaException(code, "revoked"));
    queue.poll(completed);

    assertThat(completed.take()).isEqualTo(Map.of(0L, IoStatus.ACCESS_DENIED));
  }

  @Test
  void shouldDropAnswersThatComeAfterTheEnd() {
    flushes(6);
    queue.close();
    queue.poll(completed);
    assertThat(completed.take()).hasSize(6).containsValue(IoStatus.CLOSED);

    model.persistCalls.forEach(call -> call.complete(new Done()));
    assertThat(queue.poll(completed)).isZero();
  }
}
