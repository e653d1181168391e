package io.dsa.lab.client;

import static io.dsa.lab.client.MemoryServer.VOLUME;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.client.DsaClient;
import io.dsa.client.IoQueue;
import io.dsa.client.IoStatus;
import io.dsa.client.RegisteredBuffer;
import io.dsa.client.Volume;
import io.dsa.lab.RdmaResources;
import io.dsa.protocol.OpenMode;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Memory that the caller brings along. */
@Tag("lab")
@Timeout(60)
final class RegisteredMemoryTest {
  private static MemoryServer server;

  private final Transfers transfers = new Transfers();

  @BeforeAll
  static void start() {
    server = MemoryServer.start(7650);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void shouldMoveTheCallersMemoryAndLeaveItToHim() {
    try (DsaClient client = server.connect();
        Volume volume = client.open(VOLUME, OpenMode.READ_WRITE);
        IoQueue queue = volume.openQueue(4);
        Arena arena = Arena.ofShared()) {
      MemorySegment memory = arena.allocate(10_000);
      memory.fill((byte) 9);
      try (RegisteredBuffer buffer = client.register(memory.asSlice(1, 8_000))) {
        assertThat(buffer.bytes()).isEqualTo(8_000);
        queue.write(77, buffer, 0, 8_000, 1);
        assertThat(transfers.drain(queue)).isEqualTo(Map.of(1L, IoStatus.OK));
        memory.fill((byte) 0);
        queue.read(77, buffer, 10, 100, 2);
        assertThat(transfers.drain(queue)).isEqualTo(Map.of(2L, IoStatus.OK));
      }

      assertThat(memory.get(JAVA_BYTE, 10)).isZero();
      assertThat(memory.get(JAVA_BYTE, 11)).isEqualTo((byte) 9);
      assertThat(memory.get(JAVA_BYTE, 110)).isEqualTo((byte) 9);
      assertThat(memory.get(JAVA_BYTE, 111)).isZero();
    }
  }

  @Test
  void shouldWriteFromReadOnlyMemory() {
    try (DsaClient client = server.connect();
        Volume volume = client.open(VOLUME, OpenMode.READ_WRITE);
        IoQueue queue = volume.openQueue(4);
        RegisteredBuffer buffer =
            client.register(Arena.ofAuto().allocate(64, 8).fill((byte) 3).asReadOnly())) {
      assertThatThrownBy(() -> queue.read(0, buffer, 0, 64, 1)).hasMessageContaining("read-only");
      assertThat(queue.write(0, buffer, 0, 64, 2)).isEqualTo(IoStatus.OK);
      assertThat(transfers.drain(queue)).isEqualTo(Map.of(2L, IoStatus.OK));
    }
  }

  @Test
  void shouldRefuseMemoryThatTheDeviceCannotKeep() {
    RdmaResources before = RdmaResources.now();
    try (DsaClient client = server.connect();
        Arena confined = Arena.ofConfined()) {
      assertThatThrownBy(() -> client.register(MemorySegment.ofArray(new byte[64])))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("native");
      assertThatThrownBy(() -> client.register(confined.allocate(64)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("confined");
      assertThatThrownBy(() -> client.register(MemorySegment.NULL))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> client.allocate(0)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> client.register(freed())).isInstanceOf(IllegalStateException.class);
    }
    assertThat(RdmaResources.now().counts().get("mr")).isEqualTo(before.counts().get("mr"));
  }

  private static MemorySegment freed() {
    try (Arena arena = Arena.ofShared()) {
      return arena.allocate(64);
    }
  }

  @Test
  void shouldRefuseABufferOfAnotherClient() {
    try (DsaClient client = server.connect();
        DsaClient other = server.connect();
        Volume volume = client.open(VOLUME, OpenMode.READ_WRITE);
        IoQueue queue = volume.openQueue(4);
        RegisteredBuffer foreign = other.allocate(64);
        RegisteredBuffer own = client.allocate(64)) {
      assertThatThrownBy(() -> queue.write(0, foreign, 0, 64, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("another client");
      assertThatThrownBy(() -> queue.fetchAndAdd(0, 1, foreign, 0, 1))
          .isInstanceOf(IllegalArgumentException.class);

      assertThat(queue.write(0, own, 0, 64, 2)).isEqualTo(IoStatus.OK);
      assertThat(transfers.drain(queue)).isEqualTo(Map.of(2L, IoStatus.OK));
    }
  }

  @Test
  void shouldKeepMemoryWhileARequestIsInFlight() throws Exception {
    RdmaResources before = RdmaResources.now();
    try (DsaClient client = server.connect();
        Volume volume = client.open(VOLUME, OpenMode.READ_WRITE);
        IoQueue queue = volume.openQueue(4)) {
      RegisteredBuffer buffer =
          client.register(Arena.ofAuto().allocate(MemoryServer.VOLUME_BYTES, 8));
      queue.write(0, buffer, 0, MemoryServer.VOLUME_BYTES, 1);
      assertThatThrownBy(buffer::close).hasMessageContaining("in flight");
      assertThat(transfers.drain(queue)).isEqualTo(Map.of(1L, IoStatus.OK));
      buffer.close();
      buffer.close();
    }
    assertThat(RdmaResources.within(Duration.ofSeconds(3), before)).isEqualTo(before);
  }

  @Test
  void shouldDeregisterWithTheClient() throws Exception {
    RdmaResources before = RdmaResources.now();
    MemorySegment memory = Arena.ofAuto().allocate(4096, 8);
    DsaClient client = server.connect();
    client.register(memory);
    client.close();

    memory.fill((byte) 1);
    assertThat(RdmaResources.within(Duration.ofSeconds(3), before)).isEqualTo(before);
  }
}
