package io.dsa.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.lab.LabDevice;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A server and a client that are connected and have nothing to do sleep. There is no event to wait
 * for here: that little happens while time goes by is what is counted.
 */
@Tag("lab")
@Timeout(180)
final class IdleTest {
  private static final Duration SETTLING = Duration.ofSeconds(30);
  private static final Duration QUIET = Duration.ofSeconds(2);
  private static final Duration WATCHED = Duration.ofSeconds(10);
  private static final double MOST_PER_SECOND = 5;

  @Test
  void shouldWakeUpNowAndThenOnly() throws Exception {
    LabDevice.open();
    try (DsaServerProcess server = DsaServerProcess.start("memory:64MiB")) {
      server.admin().createVolume("v", 16 << 20);
      HoldingProcess client = HoldingProcess.start(server.address(), "v", 1);
      try {
        client.awaitHolding();
        settle(server.pid());
        settle(client.process().pid());
        WakeUps server1 = WakeUps.of(server.pid());
        WakeUps client1 = WakeUps.of(client.process().pid());
        Thread.sleep(WATCHED);
        WakeUps server2 = WakeUps.of(server.pid());
        WakeUps client2 = WakeUps.of(client.process().pid());
        assertIdle("the server", server1, server2);
        assertIdle("the client", client1, client2);
      } finally {
        client.kill();
      }
    }
  }

  /**
   * What it did before is still being compiled for a while, which says nothing about being idle.
   */
  private static void settle(long pid) throws Exception {
    long deadline = System.nanoTime() + SETTLING.toNanos();
    long before = -1;
    long now = WakeUps.of(pid).ofCompilers();
    while (now != before && System.nanoTime() < deadline) {
      Thread.sleep(QUIET);
      before = now;
      now = WakeUps.of(pid).ofCompilers();
    }
  }

  private static void assertIdle(String who, WakeUps from, WakeUps to) {
    double perSecond = (double) (to.sum() - from.sum()) / WATCHED.toSeconds();
    System.out.printf(
        "idle: %s wakes up %.1f times a second: %s%n", who, perSecond, to.since(from));
    assertThat(perSecond).as(who).isLessThan(MOST_PER_SECOND);
  }
}
