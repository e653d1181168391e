package io.dsa.cli;

import io.dsa.protocol.DurabilityMethod;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What put and get did. */
record TransferReport(
    String verb, String volume, Path file, long bytes, long nanos, Optional<Ending> ending) {

  /**
   * How a put ended.
   *
   * @param method empty where the volume is volatile
   */
  record Ending(Optional<DurabilityMethod> method) {
    String text() {
      return method
          .map(used -> "durable by " + Words.of(used))
          .orElse("NOT durable: the volume is volatile");
    }
  }

  private double seconds() {
    return nanos / 1e9;
  }

  List<String> lines() {
    return List.of(
        String.format(
            Locale.ROOT,
            "%s: %d bytes in %.3f s, %.1f MB/s%s",
            verb,
            bytes,
            seconds(),
            bytes * 1e3 / Math.max(nanos, 1),
            ending.map(how -> ", " + how.text()).orElse("")));
  }

  Json.Transfer document() {
    return new Json.Transfer(
        verb,
        volume,
        file.toString(),
        bytes,
        seconds(),
        ending.flatMap(Ending::method).map(Words::of).orElse(null));
  }
}
