package io.dsa.server.admin;

import io.dsa.protocol.ErrorCode;
import java.util.Locale;

/** Constants as JSON has them: RDMA_FLUSH is rdma-flush. */
final class Words {
  private Words() {}

  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The constant of that word, which came with this key. */
  static <E extends Enum<E>> E read(String key, String word, Class<E> type) {
    for (E constant : type.getEnumConstants()) {
      if (of(constant).equals(word)) {
        return constant;
      }
    }
    throw new RefusedException(
        ErrorCode.BAD_REQUEST, key + ": unknown word '" + PercentEncoding.printable(word) + "'");
  }
}
