package io.dsa.lab.client;

import static io.dsa.protocol.DurabilityMethod.RDMA_FLUSH;
import static io.dsa.protocol.DurabilityMethod.SERVER_PERSIST;
import static io.dsa.protocol.OpenMode.READ_WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.client.DsaClient;
import io.dsa.client.IoQueue;
import io.dsa.client.IoStatus;
import io.dsa.client.RegisteredBuffer;
import io.dsa.client.Volume;
import io.dsa.lab.LabDevice;
import io.dsa.lab.RdmaResources;
import io.dsa.protocol.DurabilityMethod;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What queues write durably, by each method, to persistent memory. */
@Tag("lab")
@Tag("machine")
@Timeout(60)
class DurableQueueTest {
  private static final int MIB = 1 << 20;

  private static QueueServer server;

  private final Transfers transfers = new Transfers();
  private RdmaResources withServer;

  @BeforeAll
  static void startServer() {
    LabDevice.format("queues");
    // From here on what it holds is ours to wipe out, and before not.
    try {
      server = QueueServer.start(7612, LabDevice.dax());
    } catch (RuntimeException e) {
      LabDevice.wipe();
      throw e;
    }
  }

  @AfterAll
  static void stopServer() {
    if (server == null) {
      return;
    }
    try {
      server.close();
    } finally {
      LabDevice.wipe();
    }
  }

  @BeforeEach
  void remember() {
    withServer = RdmaResources.now();
  }

  @AfterEach
  void shouldLeaveNothingOfTheSession() throws InterruptedException {
    assertThat(RdmaResources.within(Duration.ofSeconds(3), withServer)).isEqualTo(withServer);
  }

  @ParameterizedTest
  @EnumSource
  void shouldWriteFlushAndReadBack(DurabilityMethod method) {
    String name = server.create(4 * MIB);
    try (DsaClient other = server.connect(method);
        Volume volume = other.open(name, READ_WRITE);
        IoQueue queue = volume.openQueue(8);
        RegisteredBuffer back = other.allocate(MIB);
        RegisteredBuffer buffer = other.allocate(MIB)) {
      buffer.memory().fill((byte) 77);
      assertThat(volume.durability()).contains(method);
      assertThat(queue.write(12_345, buffer, 0, MIB, 1)).isEqualTo(IoStatus.OK);
      assertThat(queue.flush(12_345, MIB, 2)).isEqualTo(IoStatus.OK);
      assertThat(queue.read(12_345, back, 0, MIB, 3)).isEqualTo(IoStatus.OK);

      assertThat(transfers.drain(queue))
          .isEqualTo(Map.of(1L, IoStatus.OK, 2L, IoStatus.OK, 3L, IoStatus.OK));
      assertThat(back.memory().mismatch(buffer.memory())).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldWriteDurablyAsOneRequest(DurabilityMethod method) {
    String name = server.create(4 * MIB);
    try (DsaClient other = server.connect(method);
        Volume volume = other.open(name, READ_WRITE);
        IoQueue queue = volume.openQueue(64);
        RegisteredBuffer back = other.allocate(MIB);
        RegisteredBuffer buffer = other.allocate(MIB)) {
      buffer.memory().fill((byte) 78);
      for (int i = 0; i < 64; i++) {
        int length = MIB / 64;
        long at = (long) i * length;
        assertThat(queue.writeDurable(5 + at, buffer, at, length, i)).isEqualTo(IoStatus.OK);
      }
      assertThat(transfers.drain(queue).values()).hasSize(64).containsOnly(IoStatus.OK);
      assertThat(queue.read(5, back, 0, MIB, 3)).isEqualTo(IoStatus.OK);
      assertThat(transfers.drain(queue)).isEqualTo(Map.of(3L, IoStatus.OK));
      assertThat(back.memory().mismatch(buffer.memory())).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldHearOfADurableWriteByOnePollThatLooksOften(DurabilityMethod method) {
    String name = server.create(MIB);
    try (DsaClient other = server.connect(method);
        Volume volume = other.open(name, READ_WRITE);
        IoQueue queue = volume.openQueue(4);
        RegisteredBuffer buffer = other.allocate(MIB)) {
      assertThat(queue.writeDurable(0, buffer, 0, MIB, 1)).isEqualTo(IoStatus.OK);

      assertThat(queue.poll(transfers, Integer.MAX_VALUE)).isEqualTo(1);
      assertThat(transfers.drain(queue)).isEqualTo(Map.of(1L, IoStatus.OK));
    }
  }

  @Test
  void shouldPreferTheVerbForDurability() {
    String name = server.create(MIB);
    try (DsaClient client = server.connect();
        Volume volume = client.open(name, READ_WRITE)) {
      assertThat(volume.durability()).contains(RDMA_FLUSH);
      assertThat(client.volumes().getFirst().durability()).contains(RDMA_FLUSH, SERVER_PERSIST);
    }
  }

  @Test
  void shouldFlushOverSeveralExtents() {
    int bytes = 18 * MIB + 5;
    String name = server.createScattered(5, 4 * MIB);
    try (DsaClient client = server.connect();
        Volume volume = client.open(name, READ_WRITE);
        IoQueue queue = volume.openQueue(4);
        RegisteredBuffer buffer = client.allocate(bytes);
        RegisteredBuffer back = client.allocate(bytes)) {
      assertThat(client.volume(name).extents()).isEqualTo(5);
      byte[] content = new byte[bytes];
      new Random(bytes).nextBytes(content);
      buffer.memory().copyFrom(MemorySegment.ofArray(content));
      assertThat(queue.write(0, buffer, 0, bytes, 1)).isEqualTo(IoStatus.OK);
      assertThat(queue.flush(0, bytes, 2)).isEqualTo(IoStatus.OK);
      assertThat(queue.read(0, back, 0, bytes, 3)).isEqualTo(IoStatus.OK);

      assertThat(transfers.drain(queue))
          .isEqualTo(Map.of(1L, IoStatus.OK, 2L, IoStatus.OK, 3L, IoStatus.OK));
      assertThat(back.memory().mismatch(buffer.memory())).isEqualTo(-1);
    }
  }
}
