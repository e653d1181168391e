package io.dsa.verbs.darpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MessageTest {
  private static final int MAX = 64;

  /** As DaRPC hands them out: the ticket in front, the position behind it, the limit at the end. */
  private static ByteBuffer darpcBuffer() {
    return ByteBuffer.allocateDirect(4 + Message.HEADER + MAX).position(4);
  }

  @Test
  void shouldPutTheLengthInFrontBigEndian() {
    ByteBuffer buffer = darpcBuffer();
    int written = new Message(MAX, new byte[] {1, 2, 3}).write(buffer);

    assertThat(written).isEqualTo(7);
    byte[] bytes = new byte[11];
    buffer.get(0, bytes);
    assertThat(bytes).containsExactly(0, 0, 0, 0, 0, 0, 0, 3, 1, 2, 3);
    assertThat(buffer.limit()).isEqualTo(buffer.capacity());
  }

  @Test
  void shouldBringBackEveryLength() {
    Random random = new Random(7);
    for (int length = 0; length <= MAX; length++) {
      byte[] payload = new byte[length];
      random.nextBytes(payload);
      ByteBuffer buffer = darpcBuffer();
      new Message(MAX, payload).write(buffer);

      Message received = new Message(MAX);
      received.update(buffer.position(4));

      assertThat(received.payload()).isEqualTo(payload);
    }
  }

  @Test
  void shouldKeepItsSizeWhateverItCarries() {
    assertThat(new Message(MAX).size()).isEqualTo(Message.HEADER + MAX);
    assertThat(new Message(MAX, new byte[1]).size()).isEqualTo(Message.HEADER + MAX);
    assertThat(Message.protocol(MAX).createRequest().size()).isEqualTo(Message.HEADER + MAX);
    assertThat(Message.protocol(MAX).createResponse().size()).isEqualTo(Message.HEADER + MAX);
  }

  @Test
  void shouldTakeNoLengthThatCannotBe() {
    for (int length : new int[] {-1, MAX + 1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      ByteBuffer buffer = darpcBuffer();
      buffer.putInt(4, length);
      Message received = new Message(MAX);
      received.update(buffer);
      assertThat(received.payload()).as("length %d", length).isNull();
    }
  }

  @Test
  void shouldNotReadBeyondTheBuffer() {
    ByteBuffer few = ByteBuffer.allocate(Message.HEADER + 2).putInt(0, 3);
    assertThat(Message.read(few, MAX)).isNull();
    assertThat(Message.read(ByteBuffer.allocate(3), MAX)).isNull();
  }

  @Test
  void shouldCopyWhatArrived() {
    ByteBuffer buffer = darpcBuffer();
    new Message(MAX, new byte[] {9}).write(buffer);
    byte[] payload = Message.read(buffer.position(4), MAX);
    buffer.put(8, (byte) 1);
    assertThat(payload).containsExactly(9);
  }

  @Test
  void shouldRefuseToSendMoreThanFits() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Message(MAX, new byte[MAX + 1]))
        .withMessage("65 bytes, at most 64");
  }
}
