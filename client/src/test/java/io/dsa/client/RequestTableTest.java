package io.dsa.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RequestTableTest {
  private final RequestTable table = new RequestTable(3);

  @Test
  void shouldKnowARequestUntilItEnds() {
    long id = table.begin(42, 2, null);

    assertThat(table.isLive(id)).isTrue();
    assertThat(table.token(id)).isEqualTo(42);
    assertThat(table.inFlight()).isEqualTo(1);

    table.end(id);

    assertThat(table.isLive(id)).isFalse();
    assertThat(table.inFlight()).isZero();
  }

  @Test
  void shouldNotTakeALateCompletionForTheNextRequestInThePlace() {
    long first = table.begin(1, 1, null);
    table.end(first);
    long second = table.begin(2, 1, null);

    assertThat((int) second).isEqualTo((int) first);
    assertThat(table.isLive(first)).isFalse();
    assertThat(table.isLive(second)).isTrue();
  }

  @Test
  void shouldBeFullAtItsCapacity() {
    List<Long> ids = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      assertThat(table.isFull()).isFalse();
      ids.add(table.begin(i, 1, null));
    }

    assertThat(table.isFull()).isTrue();
    assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id >= 0);
  }

  @Test
  void shouldGiveCreditsBackOnce() {
    long id = table.begin(1, 5, null);

    assertThat(table.takeParts(id)).isEqualTo(5);
    assertThat(table.takeParts(id)).isZero();
  }

  @Test
  void shouldAskForPersistOnce() {
    long id = table.begin(1, 1, null);
    assertThat(table.takePersist(id)).isFalse();

    table.continueWithPersist(id, 10, 20);

    assertThat(table.takePersist(id)).isTrue();
    assertThat(table.takePersist(id)).isFalse();
    assertThat(table.persistOffset(id)).isEqualTo(10);
    assertThat(table.persistLength(id)).isEqualTo(20);
  }

  @Test
  void shouldRefuseForeignIds() {
    assertThat(table.isLive(-1)).isFalse();
    assertThat(table.isLive(3)).isFalse();
    assertThat(table.isLive(Long.MAX_VALUE)).isFalse();
    assertThat(table.isLive(0)).isFalse();
  }

  @Test
  void shouldNeverMakeANegativeId() {
    for (int i = 0; i < 1000; i++) {
      long id = table.begin(i, 1, null);
      assertThat(id).isNotNegative();
      table.end(id);
    }
  }
}
