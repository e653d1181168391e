package io.dsa.lab.attack;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** What came of the tries of one attack. Thread-safe. */
final class Tally {
  /** The verdict where the lab's device lets something through. */
  static final String DEVICE = "device";

  private final Map<String, Integer> refusals = new TreeMap<>();
  private final Map<String, Integer> breaches = new TreeMap<>();
  private final Map<String, Integer> byDevice = new TreeMap<>();
  private final Map<String, Integer> notes = new TreeMap<>();

  /** One try was refused, in these words. */
  synchronized void refused(String answer) {
    refusals.merge(answer, 1, Integer::sum);
  }

  /** One try succeeded, or the server did what it must not. */
  synchronized void breach(String what) {
    breaches.merge(what, 1, Integer::sum);
  }

  /** One try went through since the lab's device lets it, which no server can keep it from. */
  synchronized void letThroughByDevice(String what) {
    byDevice.merge(what, 1, Integer::sum);
  }

  /** A try that has to end as expected. */
  void expect(String expected, String answer) {
    if (answer.equals(expected)) {
      refused(answer);
    } else {
      breach(answer + " where " + expected + " was due");
    }
  }

  /** What a reader of the table wants to know besides; no try. */
  synchronized void note(String what) {
    notes.merge(what, 1, Integer::sum);
  }

  synchronized int tries() {
    return sum(refusals) + sum(breaches) + sum(byDevice);
  }

  /** Whether there was a try, and every one was refused. */
  synchronized boolean held() {
    return breaches.isEmpty() && !refusals.isEmpty();
  }

  /** In a word. */
  synchronized String verdict() {
    if (!held()) {
      return "FAILED";
    }
    return byDevice.isEmpty() ? "refused" : DEVICE;
  }

  synchronized String answers() {
    String refused = text(refusals, ", ");
    String noted = notes.isEmpty() ? "" : "; " + String.join("; ", notes.keySet());
    String breached = breaches.isEmpty() ? "" : "NOT REFUSED: " + text(breaches, ", ") + "; ";
    String through =
        byDevice.isEmpty() ? "" : "the device lets through: " + text(byDevice, ", ") + "; ";
    return breached + through + (refused.isEmpty() ? "nothing was tried" : refused) + noted;
  }

  private static int sum(Map<String, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  private static String text(Map<String, Integer> counts, String between) {
    return counts.entrySet().stream()
        .map(entry -> entry.getKey() + " x " + entry.getValue())
        .collect(Collectors.joining(between));
  }
}
