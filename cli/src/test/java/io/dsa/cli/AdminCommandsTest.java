package io.dsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.OpenMode;
import io.dsa.protocol.Persistence;
import io.dsa.protocol.PoolInfo;
import io.dsa.protocol.VolumeInfo;
import io.dsa.protocol.VolumeState;
import io.dsa.server.access.StateDirectory;
import io.dsa.server.access.Users;
import io.dsa.server.admin.AdminCertificate;
import io.dsa.server.admin.AdminPlane;
import io.dsa.server.admin.Administration;
import io.dsa.server.admin.Pools;
import io.dsa.server.admin.RefusedException;
import io.dsa.server.admin.Sessions;
import io.dsa.server.admin.Volumes;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The verbs that administer a server, on a real admin plane over a server made of maps. */
@Timeout(60)
final class AdminCommandsTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @TempDir private static Path keys;
  private static AdminCertificate certificate;

  @TempDir private Path directory;
  private final Server server = new Server();
  private StateDirectory state;
  private Users users;
  private AdminPlane plane;
  private String url;
  private Path credentials;

  @BeforeAll
  static void makeCertificate() {
    certificate = AdminCertificate.own(keys.resolve("admin.p12"), ANY_PORT);
  }

  @BeforeEach
  void open() throws IOException {
    // A port of an earlier run can have had another certificate.
    Files.deleteIfExists(CredentialsOption.directory().resolve("known-servers"));
    state = StateDirectory.open(directory.resolve("state"));
    users = Users.open(state, InstantSource.system());
    credentials = state.adminCredentials();
    plane =
        AdminPlane.open(
            ANY_PORT,
            certificate,
            new Administration(
                Optional.of(users),
                () ->
                    new Pools.Listing(
                        "test",
                        "10.9.0.1:7470",
                        "instance-1",
                        List.of(
                            new PoolInfo("memory:1GiB", 1 << 30, 1 << 29, Persistence.VOLATILE))),
                server,
                server));
    url = "https://127.0.0.1:" + plane.address().getPort();
  }

  @AfterEach
  void close() {
    plane.close();
    users.close();
    state.close();
  }

  private CommandRun run(String... arguments) {
    return runAs(credentials, arguments);
  }

  private CommandRun runAs(Path who, String... arguments) {
    return CommandRun.of(
        Stream.concat(
                Stream.of(arguments), Stream.of("--admin", url, "--credentials", who.toString()))
            .toArray(String[]::new));
  }

  private Path file(String text) throws IOException {
    Path file = Files.createTempFile(directory, "user", ".credentials");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    return Files.writeString(file, text);
  }

  @Test
  void shouldPinTheCertificateAtTheFirstUse() {
    CommandRun first = run("volume", "list");
    CommandRun second = run("volume", "list");

    assertThat(first.status()).isZero();
    assertThat(first.errorLine()).contains(url, certificate.fingerprint(), "known-servers");
    assertThat(second.status()).isZero();
    assertThat(second.err()).isEmpty();
  }

  @Test
  void shouldRefuseACertificateThatHasChanged() throws Exception {
    Path known = CredentialsOption.directory().resolve("known-servers");
    Files.createDirectories(known.getParent());
    Files.writeString(known, url + " " + "0".repeat(64) + "\n");

    CommandRun refused = run("volume", "create", "v");

    assertThat(refused.status()).isEqualTo(ExitCode.NOT_PERMITTED.status());
    assertThat(refused.errorLine()).contains(url, "has changed", known.toString());
    assertThat(server.list()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"v", "two words", "ünïcödé", "100% & more?", "日本", "😀"})
  void shouldMakeChangeAndDeleteAVolume(String name) {
    CommandRun made = run("volume", "create", name, "--size", "8MiB", "-o", "json");
    assertThat(made.status()).as(made.err()).isZero();
    assertThat(made.out())
        .contains("\"apiVersion\":1", "\"kind\":\"OneVolume\"", "\"name\":\"" + name + "\"")
        .contains("\"bytes\":8388608", "\"state\":\"ready\"", "\"volatile\":true");

    assertThat(run("volume", "show", name).out()).contains(name, "8MiB", "nothing: volatile");
    assertThat(run("volume", "resize", name, "--size", "9MiB").out())
        .isEqualTo("resized volume " + name + " to 9MiB\n");
    assertThat(run("volume", "rename", name, "other").out())
        .isEqualTo("renamed volume " + name + " to other\n");
    assertThat(run("volume", "show", name).status()).isEqualTo(ExitCode.UNKNOWN_VOLUME.status());
    assertThat(run("volume", "delete", "other").out()).isEqualTo("deleted volume other\n");
    assertThat(server.list()).isEmpty();
  }

  @Test
  void shouldSayWhyAVolumeIsRefused() {
    run("volume", "create", "v");

    assertThat(run("volume", "create", "v").status()).isEqualTo(ExitCode.EXISTS.status());
    assertThat(run("volume", "create", "w", "--pool", "memory:1").status())
        .isEqualTo(ExitCode.UNKNOWN_VOLUME.status());
    server.open = true;
    CommandRun busy = run("volume", "delete", "v");
    assertThat(busy.status()).isEqualTo(ExitCode.BUSY.status());
    assertThat(busy.errorLine()).contains("v");
    assertThat(run("volume", "delete", "v", "--force").status()).isZero();
  }

  @Test
  void shouldListPoolsWithTheServerThatClientsConnectTo() {
    CommandRun list = run("pool", "list", "-o", "json");

    assertThat(list.out())
        .contains("\"server\":\"10.9.0.1:7470\"", "\"instance\":\"instance-1\"")
        .contains("\"uri\":\"memory:1GiB\"", "\"free\":536870912", "\"persistence\":\"volatile\"");
    assertThat(run("pool", "list").out()).contains("memory:1GiB", "512MiB");
  }

  @Test
  void shouldAddAUserWhoMayDoWhatIsGranted() throws Exception {
    run("volume", "create", "v");
    run("volume", "create", "hidden");
    CommandRun added = run("user", "add", "Zoë", "--max-sessions", "2");
    assertThat(added.status()).as(added.err()).isZero();
    assertThat(added.out()).startsWith("Zoë:dsa-").hasLineCount(1);
    Path zoe = file(added.out());

    assertThat(runAs(zoe, "volume", "list").out()).doesNotContain("hidden");
    assertThat(runAs(zoe, "volume", "show", "v").status())
        .isEqualTo(ExitCode.UNKNOWN_VOLUME.status());
    assertThat(run("user", "grant", "Zoë", "v", "read", "write").out()).contains("v: read write");
    assertThat(runAs(zoe, "volume", "list").out()).contains("v").doesNotContain("hidden");
    CommandRun refused = runAs(zoe, "volume", "delete", "v");
    assertThat(refused.status()).isEqualTo(ExitCode.NOT_PERMITTED.status());
    assertThat(refused.errorLine()).contains("manage");
    assertThat(runAs(zoe, "user", "list").status()).isEqualTo(ExitCode.NOT_PERMITTED.status());
    assertThat(run("user", "show", "Zoë", "-o", "json").out())
        .contains("\"maxSessions\":2", "\"maxQueues\":null", "\"rights\":[\"read\",\"write\"]");
    assertThat(run("user", "revoke", "Zoë", "v").status()).isZero();
    assertThat(runAs(zoe, "volume", "list").out()).doesNotContain("v\n");

    CommandRun rotated = run("user", "rotate", "Zoë", "--overlap", "0");
    assertThat(runAs(zoe, "volume", "list").status()).isEqualTo(ExitCode.NOT_PERMITTED.status());
    Path renewed = file(rotated.out());
    assertThat(runAs(renewed, "volume", "list").status()).isZero();
    assertThat(run("user", "list").out()).contains("Zoë", "admin");
    assertThat(run("user", "remove", "Zoë").out()).isEqualTo("removed user Zoë\n");
    assertThat(runAs(renewed, "volume", "list").status())
        .isEqualTo(ExitCode.NOT_PERMITTED.status());
    assertThat(run("user", "remove", "Zoë").errorLine()).contains("Zoë", "dsa user list");
    assertThat(run("user", "remove", "admin").errorLine()).contains("only admin");
  }

  @Test
  void shouldSayHowLongAnOldSecretCanStayGood() {
    run("user", "add", "ada");

    for (String overlap : List.of("7776001", "-1")) {
      CommandRun refused = run("user", "rotate", "ada", "--overlap=" + overlap);
      assertThat(refused.status()).isEqualTo(ExitCode.INVALID.status());
      assertThat(refused.errorLine())
          .contains("an overlap of " + overlap + " s", "0 to 7776000 s, which is 90 days")
          .doesNotContain("PT");
    }
    CommandRun words = run("user", "rotate", "ada", "--overlap", "PT2160H1S");
    assertThat(words.status()).isEqualTo(ExitCode.USAGE.status());
    assertThat(words.errorLine())
        .contains("--overlap", "'PT2160H1S' is no number of seconds", "86400")
        .doesNotContain("long");
    assertThat(run("user", "rotate", "ada", "--overlap", "9223372036854775808").status())
        .isEqualTo(ExitCode.USAGE.status());
    assertThat(run("user", "rotate", "ada", "--overlap", "7776000").status()).isZero();
    assertThat(run("user", "rotate", "--help").out()).contains("7776000", "90 days");
  }

  @Test
  void shouldNotMakeAUserTwice() {
    assertThat(run("user", "add", "ada").status()).isZero();

    CommandRun again = run("user", "add", "ada");

    assertThat(again.status()).isEqualTo(ExitCode.EXISTS.status()).isEqualTo(9);
    assertThat(again.out()).isEmpty();
    assertThat(again.errorLine()).contains("there already is a user named ada");
    assertThat(run("user", "show", "bob").status())
        .isEqualTo(ExitCode.UNKNOWN_VOLUME.status())
        .isEqualTo(8);
    assertThat(run("session", "kick", "99").status()).isEqualTo(8);
  }

  @Test
  void shouldGiveNoUserANameThatCannotBeSeen() {
    // The server is new here, which is said once.
    run("user", "list");

    CommandRun refused = run("user", "add", "ad\u200da");

    assertThat(refused.status()).isEqualTo(ExitCode.INVALID.status());
    assertThat(refused.errorLine()).contains("'ad?a'", "U+200D", "cannot be seen");
  }

  @Test
  void shouldLimitAUser() {
    run("user", "add", "ada", "--max-sessions", "2", "--max-queues", "8");

    CommandRun limited =
        run("user", "limit", "ada", "--max-queues", "none", "--max-windows", "5", "-o", "json");

    assertThat(limited.status()).as(limited.err()).isZero();
    assertThat(limited.out())
        .contains("\"maxSessions\":2", "\"maxQueues\":null", "\"maxWindows\":5");
    assertThat(run("user", "show", "ada", "-o", "json").out()).isEqualTo(limited.out());
    assertThat(run("user", "limit", "ada").errorLine()).contains("--max-sessions");
    assertThat(run("user", "limit", "ada").status()).isEqualTo(ExitCode.USAGE.status());
    assertThat(run("user", "limit", "ada", "--max-queues", "many").errorLine())
        .contains("--max-queues", "many", "none");
    assertThat(run("user", "limit", "ada", "--max-queues", "0").errorLine())
        .contains("queues", "1 to");
    assertThat(run("user", "limit", "bob", "--max-queues", "1").errorLine()).contains("bob");
  }

  @Test
  void shouldMakeAnAdminOfAUserAndBack() throws Exception {
    Path ada = file(run("user", "add", "ada").out());
    assertThat(runAs(ada, "user", "list").status()).isEqualTo(ExitCode.NOT_PERMITTED.status());

    assertThat(run("user", "role", "ada", "admin").out()).contains("ada", "admin");
    assertThat(runAs(ada, "user", "list").status()).isZero();
    assertThat(runAs(ada, "user", "role", "admin", "user").status()).isZero();

    assertThat(run("user", "list").status()).isEqualTo(ExitCode.NOT_PERMITTED.status());
    assertThat(runAs(ada, "user", "role", "ada", "user").errorLine()).contains("only admin");
    assertThat(runAs(ada, "user", "role", "ada", "root").errorLine()).contains("root");
  }

  @Test
  void shouldListAndEndSessions() {
    assertThat(run("session", "list").out()).contains("17", "ada", "dsa put", "v (read-write)");
    assertThat(run("session", "list", "-o", "json").out()).contains("\"id\":17");
    assertThat(run("session", "kick", "17").out()).isEqualTo("ended session 17\n");
    assertThat(run("session", "kick", "17").errorLine()).contains("17", "dsa session list");
    assertThat(run("session", "kick", "x").status()).isEqualTo(ExitCode.USAGE.status());
  }

  @Test
  void shouldAskForCredentialsWhereThereAreNone() {
    CommandRun run = CommandRun.of("volume", "list", "--admin", url, "--credentials", "none");

    assertThat(run.status()).isEqualTo(ExitCode.NOT_PERMITTED.status());
    assertThat(run.err().lines().toList().getLast()).contains("--credentials");
  }

  @Test
  void shouldSayWhereNobodyListens() throws Exception {
    plane.close();

    CommandRun run = run("volume", "list");

    assertThat(run.status()).isEqualTo(ExitCode.REFUSED.status());
    assertThat(run.errorLine()).contains(url, "refused", "dsa server");
  }

  @Test
  void shouldSayThatNoAnswerComes() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      url = "https://127.0.0.1:" + silent.getLocalPort();

      CommandRun run = run("volume", "list", "--timeout", "1");

      assertThat(run.status()).isEqualTo(ExitCode.TIMED_OUT.status());
      assertThat(run.errorLine()).contains(url);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://h",
        "h",
        "h:1",
        "https://",
        "https://h:1/path",
        "https://u@h",
        "https://h:x",
        "%"
      })
  void shouldRefuseWhatIsNoAddress(String address) {
    url = address;

    CommandRun run = run("volume", "list");

    assertThat(run.status()).isEqualTo(ExitCode.USAGE.status());
    assertThat(run.err()).contains("--admin", "https://HOST:PORT");
  }

  /** What is behind the plane. */
  private static final class Server implements Volumes, Sessions {
    private final Map<String, Volumes.Description> volumes = new TreeMap<>();
    private boolean kicked;
    private volatile boolean open;

    private Volumes.Description put(UUID id, String name, long bytes) {
      Volumes.Description made =
          new Volumes.Description(
              id, new VolumeInfo(name, bytes, "memory:1GiB", 1, Set.of(), VolumeState.READY));
      volumes.put(name, made);
      return made;
    }

    @Override
    public synchronized List<Volumes.Description> list() {
      return List.copyOf(volumes.values());
    }

    @Override
    public synchronized Volumes.Description find(String name) {
      return Optional.ofNullable(volumes.get(name))
          .orElseThrow(() ->
              new RefusedException(ErrorCode.UNKNOWN_VOLUME, "there is no volume named " + name));
    }

    @Override
    public synchronized Volumes.Description create(String name, long bytes, String pool) {
      if (volumes.containsKey(name)) {
        throw new RefusedException(ErrorCode.VOLUME_EXISTS, "there is a volume " + name);
      }
      if (!pool.isEmpty()) {
        throw new RefusedException(ErrorCode.UNKNOWN_POOL, "there is no pool " + pool);
      }
      return put(UUID.randomUUID(), name, bytes);
    }

    @Override
    public synchronized Volumes.Description resize(Volumes.Description known, long bytes) {
      return put(known.id(), known.name(), bytes);
    }

    @Override
    public synchronized Volumes.Description rename(Volumes.Description known, String newName) {
      volumes.remove(known.name());
      return put(known.id(), newName, known.info().bytes());
    }

    @Override
    public synchronized void delete(Volumes.Description known, boolean force) {
      if (open && !force) {
        throw new RefusedException(ErrorCode.VOLUME_BUSY, "volume " + known.name() + " is open");
      }
      volumes.remove(known.name());
    }

    @Override
    public synchronized List<Sessions.Description> sessions() {
      return kicked
          ? List.of()
          : List.of(
              new Sessions.Description(
                  17,
                  "ada",
                  "dsa put",
                  "10.9.0.2:1",
                  List.of(new Opened("v", OpenMode.READ_WRITE)),
                  1));
    }

    @Override
    public synchronized boolean kick(long id) {
      kicked = true;
      return true;
    }
  }
}
