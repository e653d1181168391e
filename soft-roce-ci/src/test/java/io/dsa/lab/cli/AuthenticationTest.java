package io.dsa.lab.cli;

import static io.dsa.lab.cli.DsaCommandAssert.assertThatCommand;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.client.Credentials;
import io.dsa.client.DsaClient;
import io.dsa.client.DsaException;
import io.dsa.client.IoQueue;
import io.dsa.client.IoStatus;
import io.dsa.client.RegisteredBuffer;
import io.dsa.client.Volume;
import io.dsa.client.admin.DsaAdmin;
import io.dsa.lab.LabAccess;
import io.dsa.lab.LabAdmin;
import io.dsa.lab.LabDevice;
import io.dsa.lab.RdmaResources;
import io.dsa.protocol.Authenticate;
import io.dsa.protocol.Bytes32;
import io.dsa.protocol.Challenge;
import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.ErrorReply;
import io.dsa.protocol.Hello;
import io.dsa.protocol.HelloReply;
import io.dsa.protocol.InstanceId;
import io.dsa.protocol.ListVolumes;
import io.dsa.protocol.MessageCodec;
import io.dsa.protocol.OpenMode;
import io.dsa.protocol.Reply;
import io.dsa.protocol.Request;
import io.dsa.protocol.Secret;
import io.dsa.protocol.SessionLimits;
import io.dsa.protocol.Transcript;
import io.dsa.protocol.VolumeInfo;
import io.dsa.sal.Device;
import io.dsa.sal.Devices;
import io.dsa.sal.FormatOptions;
import io.dsa.sal.Pool;
import io.dsa.server.DsaServer;
import io.dsa.server.ServerConfig;
import io.dsa.server.access.Quota;
import io.dsa.server.access.Quotas;
import io.dsa.server.access.Right;
import io.dsa.server.access.Users;
import io.dsa.verbs.darpc.RpcClient;
import io.dsa.verbs.darpc.RpcLimits;
import io.dsa.verbs.darpc.RpcPeer;
import io.dsa.verbs.darpc.RpcServer;
import io.dsa.verbs.darpc.RpcService;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who gets in, how far, and until when; by the command, the library and the bare protocol. */
@Tag("lab")
@Timeout(60)
final class AuthenticationTest {
  private static final InetSocketAddress ADDRESS = new InetSocketAddress(LabDevice.HOST, 7560);
  private static final InetSocketAddress OTHER = new InetSocketAddress(LabDevice.HOST, 7562);
  private static final String SERVER = LabDevice.HOST + ":7560";
  private static final String POOL = "file:/dev/shm/authentication-pool";
  private static final String VOLUME = "v";
  private static final int BYTES = 1 << 20;
  private static final Duration SOON = Duration.ofSeconds(10);

  private static RdmaResources before;
  private static DsaServer server;
  private static Users users;
  private static UUID volumeId;

  @TempDir private Path directory;

  /** Of the one user that each test has for itself. */
  private Secret ada;

  private static ServerConfig config(
      InetSocketAddress address, String pool, Optional<ServerConfig.Admin> admin) {
    return new ServerConfig(
        "authentication",
        address,
        address.getPort() + 1,
        List.of(pool),
        false,
        ServerConfig.Limits.DEFAULT,
        LabAccess.stateDirectory(),
        admin);
  }

  @BeforeAll
  static void start() throws Exception {
    LabDevice.open();
    before = RdmaResources.now();
    Files.deleteIfExists(Path.of("/dev/shm/authentication-pool"));
    try (Device device = Devices.create(POOL, 16L << 20);
        Pool pool = formatted(device)) {
      volumeId = pool.createVolume(VOLUME, BYTES).id();
      pool.createVolume("hidden", BYTES);
    }
    server = DsaServer.start(config(ADDRESS, POOL, LabAdmin.plane(ADDRESS)));
    users = server.users().orElseThrow();
  }

  private static Pool formatted(Device device) {
    Pool.format(device, FormatOptions.careful()).close();
    return Pool.open(device);
  }

  @AfterAll
  static void stop() throws Exception {
    server.close();
    Files.delete(Path.of("/dev/shm/authentication-pool"));
    assertThat(RdmaResources.within(Duration.ofSeconds(5), before)).isEqualTo(before);
  }

  @BeforeEach
  void addAda() {
    ada = users.add("ada", false, Quotas.NONE);
  }

  @AfterEach
  void removeAda() {
    if (users.find("ada").isPresent()) {
      users.remove("ada");
    }
  }

  private DsaClient connect() {
    return DsaClient.connect(
        ADDRESS, LabAccess.clientOptions().withCredentials(new Credentials("ada", ada)));
  }

  private Path credentials(String name, Secret secret) throws Exception {
    Path file = Files.writeString(directory.resolve(name), name + ":" + secret.toText() + "\n");
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }

  private static DsaCommand dsa(String credentials, String... command) {
    return by(credentials, command, "--server", SERVER);
  }

  private static DsaCommand administer(String credentials, String... command) {
    return by(credentials, command, "--admin", LabAdmin.url(ADDRESS));
  }

  private static DsaCommand by(String credentials, String[] command, String... server) {
    return DsaCommand.inProcess(
        Stream.of(command, server, new String[] {"--credentials", credentials})
            .flatMap(Stream::of)
            .toArray(String[]::new));
  }

  @Test
  void shouldTellAWrongSecretAndAnUnknownUserInTheSameWords() throws Exception {
    String back = directory.resolve("back").toString();
    DsaCommand wrong = dsa(credentials("ada", Secret.random()).toString(), "get", VOLUME, back);
    DsaCommand unknown = dsa(credentials("bob", ada).toString(), "get", VOLUME, back);

    assertThatCommand(wrong).failed(20, "authentication failed");
    assertThatCommand(unknown).failed(20, "authentication failed");
    assertThat(unknown.err()).isEqualTo(wrong.err());
    // She is let in, and has no right on it.
    assertThatCommand(dsa(credentials("ada", ada).toString(), "get", VOLUME, back))
        .failed(8, VOLUME);
  }

  @Test
  void shouldSayWhatIsMissingWithoutCredentials() throws Exception {
    assertThatCommand(dsa("none", "get", VOLUME, directory.resolve("back").toString()))
        .failed(20, SERVER, "--credentials", "DSA_CREDENTIALS");
  }

  @Test
  void shouldRefuseCredentialsThatOthersCanRead() throws Exception {
    Path file = credentials("ada", ada);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

    assertThatCommand(dsa(file.toString(), "get", VOLUME, directory.resolve("back").toString()))
        .failed(20, "chmod 600 " + file);
  }

  @Test
  void shouldLetAReaderReadAndNothingElse() throws Exception {
    users.setRights("ada", volumeId, Set.of(Right.READ));
    String file = credentials("ada", ada).toString();
    Path back = directory.resolve("back");

    assertThatCommand(dsa(file, "get", VOLUME, back.toString())).succeeded();
    assertThat(back).hasSize(BYTES);
    assertThatCommand(dsa(file, "put", "/etc/passwd", VOLUME))
        .failed(20, "ada", "lacks the right 'write'", VOLUME);
    assertThatCommand(dsa(file, "get", "hidden", back + "2")).failed(8, "hidden");
    try (DsaClient client = connect()) {
      assertThat(client.volumes()).extracting(VolumeInfo::name).containsExactly(VOLUME);
    }
  }

  @Test
  void shouldLetAReaderAdministerNothing() throws Exception {
    users.setRights("ada", volumeId, Set.of(Right.READ));
    String file = credentials("ada", ada).toString();

    assertThatCommand(administer(file, "volume", "delete", VOLUME)).failed(20, "manage", VOLUME);
    assertThatCommand(administer(file, "volume", "create", "w", "--size", "4KiB")).failed(20);
    assertThatCommand(administer(file, "pool", "list")).failed(20);
    assertThatCommand(administer(file, "user", "list")).failed(20);
    try (DsaClient other = DsaClient.connect(ADDRESS, LabAccess.clientOptions())) {
      assertThat(other.volumes()).hasSize(2);
      DsaCommand sessions = administer(file, "session", "list");
      assertThatCommand(sessions).succeeded();
      assertThat(sessions.out().lines()).as("his own, of which he has none").hasSize(1);
    }
    assertThatCommand(administer(file, "volume", "show", "hidden")).failed(8, "hidden");
    DsaCommand list = administer(file, "volume", "list");
    assertThatCommand(list).succeeded().printed(VOLUME);
    assertThat(list.out()).doesNotContain("hidden");
  }

  @Test
  void shouldRefuseAProofThatWasSeenBefore() throws Exception {
    try (RpcClient first = raw();
        RpcClient second = raw()) {
      byte[] hello = hello("ada");
      Transcript transcript = Transcript.of(hello, call(first, hello));
      byte[] proof = MessageCodec.encode(new Authenticate(transcript.proof(ada)));
      assertThat(MessageCodec.decodeReply(call(first, proof))).isInstanceOf(HelloReply.class);

      assertThat(MessageCodec.decodeReply(call(second, hello))).isInstanceOf(Challenge.class);
      refused(call(second, proof), ErrorCode.AUTHENTICATION_FAILED);
      awaitEnd(second);
      assertThat(first.isOpen()).isTrue();
    }
  }

  @Test
  void shouldAnswerNothingBeforeAProof() throws Exception {
    try (RpcClient client = raw()) {
      byte[] list = MessageCodec.encode(new ListVolumes(""));

      refused(call(client, list), ErrorCode.BAD_REQUEST);
      Transcript transcript = transcript(client, "ada");
      refused(call(client, list), ErrorCode.BAD_REQUEST);
      byte[] proof = MessageCodec.encode(new Authenticate(transcript.proof(ada)));
      assertThat(MessageCodec.decodeReply(call(client, proof))).isInstanceOf(HelloReply.class);
      refused(call(client, proof), ErrorCode.BAD_REQUEST);
    }
  }

  private static RpcClient raw() {
    return RpcClient.connect(ADDRESS, RpcLimits.defaults(), SOON);
  }

  private static byte[] hello(String user) {
    return MessageCodec.encode(new Hello(1, "raw", Set.of(), user, Bytes32.random()));
  }

  private static Transcript transcript(RpcClient client, String user) {
    byte[] hello = hello(user);
    return Transcript.of(hello, call(client, hello));
  }

  private static byte[] call(RpcClient client, byte[] request) {
    return client.call(request, SOON).join();
  }

  private static void refused(byte[] reply, ErrorCode code) throws Exception {
    assertThat(MessageCodec.decodeReply(reply))
        .isInstanceOfSatisfying(
            ErrorReply.class, error -> assertThat(error.code()).isEqualTo(code));
  }

  private static void awaitEnd(RpcClient client) throws InterruptedException {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (client.isOpen() && System.nanoTime() < deadline) {
      Thread.sleep(10);
    }
    assertThat(client.isOpen()).isFalse();
  }

  /** Takes every proof, and knows no secret. */
  private record Forger(boolean insecure) implements RpcService {
    @Override
    public void opened(RpcPeer peer) {}

    @Override
    public byte[] call(RpcPeer peer, byte[] bytes) {
      Request request;
      try {
        request = MessageCodec.decodeRequest(bytes);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      Reply reply =
          request instanceof Hello
              ? new Challenge(Bytes32.random(), 1, insecure)
              : new HelloReply(
                  1,
                  InstanceId.random(),
                  "forged",
                  new SessionLimits(1, 1, 1, 0),
                  Bytes32.random());
      return MessageCodec.encode(reply);
    }

    @Override
    public void closed(RpcPeer peer) {}
  }

  @Test
  void shouldNotBelieveAServerThatKnowsNoSecret() {
    for (boolean insecure : new boolean[] {false, true}) {
      try (RpcServer forged = RpcServer.listen(OTHER, RpcLimits.defaults(), new Forger(insecure))) {
        assertThatThrownBy(
                () -> DsaClient.connect(forged.localAddress(), LabAccess.clientOptions()).close())
            .isInstanceOfSatisfying(
                DsaException.class,
                e -> assertThat(e.category()).isEqualTo(DsaException.Category.NOT_PERMITTED))
            .hasMessageContaining(insecure ? "proves nothing" : "cannot prove");
      }
    }
  }

  @Test
  void shouldServeEverybodyWhereItIsTold() throws Exception {
    String address = OTHER.getHostString() + ":" + OTHER.getPort();
    try (DsaServer insecure =
        DsaServer.startInsecure(config(OTHER, "memory:4MiB", Optional.empty()))) {
      assertThat(insecure.users()).isEmpty();
      insecure.volumes().create("w", 4096, "");
      String file = directory.resolve("w").toString();
      assertThatCommand(
              DsaCommand.inProcess("get", "w", file, "--server", address, "--credentials", "none"))
          .succeeded();
      assertThatCommand(DsaCommand.inProcess("get", "w", file + "2", "--server", address))
          .failed(20, address, "--insecure");
    }
  }

  @Test
  void shouldEndWhatARemovedUserHasOpen() throws Exception {
    users.setRights("ada", volumeId, Set.of(Right.WRITE));
    try (DsaClient client = connect();
        RegisteredBuffer buffer = client.allocate(4096);
        Volume volume = client.open(VOLUME, OpenMode.READ_WRITE);
        IoQueue queue = volume.openQueue(4)) {
      assertThat(write(queue, buffer)).isEqualTo(IoStatus.OK);

      users.remove("ada");

      assertThat(write(queue, buffer)).isIn(IoStatus.ACCESS_DENIED, IoStatus.DISCONNECTED);
      try (DsaClient other = DsaClient.connect(ADDRESS, LabAccess.clientOptions());
          Volume taken = other.open(VOLUME, OpenMode.READ_WRITE)) {
        assertThat(taken.bytes()).isEqualTo(BYTES);
      }
      assertThatThrownBy(() -> volume.write(0, new byte[8]))
          .isInstanceOfSatisfying(
              DsaException.class,
              e -> assertThat(e.category()).isEqualTo(DsaException.Category.NOT_PERMITTED));
    }
  }

  /** What it hears when it connects again, and not that the server may be gone. */
  @Test
  void shouldTellACommandOfARemovedUserThatItIsNotLetInAnyMore() throws Exception {
    users.setRights("ada", volumeId, Set.of(Right.WRITE));
    TransferPipe pipe = TransferPipe.in(directory);
    DsaCommand.Running put =
        DsaCommand.start(
            "put",
            pipe.path().toString(),
            VOLUME,
            "--server",
            SERVER,
            "--credentials",
            credentials("ada", ada).toString());
    try (OutputStream feed = pipe.feed(put)) {
      // Less than a block, so that nothing is written yet, and more than a pipe holds, so that the
      // command has its queue and reads.
      feed.write(new byte[BYTES / 2]);

      users.remove("ada");
    }

    assertThatCommand(put.await()).failed(20, SERVER, "user ada is not let in any more", "removed");
  }

  @Test
  void shouldTellABenchmarkOfARemovedUserThatItIsNotLetInAnyMore() throws Exception {
    users.setRights("ada", volumeId, Set.of(Right.READ));
    DsaCommand.Running bench =
        DsaCommand.start(
            "bench",
            VOLUME,
            "--mode",
            "read",
            "--duration",
            "60",
            "--server",
            SERVER,
            "--credentials",
            credentials("ada", ada).toString());
    try (DsaAdmin admin = LabAdmin.of(ADDRESS)) {
      while (admin.sessions().stream().noneMatch(s -> s.user().equals("ada") && s.queues() > 0)) {
        assertThat(bench.process().isAlive()).as(bench.errors()).isTrue();
        Thread.sleep(50);
      }
    }

    users.remove("ada");

    DsaCommand ended = bench.await();
    assertThat(ended.status()).as("%s", ended).isEqualTo(20);
    assertThat(ended.err()).hasLineCount(1).contains("user ada is not let in any more");
  }

  @Test
  void shouldCloseWhatAUserMayNoLongerHaveOpen() throws Exception {
    users.setRights("ada", volumeId, Set.of(Right.WRITE));
    try (DsaClient client = connect();
        RegisteredBuffer buffer = client.allocate(4096);
        Volume volume = client.open(VOLUME, OpenMode.READ_WRITE);
        IoQueue queue = volume.openQueue(4)) {
      assertThat(write(queue, buffer)).isEqualTo(IoStatus.OK);

      users.setRights("ada", volumeId, Set.of(Right.READ));

      assertThat(write(queue, buffer)).isIn(IoStatus.ACCESS_DENIED, IoStatus.DISCONNECTED);
      assertThatThrownBy(() -> client.open(VOLUME, OpenMode.READ_WRITE))
          .hasMessageContaining("lacks the right 'write'");
      client.open(VOLUME, OpenMode.READ_ONLY).close();
    }
  }

  private static IoStatus write(IoQueue queue, RegisteredBuffer buffer) {
    IoStatus posted = queue.write(0, buffer, 0, 4096, 1);
    if (posted != IoStatus.OK) {
      return posted;
    }
    AtomicReference<IoStatus> end = new AtomicReference<>();
    long deadline = System.nanoTime() + SOON.toNanos();
    while (end.get() == null && System.nanoTime() < deadline) {
      queue.await((_, status) -> end.set(status), SOON);
    }
    return end.get();
  }

  @Test
  void shouldHoldAUserToItsQuotas() {
    users.setRights("ada", volumeId, Set.of(Right.READ));
    users.setQuotas(
        "ada", Quotas.NONE.with(Quota.SESSIONS, 1).with(Quota.QUEUES, 2).with(Quota.WINDOWS, 1));
    try (DsaClient client = connect();
        Volume volume = client.open(VOLUME, OpenMode.READ_ONLY)) {
      limited("quota sessions", () -> connect().close());
      try (IoQueue queue = volume.openQueue(1)) {
        assertThat(queue.depth()).isEqualTo(1);
        limited("quota windows", () -> volume.openQueue(1).close());
        users.setQuotas("ada", Quotas.NONE.with(Quota.QUEUES, 1));
        limited("quota queues", () -> volume.openQueue(1).close());
      }
    }
  }

  private static void limited(String quota, Runnable what) {
    assertThatThrownBy(what::run)
        .isInstanceOfSatisfying(
            DsaException.class,
            e -> assertThat(e.category()).isEqualTo(DsaException.Category.LIMIT))
        .hasMessageContaining(quota);
  }

  @Test
  void shouldMakeAnAdminAtTheFirstStart() throws Exception {
    Path state = directory.resolve("state");
    Path config =
        Files.writeString(
            directory.resolve("server.yaml"),
            "listen: "
                + OTHER.getHostString()
                + ":"
                + OTHER.getPort()
                + "\nstate-directory: "
                + state
                + "\npools: ['memory:4MiB']\n");
    Path credentials = state.resolve("admin.credentials");
    DsaCommand.Running running =
        DsaCommand.startOnServerHost("server", "--config", config.toString());
    try {
      while (!running.output().contains("listening on ") && running.process().isAlive()) {
        Thread.sleep(50);
      }
      assertThat(running.output())
          .as("%s", running.errors())
          .startsWith("first start: user admin is made, its credentials are in " + credentials);
      String url = "https://127.0.0.1:7480";
      DsaCommand own =
          DsaCommand.inProcess(
              "pool", "list", "--admin", url, "--credentials", credentials.toString());
      assertThat(own.status()).as("%s", own).isZero();
      assertThat(own.err()).contains(url, "is new here");
      assertThat(running.output()).contains("administered at " + url + ", fingerprint ");
      // Nobody else's admin is one here.
      assertThatCommand(DsaCommand.inProcess("pool", "list", "--admin", url)).failed(20);
    } finally {
      running.process().destroy();
      running.await();
    }
  }
}
