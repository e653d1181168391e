package io.dsa.lab.cli;

import static io.dsa.lab.cli.DsaCommandAssert.assertThatCommand;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.client.DsaClient;
import io.dsa.client.DsaException;
import io.dsa.lab.LabDevice;
import io.dsa.lab.RdmaResources;
import io.dsa.protocol.VolumeState;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server does not die, but does not answer either; or is told to end in the middle of work. */
@Tag("lab")
@Timeout(180)
final class SilentServerTest {
  /** For a client to hear of the end of its server. */
  private static final Duration ENDING = Duration.ofSeconds(30);

  @TempDir private Path directory;
  private RdmaResources before;

  @BeforeEach
  void remember() {
    LabDevice.open();
    before = RdmaResources.now();
  }

  private static void run(String... command) throws Exception {
    assertThat(new ProcessBuilder(command).start().waitFor())
        .as(String.join(" ", command))
        .isZero();
  }

  private void assertNothingIsLeft() throws InterruptedException {
    assertThat(RdmaResources.within(Duration.ofSeconds(20), before)).isEqualTo(before);
  }

  @Test
  void shouldMoveDataPastAServerThatIsStopped() throws Exception {
    TransferPipe pipe = TransferPipe.in(directory);
    try (DsaServerProcess server = DsaServerProcess.start("memory:96MiB")) {
      server.admin().createVolume("v", FilledChunks.VOLUME_BYTES);
      DsaCommand.Running put =
          DsaCommand.start("put", pipe.path().toString(), "v", "--server", server.address());
      try (OutputStream feed = pipe.feed(put)) {
        FilledChunks.writeMoved(feed);
        server.signal("STOP");
        FilledChunks.writeOthers(feed);
      }
      // No code of the server runs for it.
      assertThatCommand(put.await()).succeeded().printed(FilledChunks.VOLUME_BYTES + " bytes");

      assertThatCommand(DsaCommand.run("volume", "list", "--admin", server.adminUrl()))
          .failed(6, server.adminUrl());
      server.signal("CONT");
      assertThatCommand(DsaCommand.inProcess("volume", "list", "--admin", server.adminUrl()))
          .succeeded()
          .printed("v");
    }
    assertNothingIsLeft();
  }

  @Test
  void shouldSayThatTheNetworkIsCut() throws Exception {
    TransferPipe pipe = TransferPipe.in(directory);
    try (DsaServerProcess server = DsaServerProcess.start("memory:96MiB")) {
      server.admin().createVolume("v", FilledChunks.VOLUME_BYTES);
      DsaCommand.Running running =
          DsaCommand.start("put", pipe.path().toString(), "v", "--server", server.address());
      Duration took;
      DsaCommand put;
      try (OutputStream feed = pipe.feed(running)) {
        FilledChunks.writeMoved(feed);
        // The tests run in the server's host.
        run("ip", "link", "set", "eth0", "down");
        try {
          long cut = System.nanoTime();
          CompletableFuture<Void> feeding =
              CompletableFuture.runAsync(() -> FilledChunks.writeUntilBroken(feed));
          put = running.await();
          took = Duration.ofNanos(System.nanoTime() - cut);
          feeding.join();
        } finally {
          run("ip", "link", "set", "eth0", "up");
        }
      }
      assertThat(put.status()).as("%s", put).isIn(6, 7);
      assertThat(put.err().lines()).as("%s", put).hasSize(1);
      assertThat(put.err()).startsWith("dsa: ").contains(server.address(), "v");
      assertThat(took).isLessThan(DsaCommand.ERROR_BOUND);

      assertThatCommand(DsaCommand.inProcess("volume", "list", "--admin", server.adminUrl()))
          .succeeded()
          .printed("v");
    }
    assertNothingIsLeft();
  }

  @Test
  void shouldEndInPeaceWhileAVolumeIsZeroed() throws Exception {
    CompletableFuture<Void> creating;
    try (DsaServerProcess server = DsaServerProcess.start("memory:3GiB");
        DsaClient observer = server.connect()) {
      creating =
          CompletableFuture.runAsync(() -> server.admin().createVolume("large", 2304L << 20));
      while (observer.volumes().isEmpty()) {
        Thread.onSpinWait();
      }
      assertThat(observer.volume("large").state()).isEqualTo(VolumeState.CREATING);
      server.stop(); // asserts the status and the log
    }
    // A server that stops finishes within ten seconds what it was asked for, or breaks it off: the
    // client hears either, and nothing but that.
    Throwable failure =
        creating.handle((done, why) -> why).get(ENDING.toSeconds(), TimeUnit.SECONDS);
    if (failure != null) {
      assertThat(failure).hasCauseInstanceOf(DsaException.class);
    }
    assertNothingIsLeft();
  }
}
