package io.dsa.sal.devdax;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dsa.sal.Devices;
import io.dsa.sal.StorageException;
import io.dsa.sal.StorageException.Category;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What can be said without a device; the contract runs on a real one in the lab. */
class DevDaxProviderTest {
  @TempDir Path directory;

  @Test
  void shouldNameADeviceThatIsNotThere() {
    refused("devdax:/dev/dax77.0", Category.NO_DEVICE, "no such device");
    refused("devdax:/dev/null/dax", Category.NO_DEVICE, "/dev/null/dax");
  }

  @Test
  void shouldRefuseOtherKindsOfFile() throws IOException {
    Path file = Files.createFile(directory.resolve("file"));
    refused("devdax:" + file, Category.WRONG_KIND, "no DAX character device");
    refused("devdax:" + directory, Category.WRONG_KIND, "no DAX character device");
    refused("devdax:/dev/null", Category.WRONG_KIND, "no DAX character device");
    refused("devdax:/dev/zero", Category.WRONG_KIND, "no DAX character device");
  }

  @Test
  void shouldRefuseWhatIsNoAbsolutePath() {
    refused("devdax:dax0.0", Category.INVALID, "absolute path");
  }

  private static void refused(String uri, Category category, String why) {
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> Devices.open(uri))
        .withMessageContaining(uri)
        .withMessageContaining(why)
        .satisfies(e -> assertThat(e.category()).isEqualTo(category))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }
}
