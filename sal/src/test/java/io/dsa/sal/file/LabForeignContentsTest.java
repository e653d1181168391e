package io.dsa.sal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dsa.sal.Device;
import io.dsa.sal.Devices;
import io.dsa.sal.FormatOptions;
import io.dsa.sal.Pool;
import io.dsa.sal.StorageException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Devices that somebody has made another file system on, with the tools that the lab has. */
@Tag("lab")
@Tag("machine")
class LabForeignContentsTest {
  @ParameterizedTest
  @CsvSource({
    "mkfs.btrfs -q, 160, a Btrfs file system",
    "mkfs.xfs -q, 320, an XFS file system",
  })
  void shouldBeKept(String command, int mebibytes, String what, @TempDir Path directory)
      throws IOException {
    LabMount.requireGuest();
    Path image = directory.resolve("image");
    LabMount.run("truncate", "--size", mebibytes + "M", image.toString());
    LabMount.run("sh", "-c", command + " " + image);
    try (Device device = Devices.open("file:" + image)) {
      byte[] before = head(device);

      assertThatExceptionOfType(StorageException.class)
          .isThrownBy(() -> Pool.open(device))
          .withMessageContaining("it holds " + what);
      assertThatExceptionOfType(StorageException.class)
          .isThrownBy(() -> Pool.format(device, FormatOptions.careful()))
          .withMessageContaining("holds " + what);

      assertThat(head(device)).isEqualTo(before);
    }
  }

  private static byte[] head(Device device) {
    byte[] bytes = new byte[1 << 20];
    device.read(0, MemorySegment.ofArray(bytes));
    return bytes;
  }
}
