package io.dsa.client;

/**
 * Some bytes of a volume.
 *
 * @param offset of the first
 * @param end offset behind the last
 */
record ByteRange(long offset, long end) {
  @Override
  public String toString() {
    return offset + "+" + (end - offset);
  }
}
