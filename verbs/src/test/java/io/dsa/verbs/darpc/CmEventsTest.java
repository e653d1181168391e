package io.dsa.verbs.darpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.verbs.Refusal;
import io.dsa.verbs.darpc.RpcException.Reason;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CmEventsTest {
  @Test
  void shouldSayThatNobodyListensForOneReasonOfTheCmOnly() {
    Set<String> texts = new HashSet<>();
    for (Refusal refusal : Refusal.values()) {
      CmEvents.Event byServer = new CmEvents.Event(CmEvents.REJECTED, 28, refusal);
      assertThat(byServer.reason()).isEqualTo(reasonOf(refusal));
      texts.add(byServer.describe());
    }
    assertThat(texts).hasSize(Refusal.values().length);
    for (int status = 1; status < 40; status++) {
      assertThat(new CmEvents.Event(CmEvents.REJECTED, status, Refusal.UNKNOWN).describe())
          .as("CM reason %d", status)
          .matches(status == 8 ? ".*nothing listens.*" : "(?!.*nothing listens).*");
    }
  }

  private static Reason reasonOf(Refusal refusal) {
    return switch (refusal) {
      case FULL, NO_RESOURCES -> Reason.FULL;
      case UNKNOWN, CLOSING -> Reason.REFUSED;
    };
  }
}
