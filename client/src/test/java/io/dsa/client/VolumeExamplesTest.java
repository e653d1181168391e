package io.dsa.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What docs/client.md shows compiles, and does what it says. */
@Timeout(60)
final class VolumeExamplesTest {
  private static final Pattern BLOCK = Pattern.compile("(?s)```java\n(.*?)```");

  private static String normalized(String code) {
    return code.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .collect(Collectors.joining("\n"));
  }

  @Test
  void shouldBeTheCodeOfThePage() throws IOException {
    String page = Files.readString(Path.of("../docs/client.md"));
    String examples =
        normalized(Files.readString(Path.of("src/test/java/io/dsa/client/VolumeExamples.java")));
    List<String> blocks = BLOCK.matcher(page).results().map(block -> block.group(1)).toList();

    assertThat(blocks).hasSize(10);
    for (String block : blocks) {
      assertThat(examples).contains(normalized(block));
    }
  }

  @Test
  void shouldWork() throws IOException {
    ModelServer server = new ModelServer();
    try (Volume volume = server.open(VolumeExamples.options())) {
      VolumeExamples.memory(volume);
      VolumeExamples.futures(volume, new byte[] {1}, new byte[] {2}).join();
      assertThat(server.durable(0, 1)).containsExactly(1);

      VolumeExamples.durability(volume, new byte[] {3}, new byte[] {4});
      assertThat(server.durable(1 << 20, 1)).containsExactly(4);
      volume.write(0, new byte[16]);
      assertThat(VolumeExamples.atomics(volume)).isZero();
      assertThat(VolumeExamples.atomics(volume)).isEqualTo(1);

      byte[] bytes = new byte[1_500_000];
      bytes[1_499_999] = 5;
      VolumeExamples.streams(volume, new ByteArrayInputStream(bytes));
      assertThat(server.durable(1_499_999, 1)).containsExactly(5);
    }
  }
}
