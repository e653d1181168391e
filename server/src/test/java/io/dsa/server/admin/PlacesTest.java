package io.dsa.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.Test;

final class PlacesTest {
  private static final InetAddress ONE = InetAddress.ofLiteral("10.0.0.1");
  private static final InetAddress TWO = InetAddress.ofLiteral("10.0.0.2");
  private static final InetAddress THREE = InetAddress.ofLiteral("fd00::3");

  private final Places places = new Places(3, 2);

  @Test
  void shouldLeaveMostPlacesToOtherHosts() {
    assertThat(AdminLimits.DEFAULT.connectionsOfHost())
        .isLessThanOrEqualTo(AdminLimits.DEFAULT.connections() / 4);
  }

  @Test
  void shouldGiveAHostItsPartAndNoMore() {
    assertThat(places.enter(ONE)).isTrue();
    assertThat(places.enter(ONE)).isTrue();
    assertThat(places.enter(ONE)).isFalse();
    assertThat(places.of(ONE)).isEqualTo(2);
    assertThat(places.enter(TWO)).isTrue();
  }

  @Test
  void shouldGiveNoMoreThanThereAre() {
    places.enter(ONE);
    places.enter(ONE);
    places.enter(TWO);

    assertThat(places.enter(THREE)).isFalse();
    assertThat(places.all()).isEqualTo(3);
  }

  @Test
  void shouldGiveAgainWhatCameBack() {
    places.enter(ONE);
    places.enter(ONE);
    places.enter(TWO);
    places.leave(ONE);

    assertThat(places.enter(THREE)).isTrue();
    places.leave(TWO);
    assertThat(places.enter(ONE)).isTrue();
  }

  @Test
  void shouldRememberNoHostThatHasGone() {
    for (int i = 0; i < 1000; i++) {
      places.enter(TWO);
      places.leave(TWO);
    }

    assertThat(places.hosts()).isZero();
    assertThat(places.all()).isZero();
  }
}
