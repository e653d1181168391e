package io.dsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DownloadTest {
  @TempDir private Path directory;

  private long files() throws Exception {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.count();
    }
  }

  @Test
  void shouldAppearOnlyWhenComplete() throws Exception {
    Path file = Files.writeString(directory.resolve("f"), "before");

    try (Download download = Download.to(file)) {
      download.channel().write(ByteBuffer.wrap(new byte[] {'n', 'e', 'w'}));
      assertThat(file).hasContent("before");
      download.finish();
    }

    assertThat(file).hasContent("new");
    assertThat(files()).isEqualTo(1);
  }

  @Test
  void shouldLeaveNothingBehindWhenItFails() throws Exception {
    Path file = directory.resolve("f");

    Download.to(file).close();

    assertThat(files()).isZero();
  }

  @Test
  void shouldFollowASymbolicLink() throws Exception {
    Path target = Files.writeString(directory.resolve("target"), "before");
    Path link = Files.createSymbolicLink(directory.resolve("link"), target);

    try (Download download = Download.to(link)) {
      download.channel().write(ByteBuffer.wrap(new byte[] {'n'}));
      download.finish();
    }

    assertThat(link).isSymbolicLink();
    assertThat(target).hasContent("n");
  }

  @Test
  void shouldWriteToADeviceDirectly() throws Exception {
    try (Download download = Download.to(Path.of("/dev/null"))) {
      download.channel().write(ByteBuffer.wrap(new byte[] {'n'}));
      download.finish();
    }

    assertThat(Path.of("/dev/null")).exists();
  }
}
