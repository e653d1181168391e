package io.dsa.sal.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dsa.sal.PersistenceDomain;
import io.dsa.sal.WriteBack;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A file on the disk that the build's own directory is on. */
class CachedFileTest extends FileDeviceContract {
  @Override
  Path place() throws IOException {
    Path target = Path.of("target").toAbsolutePath();
    String type = Files.getFileStore(target).type();
    assumeTrue(
        List.of("ext2", "ext3", "ext4", "xfs", "f2fs").contains(type),
        () -> target + " is on " + type + ", which a device cannot lie on; the lab has ext4");
    return target;
  }

  @Test
  void shouldBeAsDurableAsTheDiskBelow() throws IOException {
    assertThat(device().medium())
        .startsWith("file on " + Files.getFileStore(file()).type() + " (")
        .endsWith("), page cache, written out by msync");
    assertThat(device().persistence()).isEqualTo(PersistenceDomain.DEVICE);
    assertThat(device().writeBack()).isEqualTo(WriteBack.MSYNC);
  }
}
