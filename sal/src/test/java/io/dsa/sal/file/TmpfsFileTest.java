package io.dsa.sal.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.sal.PersistenceDomain;
import io.dsa.sal.WriteBack;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Memory that outlives the process. */
class TmpfsFileTest extends FileDeviceContract {
  @Override
  Path place() {
    return Path.of("/dev/shm");
  }

  @Test
  void shouldSayThatItIsVolatileButOutlivesTheProcess() {
    assertThat(device().medium()).isEqualTo("file on tmpfs, DRAM in pages of 4KiB");
    assertThat(device().persistence()).isEqualTo(PersistenceDomain.VOLATILE);
    assertThat(device().writeBack()).isEqualTo(WriteBack.NONE);
    assertThat(device().isTransient()).isFalse();
  }
}
