package io.dsa.lab.cli;

import static io.dsa.lab.cli.DsaCommandAssert.assertThatCommand;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.client.DsaClient;
import io.dsa.lab.LabDevice;
import io.dsa.lab.RdmaResources;
import io.dsa.protocol.VolumeInfo;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** From a bare device to files that outlive the server that took them. */
@Tag("lab")
@Tag("machine")
@Timeout(180)
final class LifeCycleTest {
  /** No multiple of anything, and larger than what is in flight at a time. */
  private static final long BYTES = (20L << 20) + 12_345;

  @TempDir private Path directory;

  @Test
  void shouldKeepAFileThroughTheDeathOfTheServer() throws Exception {
    LabDevice.open();
    RdmaResources before = RdmaResources.now();
    String device = LabDevice.dax();
    Path file = RandomFile.write(directory.resolve("file"), BYTES);

    assertThatCommand(DsaCommand.inProcess(format().toArray(String[]::new)))
        .succeeded()
        .printed("formatted", device);
    assertThatCommand(DsaCommand.inProcess("pool", "format", device)).failed(9, device, "--force");

    String instance;
    int port;
    try (DsaServerProcess server = DsaServerProcess.start(device)) {
      port = server.port();
      instance = server.instance();
      assertThat(server.pools()).contains(device);
      create(server);
      list(server);
      put(server, file);
      killInAPut(server);
    }

    try (DsaServerProcess server = DsaServerProcess.start(port, device)) {
      assertThat(server.instance()).isNotEqualTo(instance);
      get(server, file);
      getWhatHadArrived(server);
      delete(server);
    }
    LabDevice.wipe();
    assertThat(RdmaResources.within(Duration.ofSeconds(10), before)).isEqualTo(before);
  }

  private static List<String> format() {
    List<String> format = new ArrayList<>(List.of("pool", "format", LabDevice.dax()));
    if (LabDevice.isDisposable()) {
      format.add("--force");
    }
    return format;
  }

  private static void create(DsaServerProcess server) throws Exception {
    DsaCommand create =
        DsaCommand.inProcess(
            "volume",
            "create",
            "kept",
            "--size",
            "21MiB",
            "-o",
            "json",
            "--admin",
            server.adminUrl());

    assertThatCommand(create).succeeded();
    assertThat(create.json().path("volume").path("state").stringValue()).isEqualTo("ready");
    try (DsaClient client = server.connect()) {
      VolumeInfo volume = client.volume("kept");
      assertThat(volume.bytes()).isEqualTo(21L << 20);
      assertThat(volume.pool()).isEqualTo(LabDevice.dax());
    }
  }

  private static void list(DsaServerProcess server) throws Exception {
    DsaCommand volumes =
        DsaCommand.inProcess("volume", "list", "-o", "json", "--admin", server.adminUrl());
    DsaCommand pools =
        DsaCommand.inProcess("pool", "list", "-o", "json", "--admin", server.adminUrl());

    assertThatCommand(volumes).succeeded();
    assertThat(volumes.json().path("apiVersion").intValue()).isEqualTo(1);
    assertThat(volumes.json().path("volumes")).hasSize(1);
    JsonNode volume = volumes.json().path("volumes").path(0);
    assertThat(volume.path("name").stringValue()).isEqualTo("kept");
    assertThat(volume.path("volatile").booleanValue()).isFalse();
    assertThat(volume.path("durability").path(0).stringValue()).isEqualTo("rdma-flush");
    assertThatCommand(pools).succeeded();
    assertThat(pools.json().path("instance").stringValue()).isEqualTo(server.instance());
    JsonNode pool = pools.json().path("pools").path(0);
    assertThat(pool.path("uri").stringValue()).isEqualTo(LabDevice.dax());
    assertThat(pool.path("capacity").longValue() - pool.path("free").longValue())
        .isGreaterThanOrEqualTo(21L << 20);
  }

  private static void put(DsaServerProcess server, Path file) throws Exception {
    assertThatCommand(
            DsaCommand.inProcess("put", file.toString(), "kept", "--server", server.address()))
        .succeeded()
        .printed(BYTES + " bytes", "durable by rdma-flush");
  }

  /** The other end of the transfer is a pipe, so that the test knows how far it is. */
  private void killInAPut(DsaServerProcess server) throws Exception {
    server.admin().createVolume("torn", FilledChunks.VOLUME_BYTES);
    TransferPipe pipe = TransferPipe.in(directory);
    DsaCommand.Running put =
        DsaCommand.start("put", pipe.path().toString(), "torn", "--server", server.address());
    try (OutputStream feed = pipe.feed(put)) {
      FilledChunks.writeMoved(feed);
      server.kill();
      FilledChunks.writeUntilBroken(feed);
    }
    assertThat(put.await().status()).isEqualTo(7);
  }

  private void get(DsaServerProcess server, Path file) throws Exception {
    Path back = directory.resolve("back");
    DsaCommand get =
        DsaCommand.run(
            "get",
            "kept",
            back.toString(),
            "--bytes",
            Long.toString(BYTES),
            "--server",
            server.address());

    assertThatCommand(get).succeeded().printed(BYTES + " bytes");
    assertThat(Files.mismatch(file, back)).isEqualTo(-1);
  }

  private void getWhatHadArrived(DsaServerProcess server) throws Exception {
    Path back = directory.resolve("torn");
    assertThatCommand(
            DsaCommand.inProcess("get", "torn", back.toString(), "--server", server.address()))
        .succeeded();
    FilledChunks.assertNewOrOld(back);
  }

  private static void delete(DsaServerProcess server) throws Exception {
    assertThatCommand(
            DsaCommand.inProcess("volume", "delete", "kept", "--admin", server.adminUrl()))
        .succeeded()
        .printed("deleted volume kept");
    server.admin().deleteVolume("torn");
    try (DsaClient client = server.connect()) {
      assertThat(client.volumes()).isEmpty();
      assertThat(client.pools().getFirst().free()).isEqualTo(client.pools().getFirst().capacity());
    }
  }
}
