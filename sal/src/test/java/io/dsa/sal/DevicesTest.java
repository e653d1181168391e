package io.dsa.sal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dsa.sal.StorageException.Category;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DevicesTest {
  @Test
  void shouldNameTheKnownKindsForAnUnknownOne() {
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> Devices.open("floppy:/dev/fd0"))
        .withMessage(
            "'floppy:/dev/fd0': there is no kind of device 'floppy'; there are devdax:/dev/dax0.0,"
                + " example:/srv/pool, file:/mnt/pmem/pool, memory:256MiB")
        .satisfies(e -> assertThat(e.category()).isEqualTo(Category.INVALID));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "memory",
        "memory:",
        "/dev/dax0.0",
        "Memory:1MiB",
        "memory:1\n2",
        "a b:c"
      })
  void shouldRefuseWhatIsNoUri(String uri) {
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> Devices.open(uri))
        .withMessageContaining("is no device URI")
        .satisfies(e -> assertThat(e.category()).isEqualTo(Category.INVALID))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  @Test
  void shouldSayInALineWhatIsWrongWithAHugeUri() {
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> Devices.open("memory:" + "9".repeat(1_000_000)))
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
  }

  @Test
  void shouldKeepTheUriAsItWasWritten() {
    try (Device device = Devices.open("memory:4 MiB")) {
      assertThat(device.uri()).isEqualTo("memory:4 MiB");
    }
  }
}
