package io.dsa.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.lab.LabDevice;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server and a client that are connected and have nothing to do sleep. */
@Tag("lab")
@Timeout(180)
final class IdleTest {
  private static final Duration SETTLING = Duration.ofSeconds(3);
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
        Thread.sleep(SETTLING);
        long serverBefore = wakeUps(server.pid());
        long clientBefore = wakeUps(client.process().pid());
        Thread.sleep(WATCHED);
        double ofServer = perSecond(wakeUps(server.pid()) - serverBefore);
        double ofClient = perSecond(wakeUps(client.process().pid()) - clientBefore);
        System.out.printf(
            "idle: the server wakes up %.1f times a second, the client %.1f times%n",
            ofServer, ofClient);
        assertThat(ofServer).isLessThan(MOST_PER_SECOND);
        assertThat(ofClient).isLessThan(MOST_PER_SECOND);
      } finally {
        client.kill();
      }
    }
  }

  private static double perSecond(long count) {
    return (double) count / WATCHED.toSeconds();
  }

  /** How often the threads of a process have been given a processor, proc_pid_status(5). */
  private static long wakeUps(long pid) throws IOException {
    long sum = 0;
    Path tasks = Path.of("/proc", Long.toString(pid), "task");
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        try {
          sum +=
              Files.readAllLines(thread.resolve("status")).stream()
                  .filter(line -> line.contains("voluntary_ctxt_switches:"))
                  .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).strip()))
                  .sum();
        } catch (NoSuchFileException e) {
          // It has ended.
        }
      }
    }
    return sum;
  }
}
