package io.dsa.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.protocol.Authenticate;
import io.dsa.protocol.Bytes32;
import io.dsa.protocol.CloseVolume;
import io.dsa.protocol.Done;
import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.ErrorReply;
import io.dsa.protocol.Hello;
import io.dsa.protocol.InstanceId;
import io.dsa.protocol.MessageCodec;
import io.dsa.protocol.OpenMode;
import io.dsa.protocol.OpenVolume;
import io.dsa.protocol.Persist;
import io.dsa.protocol.PrepareQueue;
import io.dsa.protocol.ProtocolException;
import io.dsa.protocol.Reply;
import io.dsa.protocol.Request;
import io.dsa.protocol.Secret;
import io.dsa.protocol.Transcript;
import io.dsa.protocol.VolumeOpened;
import io.dsa.sal.Device;
import io.dsa.sal.Devices;
import io.dsa.sal.FormatOptions;
import io.dsa.sal.Pool;
import io.dsa.sal.Volume;
import io.dsa.server.access.Quotas;
import io.dsa.server.access.Right;
import io.dsa.server.admin.Sessions;
import io.dsa.verbs.darpc.RpcLimits;
import io.dsa.verbs.darpc.RpcPeer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever takes a volume over gets it; whoever would not get it takes it from nobody. */
final class TakeOverTest {
  private static final int VOLUMES_PER_SESSION = 2;
  private static final Set<Right> WRITE = Set.of(Right.WRITE);

  @TempDir private Path directory;
  private final Leases leases = new Leases();
  private final VolumeUsers volumeUsers = new VolumeUsers();
  private AccessFixture fixture;
  private ServedPool pool;
  private UUID wanted;
  private ControlService service;
  private Secret adas;
  private Secret bobs;
  private Client owner;
  private Client taker;
  private long lastPeer;

  /** A client's end of a connection. */
  private final class Client implements RpcPeer {
    private final long id = ++lastPeer;

    Client(String user, Secret secret) {
      service.opened(this);
      byte[] hello = MessageCodec.encode(new Hello(1, "test", Set.of(), user, Bytes32.random()));
      byte[] challenge = service.call(this, hello);
      send(new Authenticate(Transcript.of(hello, challenge).proof(secret)));
    }

    @Override
    public long id() {
      return id;
    }

    @Override
    public InetSocketAddress address() {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), 1);
    }

    @Override
    public void known() {}

    @Override
    public void close() {}

    Reply send(Request request) {
      try {
        return MessageCodec.decodeReply(service.call(this, MessageCodec.encode(request)));
      } catch (ProtocolException e) {
        throw new AssertionError(e);
      }
    }

    long open(String volume, OpenMode mode) {
      return ((VolumeOpened) send(new OpenVolume(volume, mode, Optional.empty(), false, false)))
          .handle();
    }

    Reply takeOver(String volume, OpenMode mode) {
      return send(new OpenVolume(volume, mode, Optional.empty(), false, true));
    }

    /** What it has open, as who administers the server sees it. */
    List<String> has() {
      return service.sessions().stream()
          .filter(session -> session.id() == id)
          .flatMap(session -> session.volumes().stream())
          .map(Sessions.Opened::volume)
          .toList();
    }
  }

  @BeforeEach
  void start() {
    Device device = Devices.open("memory:16MiB");
    Pool.format(device, FormatOptions.careful());
    RdmaReach reach = new RdmaReach("none", RdmaReach.Registration.PINNED, Set.of(), "");
    pool = new ServedPool(device, Pool.open(device), reach);
    wanted = pool.pool().createVolume("wanted", 1).id();
    UUID first = pool.pool().createVolume("first", 1).id();
    UUID second = pool.pool().createVolume("second", 1).id();
    fixture = new AccessFixture(directory);
    adas = fixture.users.add("ada", false, Quotas.NONE);
    bobs = fixture.users.add("bob", false, Quotas.NONE);
    for (UUID volume : List.of(wanted, first, second)) {
      fixture.users.setRights("ada", volume, WRITE);
      fixture.users.setRights("bob", volume, WRITE);
    }
    ServerConfig config =
        new ServerConfig(
            "test",
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 7470),
            7471,
            List.of("memory:16MiB"),
            false,
            new ServerConfig.Limits(8, 4, VOLUMES_PER_SESSION, 60),
            directory);
    service =
        new ControlService(
            config,
            RpcLimits.defaults(),
            InstanceId.random(),
            List.of(),
            "1",
            fixture.users,
            leases,
            new VolumeCatalog(List.of(pool)),
            volumeUsers,
            null,
            _ -> {});
    owner = new Client("ada", adas);
    taker = new Client("bob", bobs);
  }

  @AfterEach
  void stop() {
    leases.close();
    fixture.close();
    pool.close();
  }

  private static void refused(Reply reply, ErrorCode code, String word) {
    assertThat(reply)
        .isInstanceOfSatisfying(
            ErrorReply.class,
            error -> {
              assertThat(error.code()).isEqualTo(code);
              assertThat(error.message()).contains(word).hasLineCount(1);
            });
  }

  @Test
  void shouldTakeAVolumeFromItsWriter() {
    owner.open("wanted", OpenMode.READ_WRITE);

    assertThat(taker.takeOver("wanted", OpenMode.READ_WRITE)).isInstanceOf(VolumeOpened.class);

    assertThat(owner.has()).isEmpty();
    assertThat(taker.has()).containsExactly("wanted");
  }

  @Test
  void shouldLeaveAVolumeToItsWriterWhereTheTakerHasAllOfItsVolumesOpen() {
    owner.open("wanted", OpenMode.READ_WRITE);
    long first = taker.open("first", OpenMode.READ_WRITE);
    taker.open("second", OpenMode.READ_WRITE);

    refused(
        taker.takeOver("wanted", OpenMode.READ_WRITE),
        ErrorCode.LIMIT,
        "limits.volumes-per-session");

    assertThat(owner.has()).containsExactly("wanted");
    taker.send(new CloseVolume(first));
    assertThat(taker.takeOver("wanted", OpenMode.READ_WRITE)).isInstanceOf(VolumeOpened.class);
    assertThat(owner.has()).isEmpty();
  }

  @Test
  void shouldLeaveAVolumeToOthersWhereTheTakerKeepsItselfOut() {
    owner.open("wanted", OpenMode.SHARED_WRITE);
    taker.open("wanted", OpenMode.SHARED_WRITE);

    refused(taker.takeOver("wanted", OpenMode.READ_WRITE), ErrorCode.VOLUME_BUSY, "this client");

    assertThat(owner.has()).containsExactly("wanted");
    assertThat(taker.has()).containsExactly("wanted");
  }

  @Test
  void shouldLeaveAVolumeToItsWriterWhereTheTakerLacksTheRight() {
    owner.open("wanted", OpenMode.READ_WRITE);
    fixture.users.setRights("bob", wanted, Set.of(Right.READ));

    refused(taker.takeOver("wanted", OpenMode.READ_WRITE), ErrorCode.NOT_PERMITTED, "WRITE");

    assertThat(owner.has()).containsExactly("wanted");
  }

  /** Who deletes it takes it from its writer, or leaves it to him. */
  @Test
  void shouldLeaveAVolumeToItsWriterThatIsBeingDeleted() {
    owner.open("wanted", OpenMode.READ_WRITE);

    volumeUsers.keepingOut(
        wanted,
        () ->
            refused(
                taker.takeOver("wanted", OpenMode.READ_WRITE),
                ErrorCode.VOLUME_BUSY,
                "being deleted"));

    assertThat(owner.has()).containsExactly("wanted");
  }

  @Test
  void shouldLeaveAVolumeToItsWriterWhereTheTakerIsEnded() {
    owner.open("wanted", OpenMode.READ_WRITE);
    service.kick(taker.id());

    refused(taker.takeOver("wanted", OpenMode.READ_WRITE), ErrorCode.SHUTTING_DOWN, "session");

    assertThat(owner.has()).containsExactly("wanted");
  }

  @Test
  void shouldLeaveReadersAlone() {
    Client reader = new Client("ada", adas);
    reader.open("wanted", OpenMode.READ_ONLY);
    owner.open("wanted", OpenMode.READ_WRITE);

    taker.takeOver("wanted", OpenMode.READ_WRITE);

    assertThat(reader.has()).containsExactly("wanted");
    assertThat(owner.has()).isEmpty();
  }

  @Test
  void shouldSayWhoseHandleItWasThatAVolumeWasTakenOver() {
    long handle = owner.open("wanted", OpenMode.READ_WRITE);
    taker.takeOver("wanted", OpenMode.READ_WRITE);

    for (Request request :
        List.of(
            new PrepareQueue(handle),
            new Persist(handle, 0, 1),
            new CloseVolume(handle),
            new CloseVolume(handle))) {
      refused(owner.send(request), ErrorCode.TAKEN_OVER, "volume wanted was taken over");
    }
    refused(taker.send(new CloseVolume(handle + 1)), ErrorCode.NOT_OPEN, "not open");
  }

  @Test
  void shouldSayThatAVolumeWasDeletedByItsLastName() {
    long handle = owner.open("wanted", OpenMode.READ_WRITE);
    Volume volume =
        pool.pool().volumes().stream().filter(v -> v.id().equals(wanted)).findAny().orElseThrow();
    service.takeFromAll(pool.pool().renameVolume(volume, "last"));

    refused(owner.send(new PrepareQueue(handle)), ErrorCode.UNKNOWN_VOLUME, "volume last was");
  }

  @Test
  void shouldSayWhichRightIsGone() {
    long handle = owner.open("wanted", OpenMode.READ_WRITE);
    fixture.users.setRights("ada", wanted, Set.of(Right.READ));

    refused(owner.send(new PrepareQueue(handle)), ErrorCode.NOT_PERMITTED, "right WRITE");
  }

  @Test
  void shouldSayThatTheSessionIsOver() {
    long handle = owner.open("wanted", OpenMode.READ_WRITE);
    service.kick(owner.id());

    refused(owner.send(new CloseVolume(handle)), ErrorCode.SHUTTING_DOWN, "session");
  }

  /** What the client closes itself, nobody has taken. */
  @Test
  void shouldNotKnowAHandleThatItsClientClosed() {
    long handle = owner.open("wanted", OpenMode.READ_WRITE);
    assertThat(owner.send(new CloseVolume(handle))).isInstanceOf(Done.class);
    taker.takeOver("wanted", OpenMode.READ_WRITE);

    refused(owner.send(new CloseVolume(handle)), ErrorCode.NOT_OPEN, "not open");
  }

  /** A session that lasts does not make the server remember more and more. */
  @Test
  void shouldRememberAsManyHandlesAsASessionHasAtOnce() {
    List<Long> handles = new ArrayList<>();
    for (int i = 0; i <= VOLUMES_PER_SESSION; i++) {
      handles.add(owner.open("wanted", OpenMode.READ_WRITE));
      VolumeOpened taken = (VolumeOpened) taker.takeOver("wanted", OpenMode.READ_WRITE);
      taker.send(new CloseVolume(taken.handle()));
    }

    refused(owner.send(new CloseVolume(handles.getFirst())), ErrorCode.NOT_OPEN, "not open");
    for (long handle : handles.subList(1, handles.size())) {
      refused(owner.send(new CloseVolume(handle)), ErrorCode.TAKEN_OVER, "taken over");
    }
  }
}
