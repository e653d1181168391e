package io.dsa.server;

import io.dsa.protocol.ErrorCode;
import java.util.LinkedHashMap;

/**
 * Why a session's handles that the server revoked are open no more; of the latest ones, so that it
 * does not grow with a session that lasts. Confined to its session's lock.
 */
final class RevokedHandles {
  /** What the client is told of one. */
  record Reason(ErrorCode code, String message) {}

  private final int most;
  private final LinkedHashMap<Long, Reason> reasons = new LinkedHashMap<>();

  /**
   * None yet.
   *
   * @param most how many are remembered
   */
  RevokedHandles(int most) {
    this.most = most;
  }

  void add(long handle, Reason why) {
    reasons.put(handle, why);
    if (reasons.size() > most) {
      reasons.pollFirstEntry();
    }
  }

  /** What to refuse a request with that names a handle that is not open. */
  RequestException refusal(long handle) {
    Reason why = reasons.get(handle);
    return why != null
        ? new RequestException(why.code(), why.message())
        : new RequestException(
            ErrorCode.NOT_OPEN, "volume handle " + handle + " is not open in this session");
  }
}
