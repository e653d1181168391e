package io.dsa.protocol;

/**
 * What one session may use; past it a request is answered with {@link ErrorCode#LIMIT}. A
 * structure: its length comes before it and options may come after its fields.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|                      open volumes, at most                    |
 *   +---------------+---------------+---------------+---------------+
 *  4|                       data queues, at most                    |
 *   +---------------+---------------+---------------+---------------+
 *  8|                   requests in flight, at most                 |
 *   +---------------+---------------+---------------+---------------+
 * 12|                      lease, milliseconds                      |
 *   +---------------+---------------+---------------+---------------+
 * </pre>
 *
 * @param openVolumes volume handles open at once, at least 1
 * @param queues data queues at once, over all volumes, at least 1
 * @param requestsInFlight requests sent and not yet answered, at least 1
 * @param leaseMillis how long the server keeps a silent session, in milliseconds; 0 is for as long
 *     as it is connected
 */
public record SessionLimits(int openVolumes, int queues, int requestsInFlight, int leaseMillis) {
  public SessionLimits {
    WireCheck.range("open volumes", openVolumes, 1, Integer.MAX_VALUE);
    WireCheck.range("queues", queues, 1, Integer.MAX_VALUE);
    WireCheck.range("requests in flight", requestsInFlight, 1, Integer.MAX_VALUE);
    WireCheck.range("lease", leaseMillis, 0, Integer.MAX_VALUE);
  }

  void encode(FieldWriter out) {
    out.int32(openVolumes).int32(queues).int32(requestsInFlight).int32(leaseMillis);
  }

  static SessionLimits decode(FieldReader in) throws ProtocolException {
    return new SessionLimits(
        in.int32("open volumes"),
        in.int32("queues"),
        in.int32("requests in flight"),
        in.int32("lease"));
  }
}
