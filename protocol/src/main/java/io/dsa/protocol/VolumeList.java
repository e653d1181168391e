package io.dsa.protocol;

import java.util.List;

/**
 * Answers {@link ListVolumes}. Type 0x8012.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|1: more volumes|       number of volumes       |
 *   +---------------+---------------+---------------+---------------+
 *  3|       length of volume        |  volume, see VolumeInfo; repeated
 *   +---------------+---------------+---------------+---------------+
 *   |  options                                                     ...
 * </pre>
 *
 * @param volumes in the order of their names
 * @param more whether there are volumes after these
 */
public record VolumeList(List<VolumeInfo> volumes, boolean more) implements Reply {
  public VolumeList {
    volumes = List.copyOf(volumes);
  }

  /**
   * Returns a reply with as many of {@code volumes}, from the first, as fit in a message.
   *
   * @param volumes all volumes after the name that was asked for, in order
   */
  public static VolumeList page(List<VolumeInfo> volumes) {
    int fit = Page.fit(new VolumeList(List.of(), false)::encode, volumes, VolumeInfo::encode);
    return new VolumeList(volumes.subList(0, fit), fit < volumes.size());
  }

  void encode(FieldWriter out) {
    out.u8(more ? 1 : 0).u16(volumes.size());
    for (VolumeInfo volume : volumes) {
      int start = out.begin();
      volume.encode(out);
      out.end(start);
    }
  }

  static VolumeList decode(FieldReader in) throws ProtocolException {
    boolean more = in.bool("more");
    return new VolumeList(in.structures("volume", VolumeInfo::decode), more);
  }
}
