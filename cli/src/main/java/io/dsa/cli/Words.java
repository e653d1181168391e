package io.dsa.cli;

import java.util.Locale;

/** Names of constants as people and programs see them: RDMA_FLUSH is rdma-flush. */
final class Words {
  private Words() {}

  static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
