package io.dsa.lab.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** All measurements of one run. */
record Measurements(List<Measurement> all) {
  /** Reads a file with one measurement in each line. */
  static Measurements read(Path file) throws IOException {
    JsonMapper mapper = new JsonMapper();
    List<Measurement> all = new ArrayList<>();
    List<String> lines = Files.readAllLines(file);
    for (int i = 0; i < lines.size(); i++) {
      try {
        all.add(mapper.readValue(lines.get(i), Measurement.class));
      } catch (JacksonException e) {
        throw new IOException(
            file + ", line " + (i + 1) + ": no measurement: " + e.getOriginalMessage(), e);
      }
    }
    if (all.isEmpty()) {
      throw new IOException(file + ": holds no measurements");
    }
    return new Measurements(List.copyOf(all));
  }

  List<Case> cases() {
    return all.stream().map(Measurement::ofCase).distinct().sorted().toList();
  }

  /** In the order in which they were first measured. */
  List<String> peers() {
    return all.stream().map(Measurement::peer).distinct().toList();
  }

  /** Empty where the peer did not measure that. */
  Optional<Spread> of(String peer, Case what, Measurement.Figure figure) {
    List<Double> values =
        all.stream()
            .filter(m -> m.peer().equals(peer) && m.ofCase().equals(what))
            .map(m -> m.get(figure))
            .filter(OptionalDouble::isPresent)
            .map(OptionalDouble::getAsDouble)
            .toList();
    return values.isEmpty() ? Optional.empty() : Optional.of(Spread.of(values));
  }

  /**
   * Holds two peers against each other round by round, so that what slows a whole round down does
   * not count; empty where there is no round with both.
   */
  Optional<Spread> ratio(String upper, String lower, Case what, Measurement.Figure figure) {
    List<Double> values = new ArrayList<>();
    for (int round : all.stream().map(Measurement::round).distinct().toList()) {
      Optional<Spread> above = in(round).of(upper, what, figure);
      Optional<Spread> below = in(round).of(lower, what, figure);
      if (above.isPresent() && below.isPresent()) {
        values.add(above.get().median() / below.get().median());
      }
    }
    return values.isEmpty() ? Optional.empty() : Optional.of(Spread.of(values));
  }

  private Measurements in(int round) {
    return new Measurements(all.stream().filter(m -> m.round() == round).toList());
  }
}
