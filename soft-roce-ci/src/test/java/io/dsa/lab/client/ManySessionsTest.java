package io.dsa.lab.client;

import static io.dsa.lab.client.MemoryServer.VOLUME;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.client.DsaClient;
import io.dsa.client.IoQueue;
import io.dsa.client.Volume;
import io.dsa.lab.RdmaResources;
import io.dsa.protocol.OpenMode;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Sessions that come and go leave nothing in the server, nor in the client. As many as
 * DSA_LAB_SESSIONS says, 60 unless it does.
 */
@Tag("lab")
@Timeout(1200)
final class ManySessionsTest {
  private static final int SESSIONS =
      Integer.parseInt(System.getenv().getOrDefault("DSA_LAB_SESSIONS", "60"));

  /** What is kept for good, such as compiled code's, has come by then. */
  private static final int WARM_UP = SESSIONS / 3;

  /** What a session may leave at most on the average: less than its smallest buffer. */
  private static final long BYTES_OF_A_SESSION = 512;

  /** What lives a while by itself, whatever the number of sessions. */
  private static final long SLACK_BYTES = 2 << 20;

  @Test
  void shouldLeaveNothing() throws InterruptedException {
    try (MemoryServer server = MemoryServer.start(7700)) {
      RdmaResources before = RdmaResources.now();
      for (int i = 0; i < WARM_UP; i++) {
        use(server);
      }
      long warm = usedHeap();
      for (int i = WARM_UP; i < SESSIONS; i++) {
        use(server);
      }
      assertThat(RdmaResources.within(Duration.ofSeconds(10), before)).isEqualTo(before);
      long used = usedHeap();
      System.out.printf(
          "%d sessions: %d KiB of heap in use after %d of them, %d KiB after all%n",
          SESSIONS, warm >> 10, WARM_UP, used >> 10);
      assertThat(used - warm).isLessThan(SLACK_BYTES + BYTES_OF_A_SESSION * (SESSIONS - WARM_UP));
    }
  }

  private static void use(MemoryServer server) {
    try (DsaClient client = server.connect();
        Volume volume = client.open(VOLUME, OpenMode.READ_WRITE);
        IoQueue queue = volume.openQueue(8)) {
      volume.write(0, new byte[64]);
      assertThat(queue.depth()).isEqualTo(8);
    }
  }

  private static long usedHeap() {
    System.gc();
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}
