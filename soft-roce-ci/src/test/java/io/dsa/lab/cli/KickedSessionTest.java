package io.dsa.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.client.Credentials;
import io.dsa.client.DsaClient;
import io.dsa.client.DsaException;
import io.dsa.client.IoQueue;
import io.dsa.client.IoStatus;
import io.dsa.client.RegisteredBuffer;
import io.dsa.client.Volume;
import io.dsa.client.VolumeOptions;
import io.dsa.client.admin.SessionInfo;
import io.dsa.client.admin.UserQuotas;
import io.dsa.lab.LabAccess;
import io.dsa.lab.LabDevice;
import io.dsa.lab.RdmaResources;
import io.dsa.protocol.OpenMode;
import io.dsa.protocol.Secret;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A kick ends a session, and not its user. */
@Tag("lab")
@Timeout(120)
final class KickedSessionTest {
  private static final int BLOCK = 4096;
  private static final int BLOCKS_OF_WRITER = 16;
  private static final int WRITERS = 4;

  /** Behind what the writers write: what only the old session's queue writes. */
  private static final long OLD = (long) WRITERS * BLOCKS_OF_WRITER * BLOCK;

  private static final long VOLUME_BYTES = OLD + BLOCK;
  private static final Duration PAUSE = Duration.ofMillis(10);
  private static final Duration SOON = Duration.ofSeconds(30);

  /** What a queue says whose windows are gone, and soon its connection. */
  private static final Set<IoStatus> DENIED =
      Set.of(IoStatus.ACCESS_DENIED, IoStatus.DISCONNECTED, IoStatus.CLOSED);

  private RdmaResources before;
  private DsaServerProcess server;

  @BeforeEach
  void start() throws Exception {
    LabDevice.open();
    before = RdmaResources.now();
    server = DsaServerProcess.start("memory:64MiB");
    server.admin().createVolume("v", VOLUME_BYTES);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    assertThat(RdmaResources.within(Duration.ofSeconds(10), before)).isEqualTo(before);
  }

  /**
   * Writes its blocks over and over, each time others, until it is told to end; not as fast as it
   * can, since the server has to be administered meanwhile, and the lab has few processors.
   */
  private record Writer(Volume volume, int number, AtomicInteger rounds, AtomicBoolean ending)
      implements Runnable {
    @Override
    public void run() {
      do {
        int round = rounds.incrementAndGet();
        for (int i = 0; i < BLOCKS_OF_WRITER; i++) {
          volume.write(offset(i), block(round, i));
        }
        LockSupport.parkNanos(PAUSE.toNanos());
      } while (!ending.get());
    }

    long offset(int block) {
      return (long) (number * BLOCKS_OF_WRITER + block) * BLOCK;
    }

    byte[] block(int round, int block) {
      byte[] bytes = new byte[BLOCK];
      Arrays.fill(bytes, (byte) (round * 31 + number * 7 + block));
      return bytes;
    }
  }

  @Test
  void shouldEndTheSessionAndLetAVolumeGoOnInAnother() throws Exception {
    try (DsaClient client = server.connect();
        Volume volume = client.open("v", OpenMode.READ_WRITE, patient());
        IoQueue old = volume.openQueue(8);
        RegisteredBuffer buffer = client.allocate(BLOCK)) {
      buffer.memory().fill((byte) 1);
      assertThat(writeOn(old, buffer)).isEqualTo(IoStatus.OK);
      AtomicBoolean ending = new AtomicBoolean();
      List<Writer> writers = new ArrayList<>();
      List<CompletableFuture<Void>> writing = new ArrayList<>();
      for (int i = 0; i < WRITERS; i++) {
        Writer writer = new Writer(volume, i, new AtomicInteger(), ending);
        writers.add(writer);
        writing.add(CompletableFuture.runAsync(writer, Thread.ofPlatform()::start));
      }
      awaitRoundsAfter(writers, writing, 2);
      SessionInfo kicked = theOnlySession();

      server.admin().kick(kicked.id());

      buffer.memory().fill((byte) 2);
      assertThat(writeOn(old, buffer)).isIn(DENIED);
      assertThat(writeOn(old, buffer)).isIn(DENIED);
      awaitRoundsAfter(writers, writing, 2);
      SessionInfo next = theOnlySession();
      assertThat(next.id()).isNotEqualTo(kicked.id());
      assertThat(next.user()).isEqualTo(kicked.user());
      assertThat(next.volumes()).isEqualTo(kicked.volumes());
      ending.set(true);
      for (CompletableFuture<Void> each : writing) {
        each.get(SOON.toSeconds(), TimeUnit.SECONDS);
      }
      assertContents(volume, writers);
    }
  }

  @Test
  void shouldKeepAUserOutWhoseSecretWasReplacedBefore() throws Exception {
    Secret secret = Secret.parse(server.admin().addUser("ada", false, UserQuotas.NONE).secret());
    server.admin().grant("ada", "v", Set.of("write"));
    try (DsaClient client =
            DsaClient.connect(
                new InetSocketAddress(LabDevice.HOST, server.port()),
                LabAccess.clientOptions().withCredentials(new Credentials("ada", secret)));
        Volume volume = client.open("v", OpenMode.READ_WRITE, patient())) {
      volume.write(0, new byte[BLOCK]);
      server.admin().rotateSecret("ada", Duration.ZERO);
      volume.write(0, new byte[BLOCK]);

      kick(theOnlySession());

      assertThatThrownBy(() -> volume.write(0, new byte[BLOCK]))
          .isInstanceOf(DsaException.class)
          .hasMessageContaining("authentication failed");
      assertThat(server.admin().sessions()).isEmpty();
    }
  }

  private static VolumeOptions patient() {
    return VolumeOptions.defaults().withDeadline(SOON);
  }

  private static IoStatus writeOn(IoQueue queue, RegisteredBuffer buffer) {
    IoStatus taken = queue.write(OLD, buffer, 0, BLOCK, 1);
    if (taken != IoStatus.OK) {
      return taken;
    }
    IoStatus[] completed = {null};
    assertThat(queue.await((token, status) -> completed[0] = status, SOON.toNanos())).isOne();
    return completed[0];
  }

  private void kick(SessionInfo session) throws Exception {
    String id = Long.toString(session.id());
    DsaCommandAssert.assertThatCommand(DsaCommand.run(server.named("session", "kick", id)))
        .succeeded()
        .printed("ended session " + id);
    assertThat(server.admin().sessions()).extracting(SessionInfo::id).doesNotContain(session.id());
  }

  private SessionInfo theOnlySession() {
    List<SessionInfo> sessions = server.admin().sessions();
    assertThat(sessions).hasSize(1);
    return sessions.getFirst();
  }

  /** So many whole rounds of each from now on, unless one has failed. */
  private static void awaitRoundsAfter(
      List<Writer> writers, List<CompletableFuture<Void>> writing, int rounds)
      throws InterruptedException {
    int[] from = writers.stream().mapToInt(writer -> writer.rounds().get()).toArray();
    long deadline = System.nanoTime() + SOON.toNanos();
    for (Writer writer : writers) {
      while (writer.rounds().get() <= from[writer.number()] + rounds) {
        assertThat(writing.get(writer.number())).isNotDone();
        assertThat(System.nanoTime()).as("rounds of writers").isLessThan(deadline);
        Thread.sleep(10);
      }
    }
  }

  private static void assertContents(Volume volume, List<Writer> writers) {
    byte[] back = new byte[BLOCK];
    for (Writer writer : writers) {
      for (int i = 0; i < BLOCKS_OF_WRITER; i++) {
        volume.read(writer.offset(i), back);
        assertThat(back)
            .as("block %d of writer %d", i, writer.number())
            .isEqualTo(writer.block(writer.rounds().get(), i));
      }
    }
    byte[] old = new byte[BLOCK];
    Arrays.fill(old, (byte) 1);
    volume.read(OLD, back);
    assertThat(back).as("what the old session wrote last").isEqualTo(old);
  }
}
