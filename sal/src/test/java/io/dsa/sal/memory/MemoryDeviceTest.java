package io.dsa.sal.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dsa.sal.Device;
import io.dsa.sal.DeviceContract;
import io.dsa.sal.Devices;
import io.dsa.sal.PersistenceDomain;
import io.dsa.sal.StorageException;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryDeviceTest extends DeviceContract {
  @Override
  protected String uri() {
    return "memory:8MiB";
  }

  @Test
  void shouldSayThatItIsVolatile() {
    assertThat(device().persistence()).isEqualTo(PersistenceDomain.VOLATILE);
  }

  @Test
  void shouldRoundUpToHugePagesAndBeZero() {
    try (Device odd = Devices.open("memory:3000001")) {
      assertThat(odd.capacity()).isEqualTo(4L << 20);
      MemorySegment zeros = MemorySegment.ofArray(new byte[4 << 20]);
      assertThat(odd.memory().mismatch(zeros)).isEqualTo(-1);
    }
  }

  @Test
  void shouldGiveMemoryBackWhenClosed() {
    for (int i = 0; i < 2000; i++) {
      // 2000 GiB of address space in all, which only fits if each mapping goes.
      Devices.open("memory:1GiB").close();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "memory:0",
        "memory:x",
        "memory:-1",
        "memory:9223372036854775807",
        "memory:8191PiB"
      })
  void shouldRefuseSizesThatMakeNoSense(String uri) {
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> Devices.open(uri))
        .satisfies(e -> assertThat(e.category()).isEqualTo(StorageException.Category.INVALID));
  }

  @Test
  void shouldSayThatThereIsNotThatMuchMemory() {
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> Devices.open("memory:4000000TiB"))
        .withMessageContaining("memory:4000000TiB")
        .withMessageContaining("errno 12")
        .satisfies(e -> assertThat(e.category()).isEqualTo(StorageException.Category.NO_SPACE));
  }
}
