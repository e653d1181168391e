package io.dsa.lab.cli;

import static io.dsa.lab.cli.DsaCommandAssert.assertThatCommand;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.client.DsaClient;
import io.dsa.client.DsaException;
import io.dsa.client.DsaException.Category;
import io.dsa.client.IoQueue;
import io.dsa.client.IoStatus;
import io.dsa.client.RegisteredBuffer;
import io.dsa.client.Volume;
import io.dsa.client.VolumeOptions;
import io.dsa.client.admin.DsaAdmin;
import io.dsa.lab.LabAccess;
import io.dsa.lab.LabAdmin;
import io.dsa.lab.LabDevice;
import io.dsa.lab.RdmaResources;
import io.dsa.protocol.OpenMode;
import io.dsa.protocol.Secret;
import io.dsa.server.DsaServer;
import io.dsa.server.ServerConfig;
import io.dsa.server.access.Quotas;
import io.dsa.server.access.Right;
import io.dsa.server.access.Users;
import io.dsa.server.admin.Sessions;
import io.dsa.server.admin.Volumes;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whom the server takes a volume from hears why, by the command and by the library. */
@Tag("lab")
@Timeout(60)
final class RevokedVolumeTest {
  private static final InetSocketAddress ADDRESS = new InetSocketAddress(LabDevice.HOST, 7720);
  private static final String SERVER = LabDevice.HOST + ":7720";
  private static final String VOLUME = "v";
  private static final int BYTES = 1 << 20;
  private static final Duration SOON = Duration.ofSeconds(10);

  private static RdmaResources before;
  private static DsaServer server;
  private static Users users;

  @TempDir private Path directory;
  private Volumes.Description volume;
  private Secret ada;

  @BeforeAll
  static void start() throws Exception {
    LabDevice.open();
    before = RdmaResources.now();
    server =
        DsaServer.start(
            new ServerConfig(
                "taken",
                ADDRESS,
                ADDRESS.getPort() + 1,
                List.of("memory:8MiB"),
                false,
                ServerConfig.Limits.DEFAULT,
                LabAccess.stateDirectory(),
                LabAdmin.plane(ADDRESS)));
    users = server.users().orElseThrow();
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
    assertThat(RdmaResources.within(SOON, before)).isEqualTo(before);
  }

  @BeforeEach
  void create() {
    volume = server.volumes().create(VOLUME, BYTES, "");
    ada = users.add("ada", false, Quotas.NONE);
    users.setRights("ada", volume.id(), Set.of(Right.WRITE));
  }

  @AfterEach
  void delete() {
    users.remove("ada");
    server.volumes().list().forEach(each -> server.volumes().delete(each, true));
  }

  private String credentials() throws Exception {
    Path credentials = directory.resolve("ada");
    Files.writeString(credentials, "ada:" + ada.toText() + "\n");
    return Files.setPosixFilePermissions(credentials, PosixFilePermissions.fromString("rw-------"))
        .toString();
  }

  /** Writes until it is ended. */
  private CompletableFuture<DsaCommand> bench() throws Exception {
    String[] command = {
      "bench",
      VOLUME,
      "--mode",
      "write",
      "--overwrite",
      "--duration",
      "50",
      "--server",
      SERVER,
      "--credentials",
      credentials()
    };
    CompletableFuture<DsaCommand> running =
        CompletableFuture.supplyAsync(
            () -> DsaCommand.inProcess(command), Thread::startVirtualThread);
    while (server.sessions().stream().noneMatch(RevokedVolumeTest::isAtWork)) {
      assertThat(running).isNotDone();
      Thread.sleep(20);
    }
    return running;
  }

  private static boolean isAtWork(Sessions.Description session) {
    return session.user().equals("ada") && session.queues() > 0;
  }

  private static void assertFailed(CompletableFuture<DsaCommand> bench, int status, String... words)
      throws Exception {
    DsaCommand run = bench.get(SOON.toSeconds(), TimeUnit.SECONDS);
    assertThat(run.status()).as("%s", run).isEqualTo(status);
    assertThat(run.err()).as("%s", run).startsWith("dsa: ").hasLineCount(1).contains(words);
    assertThat(run.out()).isEmpty();
  }

  @Test
  void shouldSayThatAnotherClientTookItOver() throws Exception {
    CompletableFuture<DsaCommand> bench = bench();
    try (DsaClient taker = DsaClient.connect(ADDRESS, LabAccess.clientOptions());
        Volume _ = taker.takeOver(VOLUME, OpenMode.READ_WRITE, VolumeOptions.defaults())) {
      assertFailed(bench, 11, "volume v was taken over by another client");
    }
  }

  /** A command that moves a file hears it too. */
  @Test
  void shouldSayThatAnotherClientTookItOverWhileAFileIsWritten() throws Exception {
    TransferPipe pipe = TransferPipe.in(directory);
    DsaCommand.Running put =
        DsaCommand.start(
            "put",
            pipe.path().toString(),
            VOLUME,
            "--server",
            SERVER,
            "--credentials",
            credentials());
    try (DsaClient taker = DsaClient.connect(ADDRESS, LabAccess.clientOptions());
        OutputStream feed = pipe.feed(put)) {
      // Less than a block, so that nothing is written yet, and more than a pipe holds, so that the
      // command has its queue and reads.
      feed.write(new byte[BYTES / 2]);
      taker.takeOver(VOLUME, OpenMode.READ_WRITE, VolumeOptions.defaults());
    }
    assertThatCommand(put.await()).failed(11, "volume v was taken over by another client");
  }

  /** By the name that it had in the end, and the one that the command knows. */
  @Test
  void shouldSayThatItWasDeleted() throws Exception {
    CompletableFuture<DsaCommand> bench = bench();
    server.volumes().delete(server.volumes().rename(volume, "renamed"), true);
    assertFailed(bench, 8, "volume renamed (opened as v) is being deleted");
  }

  @Test
  void shouldSayWhichRightIsGone() throws Exception {
    CompletableFuture<DsaCommand> bench = bench();
    users.setRights("ada", volume.id(), Set.of(Right.READ));
    assertFailed(bench, 20, "user ada lacks the right 'write' on volume v");
  }

  @Test
  void shouldSayThatTheServerIsThereWhereTheSessionWasEnded() throws Exception {
    CompletableFuture<DsaCommand> bench = bench();
    long session =
        server.sessions().stream().filter(RevokedVolumeTest::isAtWork).findAny().orElseThrow().id();
    try (DsaAdmin admin = LabAdmin.of(ADDRESS)) {
      admin.kick(session);
    }
    assertFailed(bench, 7, SERVER, "the server is there", "an admin ended the session");
  }

  @Test
  void shouldTellAVolumeWhoseQueueIsOfNoUseAnyMore() {
    try (DsaClient client = DsaClient.connect(ADDRESS, LabAccess.clientOptions());
        RegisteredBuffer buffer = client.allocate(8);
        DsaClient taker = DsaClient.connect(ADDRESS, LabAccess.clientOptions())) {
      Volume mine = client.open(VOLUME, OpenMode.READ_WRITE);
      IoQueue queue = mine.openQueue(1);
      taker.takeOver(VOLUME, OpenMode.READ_WRITE, VolumeOptions.defaults());
      assertThat(write(queue, buffer)).isIn(IoStatus.ACCESS_DENIED, IoStatus.DISCONNECTED);
      assertThatThrownBy(() -> mine.openQueue(1)).satisfies(RevokedVolumeTest::isTakenOver);
      assertThat(mine.revocation()).isEmpty();
      mine.close();
      assertThat(mine.revocation()).hasValueSatisfying(RevokedVolumeTest::isTakenOver);
    }
  }

  private static IoStatus write(IoQueue queue, RegisteredBuffer buffer) {
    IoStatus posted = queue.write(0, buffer, 0, 8, 1);
    AtomicReference<IoStatus> end = new AtomicReference<>(posted);
    if (posted == IoStatus.OK) {
      assertThat(queue.await((_, status) -> end.set(status), SOON)).isEqualTo(1);
    }
    return end.get();
  }

  private static void isTakenOver(Throwable thrown) {
    assertThat(thrown)
        .isInstanceOfSatisfying(
            DsaException.class, e -> assertThat(e.category()).isEqualTo(Category.ACCESS_DENIED))
        .hasMessage("volume v was taken over by another client");
  }

  @Test
  void shouldFailRequestsOfAVolumeWithTheReason() {
    try (DsaClient client = DsaClient.connect(ADDRESS, LabAccess.clientOptions())) {
      Volume mine = client.open(VOLUME, OpenMode.READ_WRITE);
      mine.write(0, new byte[8]);
      server.volumes().delete(volume, true);
      assertThatThrownBy(() -> mine.write(0, new byte[8]))
          .isInstanceOfSatisfying(
              DsaException.class, e -> assertThat(e.category()).isEqualTo(Category.UNKNOWN_VOLUME))
          .hasMessage("volume v is being deleted");
      mine.close();
      assertThat(mine.revocation()).isPresent();
    }
  }

  @Test
  void shouldSayNothingOfAVolumeThatItsOwnClientCloses() {
    try (DsaClient client = DsaClient.connect(ADDRESS, LabAccess.clientOptions())) {
      Volume mine = client.open(VOLUME, OpenMode.READ_WRITE);
      mine.write(0, new byte[8]);
      mine.close();
      assertThat(mine.revocation()).isEmpty();
    }
  }
}
