package io.dsa.client;

import io.dsa.protocol.ExtentGrant;
import java.util.Arrays;
import java.util.List;

/** Where the bytes of a volume are for one queue: remote addresses and keys by volume offset. */
final class ExtentMap {
  private final long[] starts;
  private final long[] addresses;
  private final int[] keys;
  private final long bytes;

  /** Grants in the order of their volume offsets, without gaps. */
  ExtentMap(List<ExtentGrant> grants) {
    starts = new long[grants.size()];
    addresses = new long[grants.size()];
    keys = new int[grants.size()];
    long end = 0;
    for (int i = 0; i < starts.length; i++) {
      ExtentGrant grant = grants.get(i);
      if (grant.volumeOffset() != end) {
        throw new DsaException(
            DsaException.Category.INTERNAL,
            "the server granted an extent at " + grant.volumeOffset() + " instead of " + end);
      }
      // Then 8 aligned bytes of the volume are 8 aligned bytes of one extent, as atomics need.
      if (end % Long.BYTES != 0 || grant.remoteAddress() % Long.BYTES != 0) {
        throw new DsaException(
            DsaException.Category.INTERNAL,
            "the server granted an extent that is not aligned to 8 bytes, at " + end);
      }
      starts[i] = end;
      addresses[i] = grant.remoteAddress();
      keys[i] = grant.rkey();
      end += grant.length();
    }
    bytes = end;
  }

  long bytes() {
    return bytes;
  }

  /** The extent that holds this offset, which must be within the volume. */
  int extentAt(long offset) {
    int found = Arrays.binarySearch(starts, offset);
    return found >= 0 ? found : -found - 2;
  }

  /** How many pieces of at most {@code most} bytes a range is in, none of them in two extents. */
  int parts(long offset, long length, long most) {
    int parts = 0;
    long end = offset + length;
    for (long at = offset; at < end; parts++) {
      at = pieceEnd(extentAt(at), at, end, most);
    }
    return parts;
  }

  /** Where the piece ends that begins at {@code at}. */
  long pieceEnd(int extent, long at, long end, long most) {
    return at + Math.min(Math.min(end, end(extent)) - at, most);
  }

  long end(int extent) {
    return extent + 1 < starts.length ? starts[extent + 1] : bytes;
  }

  long remoteAddress(int extent, long offset) {
    return addresses[extent] + (offset - starts[extent]);
  }

  int remoteKey(int extent) {
    return keys[extent];
  }
}
