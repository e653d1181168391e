package io.dsa.protocol;

import java.util.List;

/**
 * Answers {@link AttachQueue}. Type 0x8022.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|                         first extent                          |
 *   +---------------+---------------+---------------+---------------+
 *  4|                 number of extents of the volume               |
 *   +---------------+---------------+---------------+---------------+
 *  8|       number of grants        |        length of grant        |
 *   +---------------+---------------+---------------+---------------+
 * 12|  grant, see ExtentGrant; length and grant repeated           ...
 *   +---------------+---------------+---------------+---------------+
 *   |  options                                                     ...
 * </pre>
 *
 * @param firstExtent index of the first extent granted here
 * @param extentCount how many extents the volume has in all
 * @param grants one for each extent from the first on, in the order of volume offsets
 */
public record QueueAttached(int firstExtent, int extentCount, List<ExtentGrant> grants)
    implements Reply {
  /** How many grants fit in one message, as long as they have no options. */
  public static final int MAX_GRANTS = (MessageCodec.MAX_MESSAGE_BYTES - 16 - 10) / (2 + 30);

  public QueueAttached {
    WireCheck.range("first extent", firstExtent, 0, Integer.MAX_VALUE);
    WireCheck.range("number of extents", extentCount, 0, Integer.MAX_VALUE);
    grants = List.copyOf(grants);
    if (grants.size() > extentCount - firstExtent) {
      throw new IllegalArgumentException(
          grants.size()
              + " grants from extent "
              + firstExtent
              + " on are more than the volume's "
              + extentCount
              + " extents");
    }
  }

  /** Returns a reply with as many of all {@code grants}, from {@code firstExtent}, as fit. */
  public static QueueAttached page(List<ExtentGrant> grants, int firstExtent) {
    List<ExtentGrant> rest = Page.from(grants, firstExtent);
    int fit = Page.fit(new QueueAttached(0, 0, List.of())::encode, rest, ExtentGrant::encode);
    return new QueueAttached(firstExtent, grants.size(), rest.subList(0, fit));
  }

  /** Says whether there are extents after these. */
  public boolean more() {
    return firstExtent + grants.size() < extentCount;
  }

  void encode(FieldWriter out) {
    out.int32(firstExtent).int32(extentCount).u16(grants.size());
    for (ExtentGrant grant : grants) {
      int start = out.begin();
      grant.encode(out);
      out.end(start);
    }
  }

  static QueueAttached decode(FieldReader in) throws ProtocolException {
    return new QueueAttached(
        in.int32("first extent"),
        in.int32("number of extents"),
        in.structures("grant", ExtentGrant::decode));
  }
}
