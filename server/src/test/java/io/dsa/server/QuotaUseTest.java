package io.dsa.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.protocol.ErrorCode;
import io.dsa.server.access.Quota;
import io.dsa.server.access.Quotas;
import io.dsa.server.access.User;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class QuotaUseTest {
  private final QuotaUse use = new QuotaUse();

  private static User user(Quotas quotas) {
    return new User(UUID.randomUUID(), "ada", false, Map.of(), quotas);
  }

  @Test
  void shouldRefuseOneMoreThanTheBoundByItsName() {
    User ada = user(Quotas.NONE.with(Quota.WINDOWS, 2));
    use.take(ada, Quota.WINDOWS);
    use.take(ada, Quota.WINDOWS);

    assertThatThrownBy(() -> use.take(ada, Quota.WINDOWS))
        .isInstanceOfSatisfying(
            RequestException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.LIMIT))
        .hasMessage("quota windows: user ada has all of its 2 windows");
    use.give(ada, Quota.WINDOWS, 1);
    assertThatCode(() -> use.take(ada, Quota.WINDOWS)).doesNotThrowAnyException();
  }

  @Test
  void shouldCountUsersAndQuotasApart() {
    User ada = user(Quotas.NONE.with(Quota.QUEUES, 1));
    User bob = user(Quotas.NONE.with(Quota.QUEUES, 1));
    use.take(ada, Quota.QUEUES);

    assertThatCode(() -> use.take(bob, Quota.QUEUES)).doesNotThrowAnyException();
    assertThatCode(() -> use.take(ada, Quota.WINDOWS)).doesNotThrowAnyException();
  }

  @Test
  void shouldCountWhatHasNoBoundToo() {
    User ada = user(Quotas.NONE);
    use.take(ada, Quota.QUEUES);

    assertThat(use.taken(ada, Quota.QUEUES)).isEqualTo(1);
    use.give(ada, Quota.QUEUES, 1);
    use.give(ada, Quota.WINDOWS, 0);
    assertThat(use.taken(ada, Quota.QUEUES)).isZero();
  }
}
