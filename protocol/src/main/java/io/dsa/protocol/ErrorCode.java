package io.dsa.protocol;

/** Why a request was refused. The numbers are on the wire and never change or get reused. */
public enum ErrorCode {
  /** A code that this build does not know; a newer peer sent it. */
  UNRECOGNISED(0),
  /** No volume of that name. */
  UNKNOWN_VOLUME(1),
  /** A volume of that name is already there. */
  VOLUME_EXISTS(2),
  /** The pool has not that many bytes free. */
  NO_SPACE(3),
  /** The name breaks the rules of {@link VolumeName}. */
  INVALID_NAME(4),
  /** The size is zero, negative or absurd. */
  INVALID_SIZE(5),
  /** Somebody has the volume open in a way that excludes this. */
  VOLUME_BUSY(6),
  /** The server does not know the request, or cannot do it on this hardware. */
  UNSUPPORTED(7),
  /** A configured limit is reached; the message says which and its number. */
  LIMIT(8),
  /** The request makes no sense. */
  BAD_REQUEST(9),
  /** The queue token was never given, is used up, has expired or is another session's. */
  UNKNOWN_TOKEN(10),
  /**
   * The volume handle was never open in this session, its client has closed it, or it was revoked
   * so long ago that the server has forgotten why.
   */
  NOT_OPEN(11),
  /** A durable flush was asked of a volume that keeps nothing over a power cut. */
  VOLATILE_VOLUME(12),
  /** The medium failed. */
  IO_ERROR(13),
  /** A defect in the server; its log has more. */
  INTERNAL(14),
  /** The server is going down. */
  SHUTTING_DOWN(15),
  /** The server is out of memory, locked memory, memory regions, windows or queue pairs. */
  RESOURCES(16),
  /** No pool of that URI. */
  UNKNOWN_POOL(17),
  /** The volume is open read-only. */
  READ_ONLY(18),
  /** No common protocol version. */
  VERSION(19),
  /**
   * The proof is wrong, or there is no such user: which of the two is not said. The server closes
   * the connection.
   */
  AUTHENTICATION_FAILED(20),
  /** The user lacks the right or the role that the message names. */
  NOT_PERMITTED(21),
  /** No user of that name. Of the admin plane only. */
  UNKNOWN_USER(22),
  /** A user of that name is already there. Of the admin plane only. */
  USER_EXISTS(23),
  /** No session of that number. Of the admin plane only. */
  UNKNOWN_SESSION(24),
  /** Another client has taken the volume over that this handle was of. */
  TAKEN_OVER(25);

  private final int wire;

  ErrorCode(int wire) {
    this.wire = wire;
  }

  /** Returns the number on the wire, 16 bits. */
  public int wire() {
    return wire;
  }

  static ErrorCode fromWire(int wire) {
    for (ErrorCode code : values()) {
      if (code.wire == wire) {
        return code;
      }
    }
    return UNRECOGNISED;
  }

  /** Returns the constant of that name, as the admin plane sends it. */
  public static ErrorCode ofName(String name) {
    for (ErrorCode code : values()) {
      if (code.name().equals(name)) {
        return code;
      }
    }
    return UNRECOGNISED;
  }
}
