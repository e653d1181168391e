package io.dsa.sal;

/**
 * A piece of a device.
 *
 * @param poolOffset where it begins, in bytes from the first byte of the pool's device
 * @param length in bytes, at least 1
 */
public record Extent(long poolOffset, long length) {
  public Extent {
    if (poolOffset < 0 || length < 1 || length > Long.MAX_VALUE - poolOffset) {
      throw new IllegalArgumentException("extent at " + poolOffset + " of " + length + " bytes");
    }
  }

  /** Returns where it ends: the offset of the first byte after it. */
  public long end() {
    return poolOffset + length;
  }
}
