package io.dsa.sal;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Looks whether a device holds something: what file systems, partition tables and DSA itself leave
 * in its first and last MiB.
 */
final class DeviceContents {
  private static final int EDGE = 1 << 20;

  private DeviceContents() {}

  /** Returns what the device holds, for people, or empty if both of its ends are zeros. */
  static Optional<String> find(Device device) {
    byte[] head = read(device, 0);
    byte[] tail = read(device, Math.max(0, device.capacity() - EDGE));
    if (isZero(head) && isZero(tail)) {
      return Optional.empty();
    }
    return Optional.of(recognise(head));
  }

  private static String recognise(byte[] head) {
    if (has(head, 0, "DSAPOOL\0") || has(head, (int) PoolLayout.PAGE, "DSAPOOL\0")) {
      return "a DSA pool";
    }
    if (has(head, 0x438, "S\u00EF")) {
      return "an ext2, ext3 or ext4 file system";
    }
    if (has(head, 0, "XFSB")) {
      return "an XFS file system";
    }
    if (has(head, 0x10040, "_BHRfS_M")) {
      return "a Btrfs file system";
    }
    if (has(head, 0, "LUKS\u00BA\u00BE")) {
      return "a LUKS encrypted volume";
    }
    if (has(head, 0x200, "LABELONE") || has(head, 0, "LABELONE")) {
      return "an LVM physical volume";
    }
    if (has(head, 4086, "SWAPSPACE2")) {
      return "swap space";
    }
    if (has(head, 512, "EFI PART") || has(head, 4096, "EFI PART")) {
      return "a GPT partition table";
    }
    if (has(head, 510, "U\u00AA")) {
      return "a partition table or boot sector";
    }
    return "data of an unknown kind";
  }

  private static boolean has(byte[] bytes, int offset, String latin1) {
    byte[] magic = latin1.getBytes(StandardCharsets.ISO_8859_1);
    return offset + magic.length <= bytes.length
        && Arrays.equals(bytes, offset, offset + magic.length, magic, 0, magic.length);
  }

  private static byte[] read(Device device, long offset) {
    byte[] bytes = new byte[(int) Math.min(EDGE, device.capacity())];
    device.read(offset, MemorySegment.ofArray(bytes));
    return bytes;
  }

  private static boolean isZero(byte[] bytes) {
    for (byte b : bytes) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }
}
