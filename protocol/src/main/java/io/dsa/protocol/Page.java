package io.dsa.protocol;

import java.nio.BufferOverflowException;
import java.util.List;
import java.util.function.BiConsumer;

/** Works out how much of a list fits in one message. */
final class Page {
  private Page() {}

  /** Returns the part of {@code all} from {@code first}, empty if that is out of range. */
  static <T> List<T> from(List<T> all, int first) {
    return first < 0 || first >= all.size() ? List.of() : all.subList(first, all.size());
  }

  /**
   * Returns how many elements, from the first, fit after what {@code body} writes.
   *
   * @throws IllegalArgumentException if not even the first fits, since then paging would never end
   */
  static <T> int fit(
      MessageCodec.BodyEncoder body, List<T> elements, BiConsumer<T, FieldWriter> encoder) {
    FieldWriter out = new FieldWriter();
    int fit = 0;
    try {
      out.int64(0).int64(0); // the header
      body.encode(out);
      for (T element : elements) {
        int start = out.begin();
        encoder.accept(element, out);
        out.end(start);
        fit++;
      }
    } catch (BufferOverflowException e) {
      if (fit == 0) {
        throw new IllegalArgumentException("one element does not fit in a message", e);
      }
    }
    return fit;
  }
}
