package io.dsa.server;

import static io.dsa.server.ControlClient.refused;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.protocol.CloseVolume;
import io.dsa.protocol.Done;
import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.OpenMode;
import io.dsa.protocol.OpenVolume;
import io.dsa.protocol.Persist;
import io.dsa.protocol.PrepareQueue;
import io.dsa.protocol.Reply;
import io.dsa.protocol.Request;
import io.dsa.protocol.Secret;
import io.dsa.protocol.VolumeOpened;
import io.dsa.sal.Device;
import io.dsa.sal.Devices;
import io.dsa.sal.FormatOptions;
import io.dsa.sal.Pool;
import io.dsa.sal.Volume;
import io.dsa.server.access.Quotas;
import io.dsa.server.access.Right;
import io.dsa.server.admin.Sessions;
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
  private ControlFixture fixture;
  private ServedPool pool;
  private UUID wanted;
  private Secret adas;
  private Client owner;
  private Client taker;

  /** Of a user that has proven who it is. */
  private final class Client extends ControlClient {
    Client(String user, Secret secret) {
      super(fixture.service);
      logIn(user, secret);
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
      return fixture.service.sessions().stream()
          .filter(session -> session.id() == id())
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
    fixture =
        new ControlFixture(
            directory, new ServerConfig.Limits(8, 4, VOLUMES_PER_SESSION, 60), List.of(pool));
    adas = fixture.users.add("ada", false, Quotas.NONE);
    Secret bobs = fixture.users.add("bob", false, Quotas.NONE);
    for (UUID volume : List.of(wanted, first, second)) {
      fixture.users.setRights("ada", volume, WRITE);
      fixture.users.setRights("bob", volume, WRITE);
    }
    owner = new Client("ada", adas);
    taker = new Client("bob", bobs);
  }

  @AfterEach
  void stop() {
    fixture.close();
    pool.close();
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

    refused(taker.takeOver("wanted", OpenMode.READ_WRITE), ErrorCode.NOT_PERMITTED, "'write'");

    assertThat(owner.has()).containsExactly("wanted");
  }

  /** Who deletes it takes it from its writer, or leaves it to him. */
  @Test
  void shouldLeaveAVolumeToItsWriterThatIsBeingDeleted() {
    owner.open("wanted", OpenMode.READ_WRITE);

    fixture.volumeUsers.keepingOut(
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
    fixture.service.kick(taker.id());

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
    // What another session has heard of a handle of that number is none of its business.
    Client other = new Client("ada", adas);
    refused(other.send(new CloseVolume(handle)), ErrorCode.NOT_OPEN, "not open");
  }

  @Test
  void shouldSayThatAVolumeWasDeletedByItsLastName() {
    long handle = owner.open("wanted", OpenMode.READ_WRITE);
    Volume volume =
        pool.pool().volumes().stream().filter(v -> v.id().equals(wanted)).findAny().orElseThrow();
    fixture.service.takeFromAll(pool.pool().renameVolume(volume, "last"));

    refused(
        owner.send(new PrepareQueue(handle)),
        ErrorCode.UNKNOWN_VOLUME,
        "volume last (opened as wanted) is being deleted");
  }

  @Test
  void shouldSayWhichRightIsGone() {
    long handle = owner.open("wanted", OpenMode.READ_WRITE);
    fixture.users.setRights("ada", wanted, Set.of(Right.READ));

    refused(owner.send(new PrepareQueue(handle)), ErrorCode.NOT_PERMITTED, "the right 'write'");
  }

  @Test
  void shouldSayThatTheSessionIsOver() {
    long handle = owner.open("wanted", OpenMode.READ_WRITE);
    fixture.service.kick(owner.id());

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
