package io.dsa.protocol;

import java.util.Objects;

/**
 * Answers {@link ShowVolume}. Type 0x8010.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|       length of volume        |  volume, see VolumeInfo      ...
 *   +---------------+---------------+---------------+---------------+
 *   |  options                                                     ...
 * </pre>
 *
 * @param volume the volume
 */
public record VolumeReply(VolumeInfo volume) implements Reply {
  public VolumeReply {
    Objects.requireNonNull(volume, "volume");
  }

  void encode(FieldWriter out) {
    int start = out.begin();
    volume.encode(out);
    out.end(start);
  }

  static VolumeReply decode(FieldReader in) throws ProtocolException {
    return new VolumeReply(in.structure("volume", VolumeInfo::decode));
  }
}
