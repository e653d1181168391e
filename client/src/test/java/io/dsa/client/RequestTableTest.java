package io.dsa.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class RequestTableTest {
  private final RequestTable table = new RequestTable(3);

  private int begin(long token, int parts) {
    int request = table.begin(token);
    for (int i = 0; i < parts; i++) {
      table.addPart(request);
    }
    return request;
  }

  @Test
  void shouldEndARequestWithItsLastPart() {
    int request = begin(42, 2);

    table.partDone(request, IoStatus.OK);
    assertThat(table.nextEnded()).isEqualTo(-1);
    table.partDone(request, IoStatus.OK);

    assertThat(table.endedCount()).isEqualTo(1);
    assertThat(table.nextEnded()).isEqualTo(request);
    assertThat(table.token(request)).isEqualTo(42);
    assertThat(table.status(request)).isEqualTo(IoStatus.OK);
    assertThat(table.inFlight()).isEqualTo(1);
    table.free(request);
    assertThat(table.inFlight()).isZero();
  }

  @Test
  void shouldKeepTheFirstFailureOfItsParts() {
    int request = begin(1, 3);

    table.partDone(request, IoStatus.OK);
    table.partDone(request, IoStatus.ACCESS_DENIED);
    table.partDone(request, IoStatus.DISCONNECTED);

    assertThat(table.status(table.nextEnded())).isEqualTo(IoStatus.ACCESS_DENIED);
  }

  @Test
  void shouldBeFullAtItsCapacity() {
    for (int i = 0; i < 3; i++) {
      assertThat(table.isFull()).isFalse();
      begin(i, 1);
    }

    assertThat(table.isFull()).isTrue();
    assertThat(table.inFlight()).isEqualTo(3);
  }

  @Test
  void shouldGoOnWithAPersistCallAfterSuccess() {
    int request = begin(1, 1);
    table.persistAfter(request, 10, 20);

    table.partDone(request, IoStatus.OK);

    assertThat(table.nextEnded()).isEqualTo(-1);
    assertThat(table.nextDue()).isEqualTo(request);
    assertThat(table.nextDue()).isEqualTo(-1);
    assertThat(table.persistOffset(request)).isEqualTo(10);
    assertThat(table.persistLength(request)).isEqualTo(20);
    table.persisted(request, IoStatus.REMOTE_ERROR);
    assertThat(table.status(table.nextEnded())).isEqualTo(IoStatus.REMOTE_ERROR);
  }

  @Test
  void shouldNotPersistWhatWasNotWritten() {
    int request = begin(1, 1);
    table.persistAfter(request, 10, 20);

    table.partDone(request, IoStatus.DISCONNECTED);

    assertThat(table.nextDue()).isEqualTo(-1);
    assertThat(table.status(table.nextEnded())).isEqualTo(IoStatus.DISCONNECTED);
  }

  @Test
  void shouldEndAllOnceAndDropLateAnswers() {
    int moving = begin(1, 1);
    int persisting = begin(2, 1);
    table.persistAfter(persisting, 0, 1);
    table.partDone(persisting, IoStatus.OK);
    int ended = begin(3, 1);
    table.partDone(ended, IoStatus.OK);

    table.endAll(IoStatus.CLOSED);
    table.persisted(persisting, IoStatus.OK);

    assertThat(table.endedCount()).isEqualTo(3);
    assertThat(table.nextDue()).isEqualTo(-1);
    assertThat(table.status(moving)).isEqualTo(IoStatus.CLOSED);
    assertThat(table.status(persisting)).isEqualTo(IoStatus.CLOSED);
    assertThat(table.status(ended)).isEqualTo(IoStatus.OK);
  }

  @Test
  void shouldNotTellOfACancelledRequest() {
    int request = begin(1, 2);
    table.cancel(request);

    table.partDone(request, IoStatus.LOCAL_ERROR);
    table.partDone(request, IoStatus.LOCAL_ERROR);

    assertThat(table.endedCount()).isZero();
    assertThat(table.inFlight()).isZero();
  }

  @Test
  void shouldDeliverInTheOrderInWhichRequestsEnd() {
    for (int round = 0; round < 10; round++) {
      int first = begin(1, 1);
      int second = begin(2, 1);
      table.partDone(second, IoStatus.OK);
      table.partDone(first, IoStatus.OK);
      assertThat(table.nextEnded()).isEqualTo(second);
      assertThat(table.nextEnded()).isEqualTo(first);
      table.free(first);
      table.free(second);
    }
  }
}
