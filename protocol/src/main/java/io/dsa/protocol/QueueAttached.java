package io.dsa.protocol;

import java.util.List;

/**
 * Answers {@link AttachQueue}. Type 0x8022.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|                         first grant                           |
 *   +---------------+---------------+---------------+---------------+
 *  4|                  number of grants of the queue                |
 *   +---------------+---------------+---------------+---------------+
 *  8|       number of grants        |        length of grant        |
 *   +---------------+---------------+---------------+---------------+
 * 12|  grant, see ExtentGrant; length and grant repeated           ...
 *   +---------------+---------------+---------------+---------------+
 *   |  options                                                     ...
 * </pre>
 *
 * @param firstGrant index of the first grant that is here
 * @param grantCount how many grants the queue has in all
 * @param grants one or more for each extent from the first on, in the order of volume offsets
 */
public record QueueAttached(int firstGrant, int grantCount, List<ExtentGrant> grants)
    implements Reply {
  /** How many grants fit in one message, as long as they have no options. */
  public static final int MAX_GRANTS = (MessageCodec.MAX_MESSAGE_BYTES - 16 - 10) / (2 + 30);

  public QueueAttached {
    WireCheck.range("first grant", firstGrant, 0, Integer.MAX_VALUE);
    WireCheck.range("number of grants", grantCount, 0, Integer.MAX_VALUE);
    grants = List.copyOf(grants);
    if (!grants.isEmpty() && grants.size() > grantCount - firstGrant) {
      throw new IllegalArgumentException(
          grants.size()
              + " grants from grant "
              + firstGrant
              + " on are more than the queue's "
              + grantCount
              + " in all");
    }
  }

  /**
   * Returns a reply with as many of all {@code grants}, from {@code firstGrant}, as fit: none where
   * there is no such grant.
   */
  public static QueueAttached page(List<ExtentGrant> grants, int firstGrant) {
    List<ExtentGrant> rest = Page.from(grants, firstGrant);
    int fit = Page.fit(new QueueAttached(0, 0, List.of())::encode, rest, ExtentGrant::encode);
    return new QueueAttached(firstGrant, grants.size(), rest.subList(0, fit));
  }

  /** Says whether there are grants after these. */
  public boolean more() {
    return firstGrant + grants.size() < grantCount;
  }

  void encode(FieldWriter out) {
    out.int32(firstGrant).int32(grantCount).u16(grants.size());
    for (ExtentGrant grant : grants) {
      int start = out.begin();
      grant.encode(out);
      out.end(start);
    }
  }

  static QueueAttached decode(FieldReader in) throws ProtocolException {
    return new QueueAttached(
        in.int32("first grant"),
        in.int32("number of grants"),
        in.structures("grant", ExtentGrant::decode));
  }
}
