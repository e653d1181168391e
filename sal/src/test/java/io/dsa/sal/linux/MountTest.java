package io.dsa.sal.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MountTest {
  @TempDir Path process;

  @BeforeEach
  void makeProcess() throws IOException {
    Files.createDirectory(process.resolve("fdinfo"));
    Files.writeString(
        process.resolve("mountinfo"),
        """
        21 1 254:0 / / rw,relatime - ext4 /dev/vda rw
        2 21 0:5 / /dev rw shared:1 - devtmpfs devtmpfs rw
        210 21 259:1 /sub /mnt/a\\040b rw,noatime shared:3 master:2 - xfs /dev/pmem\\0401 rw,dax=always
        """);
  }

  @Test
  void shouldFindTheMountByItsNumberAndNoOther() throws IOException {
    opened(7, "pos:\t0\nflags:\t02\nmnt_id:\t210\nino:\t9\n");
    assertThat(Mount.of(process, 7))
        .contains(new Mount("xfs", "/dev/pmem\\0401", List.of("rw", "dax=always"), "259:1"));
    opened(8, "mnt_id:\t2\n");
    assertThat(Mount.of(process, 8).orElseThrow().type()).isEqualTo("devtmpfs");
  }

  @Test
  void shouldSayThatAMountIsHidden() throws IOException {
    opened(7, "mnt_id:\t10\n");
    assertThat(Mount.of(process, 7)).isEmpty();
    opened(8, "pos:\t0\n");
    assertThat(Mount.of(process, 8)).isEmpty();
  }

  private void opened(int fd, String info) throws IOException {
    Files.writeString(process.resolve("fdinfo/" + fd), info);
  }
}
