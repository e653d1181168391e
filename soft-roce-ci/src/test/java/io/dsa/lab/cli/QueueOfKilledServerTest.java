package io.dsa.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.client.DsaClient;
import io.dsa.client.IoQueue;
import io.dsa.client.IoStatus;
import io.dsa.client.RegisteredBuffer;
import io.dsa.client.Volume;
import io.dsa.lab.LabDevice;
import io.dsa.lab.RdmaResources;
import io.dsa.protocol.OpenMode;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a queue does when its server dies. */
@Tag("lab")
@Timeout(120)
final class QueueOfKilledServerTest {
  private static final int VOLUME_BYTES = 8 << 20;

  private RdmaResources before;

  @BeforeEach
  void remember() {
    LabDevice.open();
    before = RdmaResources.now();
  }

  @Test
  void shouldCompleteAThousandRequestsOnceWhenTheServerIsKilled() throws Exception {
    try (DsaServerProcess server = DsaServerProcess.start("memory:64MiB");
        DsaClient client = server.connect()) {
      server.admin().createVolume("v", VOLUME_BYTES);
      try (Volume volume = client.open("v", OpenMode.READ_WRITE);
          IoQueue queue = volume.openQueue(IoQueue.MAX_DEPTH);
          RegisteredBuffer buffer = client.allocate(VOLUME_BYTES / 8)) {
        Map<Long, IoStatus> statuses = new TreeMap<>();
        queue.beginBatch();
        for (int i = 0; i < IoQueue.MAX_DEPTH; i++) {
          assertThat(queue.write(0, buffer, 0, VOLUME_BYTES / 8, i)).isEqualTo(IoStatus.OK);
        }
        queue.submit();
        server.kill();
        long killed = System.nanoTime();
        while (queue.inFlight() > 0) {
          int count =
              queue.await(
                  (token, status) -> assertThat(statuses.put(token, status)).isNull(),
                  20_000_000_000L);
          assertThat(count).as("completed of %d", queue.inFlight()).isPositive();
        }

        assertThat(statuses).hasSize(IoQueue.MAX_DEPTH);
        assertThat(counts(statuses))
            .containsKey(IoStatus.DISCONNECTED)
            .doesNotContainKeys(IoStatus.LOCAL_ERROR, IoStatus.CLOSED);
        assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofSeconds(20));
        assertThat(queue.write(0, buffer, 0, 8, 1)).isEqualTo(IoStatus.DISCONNECTED);
      }
    }
    assertThat(RdmaResources.within(Duration.ofSeconds(10), before)).isEqualTo(before);
  }

  private static Map<IoStatus, Integer> counts(Map<Long, IoStatus> statuses) {
    Map<IoStatus, Integer> counts = new EnumMap<>(IoStatus.class);
    statuses.values().forEach(status -> counts.merge(status, 1, Integer::sum));
    return counts;
  }
}
