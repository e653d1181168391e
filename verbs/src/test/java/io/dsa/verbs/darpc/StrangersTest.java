package io.dsa.verbs.darpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.api.Test;

class StrangersTest {
  private final Strangers strangers = new Strangers(2);
  private final InetAddress one = host(1);
  private final InetAddress other = host(2);

  private static InetAddress host(int last) {
    try {
      return InetAddress.getByAddress(new byte[] {10, 9, 0, (byte) last});
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void shouldLeaveRoomForOtherHosts() {
    assertThat(strangers.enter(one)).isTrue();
    assertThat(strangers.enter(one)).isTrue();
    assertThat(strangers.enter(one)).isFalse();

    assertThat(strangers.enter(other)).isTrue();
  }

  @Test
  void shouldTakeAnotherOnceOneIsKnownOrHasGone() {
    strangers.enter(one);
    strangers.enter(one);
    strangers.leave(one);

    assertThat(strangers.enter(one)).isTrue();
    assertThat(strangers.enter(one)).isFalse();
  }

  @Test
  void shouldForgetHostsThatHaveNone() {
    strangers.enter(one);
    strangers.enter(other);
    strangers.leave(one);
    strangers.leave(one);

    assertThat(strangers.hosts()).isEqualTo(1);
  }
}
