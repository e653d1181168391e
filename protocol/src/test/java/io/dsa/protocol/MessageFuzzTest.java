package io.dsa.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whatever the bytes are: a message or a ProtocolException, soon, and nothing else. */
class MessageFuzzTest {
  private static final int INPUTS = 100_000;

  private final List<byte[]> seeds =
      Stream.concat(
              Samples.requests().values().stream().map(MessageCodec::encode),
              Samples.replies().values().stream().map(MessageCodec::encode))
          .toList();

  @Test
  void shouldDecodeOrRefuseMutatedMessages() {
    SplittableRandom random = new SplittableRandom(42);
    assertTimeout(
        Duration.ofSeconds(60),
        () -> {
          int refused = 0;
          for (int i = 0; i < INPUTS; i++) {
            byte[] input = mutate(seeds.get(random.nextInt(seeds.size())), random);
            refused += decode(input) ? 0 : 1;
          }
          // Both outcomes have to occur, else the mutations do not reach the decoders.
          assertThat(refused).isBetween(INPUTS / 10, INPUTS - INPUTS / 10);
        });
  }

  /** With the inputs that are kept; soft-roce-ci/fuzz looks for others. */
  @FuzzTest
  void shouldDecodeOrRefuseWhateverComes(byte[] input) {
    boolean _ = decode(input);
  }

  @Test
  void shouldRefuseRandomBytesBehindASoundHeader() {
    SplittableRandom random = new SplittableRandom(43);
    for (int i = 0; i < INPUTS / 5; i++) {
      byte[] input = new byte[16 + random.nextInt(200)];
      random.nextBytes(input);
      byte[] seed = seeds.get(random.nextInt(seeds.size()));
      System.arraycopy(seed, 0, input, 0, 12);
      input[12] = 0;
      input[13] = 0;
      input[14] = 0;
      input[15] = (byte) (input.length - 16);
      decode(input);
    }
  }

  @Test
  void shouldRefuseEveryTruncation() {
    for (byte[] seed : seeds) {
      for (int length = 0; length < seed.length; length++) {
        assertThat(decode(Arrays.copyOf(seed, length))).isFalse();
      }
    }
  }

  /** Returns whether either decoder took it; fails on any exception but ProtocolException. */
  private static boolean decode(byte[] input) {
    boolean taken = false;
    try {
      // What decodes has to encode again, unless it is of an unknown type.
      if (!(MessageCodec.decodeRequest(input) instanceof UnknownRequest)) {
        MessageCodec.encode(MessageCodec.decodeRequest(input));
        taken = true;
      }
    } catch (ProtocolException e) {
      assertThat(e.getMessage()).doesNotContain("\n").isNotBlank();
    }
    try {
      MessageCodec.encode(MessageCodec.decodeReply(input));
      taken = true;
    } catch (ProtocolException e) {
      assertThat(e.offset()).isBetween(0, MessageCodec.MAX_MESSAGE_BYTES);
    }
    try {
      ConnectData.decode(input);
    } catch (ProtocolException e) {
      assertThat(e.offset()).isBetween(0, ConnectData.BYTES);
    }
    return taken;
  }

  private static byte[] mutate(byte[] seed, SplittableRandom random) {
    byte[] bytes = seed.clone();
    int edits = 1 + random.nextInt(4);
    for (int i = 0; i < edits; i++) {
      switch (random.nextInt(5)) {
        case 0 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        case 1 -> bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        case 2 -> bytes[random.nextInt(bytes.length)] = (byte) (random.nextBoolean() ? 0xFF : 0);
        case 3 -> bytes = Arrays.copyOf(bytes, 16 + random.nextInt(bytes.length));
        default -> {
          // Past the header, so that most get as far as the fields.
          if (bytes.length > 16) {
            bytes[16 + random.nextInt(bytes.length - 16)] = (byte) random.nextInt();
          }
        }
      }
    }
    return bytes;
  }
}
