package io.dsa.verbs;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DeviceAttributesTest {
  /** SoftRoCE says that a region may have 2^64 - 1 bytes. */
  @ParameterizedTest
  @CsvSource({
    "-1, 9223372036854775807",
    "-9223372036854775808, 9223372036854775807",
    "9223372036854775807, 9223372036854775807",
    "1073741824, 1073741824",
    "0, 0",
  })
  void shouldTakeTheLongestRegionAsUnsigned(long raw, long expected) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(DeviceAttributes.BYTES, Long.BYTES);
      memory.set(JAVA_LONG, DeviceAttributes.MAX_REGION, raw);

      assertThat(DeviceAttributes.read(memory).maxRegionBytes()).isEqualTo(expected);
    }
  }
}
