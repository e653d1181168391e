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
