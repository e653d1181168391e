package io.dsa.sal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.dsa.sal.StorageException.Category;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteSizeTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 1",
    "4096, 4096",
    "4096B, 4096",
    "1KiB, 1024",
    "64MiB, 67108864",
    "64 MiB, 67108864",
    "64mib, 67108864",
    "3GiB, 3221225472",
    "1TiB, 1099511627776",
    "9223372036854775807, 9223372036854775807",
    "8388607TiB, 9223370937343148032",
    "0000000000000000000000001KiB, 1024"
  })
  void shouldParse(String text, long bytes) {
    assertThat(ByteSize.parse(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "MiB",
        "-1",
        "+1",
        "1.5GiB",
        "1e3",
        "0x10",
        "64MB",
        "64M",
        "64 M iB",
        "1KiB ",
        "1\n",
        "\u0661KiB",
        "1\u212AiB",
        "9223372036854775808",
        "8388608TiB",
        "99999999999999999999TiB"
      })
  void shouldRefuse(String text) {
    assertThatExceptionOfType(StorageException.class)
        .isThrownBy(() -> ByteSize.parse(text))
        .satisfies(e -> assertThat(e.category()).isEqualTo(Category.INVALID))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0B",
    "1, 1B",
    "1000, 1000B",
    "1024, 1KiB",
    "67108864, 64MiB",
    "3221225472, 3GiB",
    "1610612736, 1536MiB",
    "1099511627776, 1TiB",
    "1000000000, 953.6MiB",
    "1054867456, 1006MiB",
    "4194303, 3.9MiB",
    "1395864372, 1.3GiB",
    "1099511627775, 1023.9GiB",
    "9223372036854775807, 8388607.9TiB",
    "-1024, -1KiB",
    "-9223372036854775808, -8388608TiB"
  })
  void shouldFormat(long bytes, String text) {
    assertThat(ByteSize.format(bytes)).isEqualTo(text);
  }
}
