package io.dsa.protocol;

/**
 * Makes a volume that reads as zeros. Answered by {@link VolumeReply} once it is ready, or refused
 * with {@link ErrorCode#INVALID_NAME}, {@link ErrorCode#INVALID_SIZE}, {@link
 * ErrorCode#VOLUME_EXISTS}, {@link ErrorCode#NO_SPACE} or {@link ErrorCode#UNKNOWN_POOL}. Type
 * 0x0010.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|        length of name         |  name, UTF-8                 ...
 *   +---------------+---------------+---------------+---------------+
 *   |                      size, bytes (64 bits)                   ...
 *   +---------------+---------------+---------------+---------------+
 *   |  option 1: the pool's URI, UTF-8                             ...
 * </pre>
 *
 * @param name see {@link VolumeName}; at most 255 bytes
 * @param bytes its size in bytes
 * @param pool the URI of the pool to make it in, or empty for the server to choose; at most 1024
 *     bytes
 */
public record CreateVolume(String name, long bytes, String pool) implements Request {
  private static final int OPTION_POOL = 1;

  public CreateVolume {
    WireText.check("volume name", name, VolumeName.MAX_BYTES);
    WireText.check("pool", pool, PoolInfo.MAX_URI_BYTES);
  }

  /** A volume in whichever pool the server chooses. */
  public CreateVolume(String name, long bytes) {
    this(name, bytes, "");
  }

  void encode(FieldWriter out) {
    out.text(name).int64(bytes);
    if (!pool.isEmpty()) {
      out.u16(OPTION_POOL).text(pool);
    }
  }

  static CreateVolume decode(FieldReader in) throws ProtocolException {
    String name = in.text("volume name", VolumeName.MAX_BYTES);
    long bytes = in.int64("size");
    String pool = "";
    while (in.hasOption()) {
      FieldReader.Option option = in.option();
      if (option.tag() == OPTION_POOL) {
        pool = option.value().remainingText("pool", PoolInfo.MAX_URI_BYTES);
      }
    }
    return new CreateVolume(name, bytes, pool);
  }
}
