package io.dsa.protocol;

/**
 * Lists volumes in the order of their names (by UTF-16 code units). Answered by {@link VolumeList}.
 * Type 0x0012.
 *
 * <pre>
 *    0               1               2               3
 *   +---------------+---------------+---------------+---------------+
 *  0|        length of name         |  name, UTF-8                 ...
 *   +---------------+---------------+---------------+---------------+
 *   |  options                                                     ...
 * </pre>
 *
 * @param afterName the last name of the page before, or empty for the first page; at most 255 bytes
 */
public record ListVolumes(String afterName) implements Request {
  public ListVolumes {
    WireText.check("volume name", afterName, VolumeName.MAX_BYTES);
  }

  void encode(FieldWriter out) {
    out.text(afterName);
  }

  static ListVolumes decode(FieldReader in) throws ProtocolException {
    return new ListVolumes(in.text("volume name", VolumeName.MAX_BYTES));
  }
}
