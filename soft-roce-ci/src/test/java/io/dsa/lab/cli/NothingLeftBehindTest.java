package io.dsa.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.client.DsaClient;
import io.dsa.client.IoQueue;
import io.dsa.client.IoStatus;
import io.dsa.client.RegisteredBuffer;
import io.dsa.client.Volume;
import io.dsa.lab.RdmaResources;
import io.dsa.protocol.OpenMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients come and go, or are killed; neither the server nor the kernel keeps anything of them. */
@Tag("lab")
@Timeout(180)
final class NothingLeftBehindTest {
  private static final int CYCLES = 200;
  private static final int KILLED_CLIENTS = 50;

  /** A JVM takes seconds to start in the lab, so that several clients share one. */
  private static final int CLIENTS_PER_PROCESS = 10;

  private static final int PROCESSES_AT_A_TIME = 5;
  private static final Duration SETTLING = Duration.ofSeconds(20);
  private static final String VOLUME = "v";

  private static DsaServerProcess server;

  @BeforeAll
  static void start() throws Exception {
    server = DsaServerProcess.start("memory:64MiB");
    server.admin().createVolume(VOLUME, 16 << 20);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
  }

  @Test
  void shouldKeepNothingOfClientsThatClose() throws Exception {
    // The first use of a device by a process makes what it then keeps.
    cycle();
    RdmaResources before = settled();

    for (int i = 0; i < CYCLES; i++) {
      cycle();
    }

    assertThat(RdmaResources.within(SETTLING, before)).isEqualTo(before);
  }

  private static void cycle() {
    try (DsaClient client = server.connect();
        Volume volume = client.open(VOLUME, OpenMode.READ_ONLY);
        RegisteredBuffer buffer = client.allocate(4096);
        IoQueue queue = volume.openQueue(1)) {
      assertThat(queue.read(0, buffer, 0, 4096, 1)).isEqualTo(IoStatus.OK);
      int completed =
          queue.await(
              (token, status) -> assertThat(status).isEqualTo(IoStatus.OK), Duration.ofSeconds(10));
      assertThat(completed).isEqualTo(1);
    }
  }

  @Test
  void shouldKeepNothingOfClientsThatAreKilled() throws Exception {
    cycle();
    RdmaResources before = settled();

    int killed = 0;
    while (killed < KILLED_CLIENTS) {
      List<HoldingProcess> round = new ArrayList<>();
      for (int i = 0; i < PROCESSES_AT_A_TIME; i++) {
        round.add(HoldingProcess.start(server.address(), VOLUME, CLIENTS_PER_PROCESS));
      }
      for (HoldingProcess process : round) {
        process.awaitHolding();
        process.kill();
        killed += CLIENTS_PER_PROCESS;
      }
    }

    assertThat(RdmaResources.within(SETTLING, before)).isEqualTo(before);
    cycle();
  }

  /** The counts when they have stopped to change. */
  private static RdmaResources settled() throws InterruptedException {
    RdmaResources last = RdmaResources.now();
    for (int i = 0; i < 20; i++) {
      Thread.sleep(200);
      RdmaResources now = RdmaResources.now();
      if (now.equals(last)) {
        return now;
      }
      last = now;
    }
    return last;
  }
}
