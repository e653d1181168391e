package io.dsa.sal;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** All bytes of a device, to show that nothing was written. */
final class DeviceBytes {
  private DeviceBytes() {}

  static byte[] of(Device device) {
    return device.memory().toArray(ValueLayout.JAVA_BYTE);
  }

  static void assertUnchanged(Device device, byte[] before) {
    assertThat(device.memory().mismatch(MemorySegment.ofArray(before)))
        .as("the first byte that was written")
        .isEqualTo(-1);
  }
}
