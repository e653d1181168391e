package io.dsa.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.protocol.OpenMode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class VolumeChannelTest {
  private static final long SIZE = ModelServer.BYTES;

  private final ModelServer server = new ModelServer();
  private final Volume volume = server.open(VolumeOptions.defaults());
  private final VolumeChannel channel = volume.channel();

  @AfterEach
  void close() {
    volume.close();
    assertThat(volume.inFlight()).isZero();
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  @Test
  void shouldMoveItsPosition() throws IOException {
    assertThat(channel.size()).isEqualTo(SIZE);
    assertThat(channel.write(ByteBuffer.wrap(random(300)))).isEqualTo(300);
    assertThat(channel.position()).isEqualTo(300);
    ByteBuffer back = ByteBuffer.allocate(400);
    back.put((byte) 1);
    assertThat(channel.position(50).read(back)).isEqualTo(399);
    assertThat(back.hasRemaining()).isFalse();
    assertThat(Arrays.copyOfRange(back.array(), 1, 251))
        .isEqualTo(Arrays.copyOfRange(random(300), 50, 300));
    assertThat(channel.position()).isEqualTo(449);
  }

  @Test
  void shouldEndWhereTheVolumeEnds() throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(100);
    assertThat(channel.position(SIZE - 10).read(buffer)).isEqualTo(10);
    assertThat(buffer.position()).isEqualTo(10);
    assertThat(channel.read(buffer)).isEqualTo(-1);
    assertThat(channel.position(SIZE + 10).read(buffer)).isEqualTo(-1);

    channel.position(SIZE - 10);
    assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(11)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no room for 11 bytes at position 3145718 of volume v");
    assertThat(channel.position()).isEqualTo(SIZE - 10);
    assertThat(channel.write(ByteBuffer.allocate(10))).isEqualTo(10);
    assertThat(channel.write(ByteBuffer.allocate(0))).isZero();
    assertThat(channel.read(ByteBuffer.allocate(0))).isEqualTo(-1);
  }

  @Test
  void shouldKeepItsSize() throws IOException {
    assertThat(channel.truncate(SIZE)).isSameAs(channel);
    assertThatThrownBy(() -> channel.truncate(10))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("has 3145728 bytes and cannot be made 10");
    assertThatThrownBy(() -> channel.truncate(SIZE + 1))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> channel.position(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldForceWhatWasWritten() throws IOException {
    channel.write(ByteBuffer.wrap(random(5000)));
    assertThat(server.durable(0, 5000)).containsOnly(0);
    channel.force();
    assertThat(server.durable(0, 5000)).isEqualTo(random(5000));

    channel.write(ByteBuffer.wrap(random(10)));
    server.restart();
    assertThatThrownBy(channel::force)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("5000+10")
        .hasCauseInstanceOf(DsaException.class);
  }

  @Test
  void shouldRefuseWhatItCannotDo() throws IOException {
    try (Volume readOnly = server.open(OpenMode.READ_ONLY, VolumeOptions.defaults())) {
      assertThatThrownBy(() -> readOnly.channel().write(ByteBuffer.allocate(1)))
          .isInstanceOf(NonWritableChannelException.class);
    }
    channel.close();
    assertThat(channel.isOpen()).isFalse();
    assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1)))
        .isInstanceOf(ClosedChannelException.class);
    assertThatThrownBy(channel::force).isInstanceOf(ClosedChannelException.class);
    volume.read(0, new byte[1]);
  }

  @Test
  void shouldStreamInBothDirections() throws IOException {
    byte[] bytes = random(2_000_003);
    try (OutputStream out = volume.outputStream(77)) {
      out.write(bytes, 0, 1000);
      out.write(bytes[1000]);
      out.flush();
      assertThat(server.contents(77, 1001)).isEqualTo(Arrays.copyOf(bytes, 1001));
      assertThat(server.durable(77, 1001)).containsOnly(0);
      out.write(bytes, 1001, bytes.length - 1001);
    }
    assertThat(server.durable(77, bytes.length)).isEqualTo(bytes);

    try (InputStream in = volume.inputStream(77)) {
      assertThat(in.read()).isEqualTo(Byte.toUnsignedInt(bytes[0]));
      assertThat(in.readNBytes(499_999)).isEqualTo(Arrays.copyOfRange(bytes, 1, 500_000));
      assertThat(in.skip(1_000_000)).isEqualTo(1_000_000);
      assertThat(in.readNBytes(1000)).isEqualTo(Arrays.copyOfRange(bytes, 1_500_000, 1_501_000));
      assertThat(in.skip(SIZE)).isEqualTo(SIZE - 77 - 1_501_000);
      assertThat(in.read()).isEqualTo(-1);
    }
  }

  @Test
  void shouldNotStreamPastTheEnd() throws IOException {
    OutputStream out = volume.outputStream(SIZE - 10);
    assertThatThrownBy(() -> out.write(new byte[11])).hasMessageContaining("no room for 11 bytes");
    out.write(new byte[10]);
    assertThatThrownBy(() -> out.write(1)).hasMessageContaining("no room for 1 bytes");
    out.close();
    out.close();
    assertThatThrownBy(() -> out.write(1)).hasMessageContaining("closed");
    try (InputStream in = volume.inputStream(SIZE)) {
      assertThat(in.read()).isEqualTo(-1);
      assertThat(in.skip(1)).isZero();
    }
  }

  @Test
  void shouldTellOfAFailureBehind() throws IOException {
    OutputStream out = volume.outputStream(0);
    out.write(new byte[600_000]);
    out.flush();
    server.refuse(new DsaException(DsaException.Category.UNKNOWN_VOLUME, "no volume v"));
    server.disconnect();
    assertThatThrownBy(
            () -> {
              out.write(new byte[600_000]); // which may hear of it, if it is late
              out.flush();
            })
        .hasMessageContaining("no volume v");
    assertThatThrownBy(() -> out.write(1)).hasMessageContaining("no volume v");
    assertThatThrownBy(out::close).hasMessageContaining("no volume v");
  }
}
