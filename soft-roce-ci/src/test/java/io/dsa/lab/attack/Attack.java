package io.dsa.lab.attack;

/**
 * One attack.
 *
 * @param name what is tried, as the table says it
 * @param attempt tries it, as often as it should be
 */
record Attack(String name, Attempt attempt) {
  /** What is thrown means that the attack could not be tried, which is no proof of anything. */
  @FunctionalInterface
  interface Attempt {
    void run(Tally tally) throws Exception;
  }
}
