package io.dsa.lab.client;

import static io.dsa.protocol.OpenMode.READ_ONLY;
import static io.dsa.protocol.OpenMode.READ_WRITE;
import static io.dsa.protocol.OpenMode.SHARED_WRITE;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsa.client.DsaClient;
import io.dsa.client.DsaException;
import io.dsa.client.IoQueue;
import io.dsa.client.IoStatus;
import io.dsa.client.RegisteredBuffer;
import io.dsa.client.Volume;
import io.dsa.lab.RdmaResources;
import io.dsa.server.admin.Volumes;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One-sided requests of a queue, and what they end with. */
@Tag("lab")
@Timeout(60)
class IoQueueTest {
  private static final int MIB = 1 << 20;

  private static QueueServer server;

  private final Transfers transfers = new Transfers();
  private RdmaResources withServer;
  private DsaClient client;

  @BeforeAll
  static void startServer() {
    server = QueueServer.start(7610, "memory:384MiB");
  }

  @AfterAll
  static void stopServer() {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void connect() {
    withServer = RdmaResources.now();
    client = server.connect();
  }

  @AfterEach
  void shouldLeaveNothingOfTheSession() throws InterruptedException {
    client.close();
    assertThat(RdmaResources.within(Duration.ofSeconds(3), withServer)).isEqualTo(withServer);
  }

  private RegisteredBuffer random(int bytes) {
    RegisteredBuffer buffer = client.allocate(bytes);
    byte[] content = new byte[bytes];
    new Random(bytes).nextBytes(content);
    buffer.memory().copyFrom(java.lang.foreign.MemorySegment.ofArray(content));
    return buffer;
  }

  @Test
  void shouldHearOfARequestByOnePollThatLooksOften() {
    try (Volume volume = client.open(server.create(MIB), READ_WRITE);
        IoQueue queue = volume.openQueue(4);
        RegisteredBuffer buffer = client.allocate(MIB)) {
      assertThat(queue.read(0, buffer, 0, MIB, 1)).isEqualTo(IoStatus.OK);

      assertThat(queue.poll(transfers, Integer.MAX_VALUE)).isEqualTo(1);
      assertThat(transfers.drain(queue)).isEqualTo(Map.of(1L, IoStatus.OK));
      assertThat(queue.poll(transfers, 1000)).isZero();
    }
  }

  @Test
  void shouldReadZerosFromANewVolume() {
    String first = server.create(2 * MIB);
    try (Volume volume = client.open(first, READ_WRITE);
        IoQueue queue = volume.openQueue(4);
        RegisteredBuffer buffer = random(2 * MIB)) {
      queue.write(0, buffer, 0, 2 * MIB, 1);
      transfers.drain(queue);
    }
    server.admin().deleteVolume(first);
    try (Volume volume = client.open(server.create(2 * MIB), READ_WRITE);
        IoQueue queue = volume.openQueue(4);
        RegisteredBuffer buffer = random(2 * MIB)) {
      queue.read(0, buffer, 0, 2 * MIB, 1);
      transfers.drain(queue);
      for (long i = 0; i < 2 * MIB; i++) {
        assertThat(buffer.memory().get(JAVA_BYTE, i)).isZero();
      }
    }
  }

  @Test
  void shouldRefuseWhatTheCallerCouldHaveKnown() {
    try (Volume volume = client.open(server.create(MIB), READ_WRITE);
        IoQueue queue = volume.openQueue(4);
        RegisteredBuffer buffer = client.allocate(4096)) {
      assertThatThrownBy(() -> queue.read(MIB - 1, buffer, 0, 2, 1))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessageContaining("1048575")
          .hasMessageContaining(volume.name());
      assertThatThrownBy(() -> queue.read(-1, buffer, 0, 2, 1))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> queue.write(Long.MAX_VALUE, buffer, 0, 2, 1))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> queue.write(0, buffer, 0, 0, 1))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> queue.read(0, buffer, 4095, 2, 1))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> queue.flush(0, MIB + 1, 1))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThat(queue.inFlight()).isZero();
      assertThat(queue.read(0, buffer, 0, 8, 9)).isEqualTo(IoStatus.OK);
      assertThat(transfers.drain(queue)).isEqualTo(Map.of(9L, IoStatus.OK));
    }
  }

  @Test
  void shouldBelongToOneThread() throws InterruptedException {
    try (Volume volume = client.open(server.create(MIB), READ_WRITE);
        IoQueue queue = volume.openQueue(4)) {
      queue.poll(transfers);
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread other =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  queue.poll(transfers);
                } catch (IllegalStateException e) {
                  failure.set(e);
                }
              });
      other.join();

      assertThat(failure.get()).hasMessageContaining("belongs to thread");
    }
  }

  @Test
  void shouldSayThatItIsFullAndLoseNothing() {
    try (Volume volume = client.open(server.create(MIB), READ_WRITE);
        IoQueue queue = volume.openQueue(4);
        RegisteredBuffer buffer = client.allocate(4096)) {
      for (int i = 0; i < 4; i++) {
        assertThat(queue.read(0, buffer, 0, 8, i)).isEqualTo(IoStatus.OK);
      }
      assertThat(queue.read(0, buffer, 0, 8, 4)).isEqualTo(IoStatus.QUEUE_FULL);
      assertThat(transfers.drain(queue)).hasSize(4);
      assertThat(queue.read(0, buffer, 0, 8, 5)).isEqualTo(IoStatus.OK);
      assertThat(transfers.drain(queue)).isEqualTo(Map.of(5L, IoStatus.OK));
    }
  }

  @Test
  void shouldGoOnAfterAHandlerThatThrows() {
    try (Volume volume = client.open(server.create(MIB), READ_WRITE);
        IoQueue queue = volume.openQueue(4);
        RegisteredBuffer buffer = client.allocate(4096)) {
      for (int i = 0; i < 4; i++) {
        queue.read(0, buffer, 0, 8, i);
      }
      AtomicInteger thrown = new AtomicInteger();
      AtomicInteger completed = new AtomicInteger();
      while (queue.inFlight() > 0) {
        try {
          queue.await(
              (token, status) -> {
                completed.incrementAndGet();
                throw new IllegalArgumentException("handler of " + token);
              },
              Duration.ofSeconds(5));
        } catch (IllegalArgumentException e) {
          thrown.incrementAndGet();
        }
      }

      assertThat(completed).hasValue(4);
      assertThat(thrown).hasValue(4);
    }
  }

  @Test
  void shouldCompleteEverythingOnceWhenItIsClosed() {
    try (Volume volume = client.open(server.create(2 * MIB), READ_WRITE);
        RegisteredBuffer buffer = client.allocate(MIB)) {
      IoQueue queue = volume.openQueue(16);
      for (int i = 0; i < 16; i++) {
        assertThat(queue.write(0, buffer, 0, MIB, i)).isEqualTo(IoStatus.OK);
      }
      queue.close();

      assertThat(transfers.drain(queue)).hasSize(16).containsValue(IoStatus.CLOSED);
      assertThat(queue.write(0, buffer, 0, 8, 99)).isEqualTo(IoStatus.CLOSED);
    }
  }

  @Test
  void shouldNotFreeABufferUnderARequest() {
    try (Volume volume = client.open(server.create(2 * MIB), READ_WRITE);
        IoQueue queue = volume.openQueue(4)) {
      RegisteredBuffer buffer = client.allocate(MIB);
      queue.write(0, buffer, 0, MIB, 1);
      assertThatThrownBy(buffer::close).hasMessageContaining("in flight");
      transfers.drain(queue);
      buffer.close();
      buffer.close();
      assertThatThrownBy(() -> queue.write(0, buffer, 0, 8, 2))
          .isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void shouldNotWriteToAVolumeThatIsOpenForReading() {
    String name = server.create(MIB);
    try (Volume volume = client.open(name, READ_ONLY);
        IoQueue queue = volume.openQueue(4);
        RegisteredBuffer buffer = client.allocate(4096)) {
      assertThat(queue.write(0, buffer, 0, 8, 1)).isEqualTo(IoStatus.READ_ONLY);
      assertThat(queue.flush(0, 8, 1)).isEqualTo(IoStatus.READ_ONLY);
      assertThat(queue.read(0, buffer, 0, 8, 1)).isEqualTo(IoStatus.OK);
      assertThat(transfers.drain(queue)).isEqualTo(Map.of(1L, IoStatus.OK));
    }
  }

  @Test
  void shouldKeepASecondWriterOut() {
    String name = server.create(MIB);
    try (DsaClient other = server.connect()) {
      try (Volume first = client.open(name, READ_WRITE)) {
        assertThat(first.bytes()).isEqualTo(MIB);
        assertThat(category(() -> other.open(name, READ_WRITE)))
            .isEqualTo(DsaException.Category.BUSY);
        assertThat(category(() -> other.open(name, SHARED_WRITE)))
            .isEqualTo(DsaException.Category.BUSY);
        other.open(name, READ_ONLY).close();
        assertThat(category(() -> server.admin().deleteVolume(name)))
            .isEqualTo(DsaException.Category.BUSY);
      }
      other.open(name, READ_WRITE).close();
    }
  }

  @Test
  void shouldHoldToItsLimitsAndServeOn() {
    String name = server.create(MIB);
    try (Volume volume = client.open(name, SHARED_WRITE);
        Volume again = client.open(name, SHARED_WRITE)) {
      assertThat(category(() -> client.open(name, SHARED_WRITE)))
          .isEqualTo(DsaException.Category.LIMIT);
      volume.openQueue(1);
      volume.openQueue(1);
      again.openQueue(1);
      DsaException refused = catchThrowableOfType(DsaException.class, () -> again.openQueue(1));
      assertThat(refused.category()).isEqualTo(DsaException.Category.LIMIT);
      assertThat(refused).hasMessageContaining("limits.queues-per-session");
    }
    try (Volume volume = client.open(name, READ_WRITE);
        IoQueue queue = volume.openQueue(1)) {
      assertThat(queue.depth()).isEqualTo(1);
    }
  }

  @Test
  void shouldNameWhatIsWrong() {
    assertThat(category(() -> client.open("none", READ_ONLY)))
        .isEqualTo(DsaException.Category.UNKNOWN_VOLUME);
    assertThat(category(() -> server.admin().createVolume("zero", 0)))
        .isEqualTo(DsaException.Category.INVALID);
    assertThat(category(() -> server.admin().createVolume("huge", Long.MAX_VALUE)))
        .isEqualTo(DsaException.Category.NO_SPACE);
    assertThat(category(() -> server.admin().createVolume("a/b", MIB)))
        .isEqualTo(DsaException.Category.INVALID);
    String name = server.create(MIB);
    assertThat(category(() -> server.admin().createVolume(name, MIB)))
        .isEqualTo(DsaException.Category.EXISTS);
  }

  private static DsaException.Category category(Runnable action) {
    return catchThrowableOfType(DsaException.class, action::run).category();
  }

  @Test
  void shouldListMoreVolumesThanFitInAMessage() {
    int there = client.volumes().size();
    List<Volumes.Description> more =
        IntStream.range(0, 120)
            .mapToObj(i -> server.volumes().create("listed" + i, 1, ""))
            .toList();

    assertThat(client.volumes()).hasSize(there + 120);

    more.forEach(volume -> server.volumes().delete(volume, false));
    assertThat(client.volumes()).hasSize(there);
  }

  @Test
  void shouldAbandonQueuesAndBuffersWithTheClient() {
    DsaClient other = server.connect();
    Volume volume = other.open(server.create(2 * MIB), READ_WRITE);
    IoQueue queue = volume.openQueue(8);
    RegisteredBuffer buffer = other.allocate(MIB);
    for (int i = 0; i < 8; i++) {
      queue.write(0, buffer, 0, MIB, i);
    }

    other.close();
    other.close();

    assertThat(transfers.drain(queue)).hasSize(8);
    assertThatThrownBy(() -> other.allocate(1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldRefuseADurableFlushOfAVolatileVolume() {
    try (Volume volume = client.open(server.create(MIB), READ_WRITE);
        IoQueue queue = volume.openQueue(2)) {
      assertThat(volume.durability()).isEmpty();
      assertThat(queue.flush(0, 8, 1)).isEqualTo(IoStatus.VOLATILE);
    }
  }

  @Test
  void shouldEndEveryRequestWhenTheServerGoesAway() {
    String name = server.create(2 * MIB);
    try (Volume volume = client.open(name, READ_WRITE);
        IoQueue queue = volume.openQueue(64);
        RegisteredBuffer buffer = client.allocate(64 * 1024)) {
      server.stop();
      int taken = 0;
      for (int i = 0; i < 64; i++) {
        IoStatus status = queue.write(0, buffer, 0, 64 * 1024, i);
        if (status != IoStatus.OK) {
          assertThat(status).isEqualTo(IoStatus.DISCONNECTED);
          break;
        }
        taken++;
      }
      assertThat(transfers.drain(queue)).hasSize(taken).doesNotContainValue(IoStatus.OK);
      // The client tries to connect again, to a port where nobody listens.
      assertThat(category(client::volumes))
          .isIn(DsaException.Category.DISCONNECTED, DsaException.Category.REFUSED);
    } finally {
      server.startAgain();
    }
  }
}
