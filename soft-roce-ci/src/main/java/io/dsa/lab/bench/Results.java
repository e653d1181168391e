package io.dsa.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** The results of one run, as results.json and as a table. */
final class Results {
  private static final int API_VERSION = 1;

  private final Measurements measurements;

  Results(Measurements measurements) {
    this.measurements = measurements;
  }

  /**
   * With every measurement, and {@code ratios} by their names; one that nobody measured is null.
   */
  String json(String kernel) {
    JsonMapper mapper = JsonMapper.builder().build();
    ObjectNode document = mapper.createObjectNode();
    document.put("apiVersion", API_VERSION).put("kind", "BenchComparison").put("kernel", kernel);
    ObjectNode ratios = document.putObject("ratios");
    ObjectNode spreads = document.putObject("ratioSpreads");
    for (Ratio ratio : Ratio.ALL) {
      Optional<Spread> spread = ratio.in(measurements);
      ratios.set(ratio.name(), mapper.valueToTree(spread.map(Spread::median).orElse(null)));
      spread.ifPresent(found -> spreads.set(ratio.name(), mapper.valueToTree(found)));
    }
    document.set("measurements", mapper.valueToTree(measurements.all()));
    return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(document) + "\n";
  }

  /** Medians of all rounds; in parentheses the least and the greatest. */
  List<String> lines() {
    List<String> lines = new ArrayList<>();
    for (Case what : measurements.cases()) {
      lines.add("");
      lines.add(what.text());
      lines.add(
          String.format(
              "  %-9s %-26s %-26s %-10s %s", "", "median us", "requests/s", "mean us", "p99 us"));
      for (String peer : measurements.peers()) {
        row(peer, what).ifPresent(lines::add);
      }
    }
    lines.add("");
    lines.add(
        String.format("%-36s %-24s %-8s %s", "ratio", "median (least to greatest)", "must", ""));
    for (Ratio ratio : Ratio.ALL) {
      lines.add(row(ratio));
    }
    return lines;
  }

  private Optional<String> row(String peer, Case what) {
    return measurements
        .of(peer, what, Measurement.Figure.IOPS)
        .map(iops ->
            String.format(
                    "  %-9s %-26s %-26s %-10s %s",
                    peer,
                    measurements
                        .of(peer, what, Measurement.Figure.MEDIAN)
                        .map(s -> text(s, 1))
                        .orElse("-"),
                    text(iops, 0),
                    alone(peer, what, Measurement.Figure.MEAN),
                    alone(peer, what, Measurement.Figure.P99))
                .stripTrailing());
  }

  private String alone(String peer, Case what, Measurement.Figure figure) {
    return measurements.of(peer, what, figure).map(s -> number(s.median(), 1)).orElse("-");
  }

  private String row(Ratio ratio) {
    Optional<Spread> spread = ratio.in(measurements);
    return String.format(
            "%-36s %-26s %-8s %s",
            ratio.name(),
            spread.map(found -> text(found, 3)).orElse("not measured"),
            ratio.must(),
            spread.map(found -> ratio.isMetBy(found.median()) ? "met" : "MISSED").orElse(""))
        .stripTrailing();
  }

  private static String text(Spread spread, int digits) {
    return number(spread.median(), digits)
        + " ("
        + number(spread.least(), digits)
        + " to "
        + number(spread.greatest(), digits)
        + ")";
  }

  private static String number(double value, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
