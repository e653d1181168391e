package io.dsa.lab.attack;

import java.util.List;

/** Attacks on one thing. What they have in common is made with it, and closed with it. */
interface Family extends AutoCloseable {
  List<Attack> attacks();

  @Override
  default void close() {}
}
