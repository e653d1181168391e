package io.dsa.lab.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Latency against queue depth as an SVG, both on logarithmic axes. Latency is depth divided by
 * requests in a second, which every peer measures: the mean time that a request is in flight.
 */
final class Chart {
  private static final int WIDTH = 760;
  private static final int HEIGHT = 460;
  private static final int LEFT = 80;
  private static final int RIGHT = 190;
  private static final int TOP = 50;
  private static final int BOTTOM = 60;

  private static final Map<String, String> NAMES =
      Map.of(
          "dsa", "DSA",
          "perftest", "perftest",
          "floor", "C floor",
          "nvmeof", "NVMe-oF (kernel)",
          "ucx", "UCX");
  private static final Map<String, String> COLOURS =
      Map.of(
          "dsa", "#d62728",
          "perftest", "#1f77b4",
          "floor", "#2ca02c",
          "nvmeof", "#7f7f7f",
          "ucx", "#9467bd");

  private record Point(int depth, double micros) {}

  private record Line(String peer, List<Point> points) {}

  private final List<Line> lines = new ArrayList<>();
  private final String title;
  private final double leastMicros;
  private final double mostMicros;
  private final int deepest;

  /**
   * Draws what was measured of one operation and block size.
   *
   * @throws IllegalArgumentException if nothing was
   */
  Chart(Measurements measurements, String operation, int block) {
    title = operation + "s of " + (block >> 10) + " KiB: latency by queue depth";
    for (String peer : measurements.peers()) {
      List<Point> points = new ArrayList<>();
      for (Case what : measurements.cases()) {
        if (what.operation().equals(operation) && what.block() == block) {
          Optional<Spread> iops = measurements.of(peer, what, Measurement.Figure.IOPS);
          iops.ifPresent(
              found -> points.add(new Point(what.depth(), what.depth() * 1e6 / found.median())));
        }
      }
      if (!points.isEmpty()) {
        lines.add(new Line(peer, points));
      }
    }
    if (lines.isEmpty()) {
      throw new IllegalArgumentException("no measurements of " + title);
    }
    List<Point> all = lines.stream().flatMap(line -> line.points().stream()).toList();
    double least = all.stream().mapToDouble(Point::micros).min().orElseThrow();
    double most = all.stream().mapToDouble(Point::micros).max().orElseThrow();
    leastMicros = Math.pow(10, Math.floor(Math.log10(least)));
    mostMicros = Math.pow(10, Math.ceil(Math.log10(most * 1.01)));
    deepest = Math.max(2, all.stream().mapToInt(Point::depth).max().orElseThrow());
  }

  String svg() {
    StringBuilder svg = new StringBuilder();
    svg.append(
        String.format(
            Locale.ROOT,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%1$d\" height=\"%2$d\""
                + " viewBox=\"0 0 %1$d %2$d\" font-family=\"sans-serif\" font-size=\"13\">",
            WIDTH,
            HEIGHT));
    svg.append(
        String.format(
            Locale.ROOT, "<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", WIDTH, HEIGHT));
    svg.append(
        String.format(
            Locale.ROOT, "<text x=\"%d\" y=\"28\" font-size=\"16\">%s</text>", LEFT, title));
    axes(svg);
    for (int i = 0; i < lines.size(); i++) {
      draw(svg, lines.get(i), i);
    }
    return svg.append("</svg>\n").toString();
  }

  private void axes(StringBuilder svg) {
    for (double decade = leastMicros; decade <= mostMicros * 1.01; decade *= 10) {
      for (int step : new int[] {1, 2, 5}) {
        if (decade * step <= mostMicros * 1.01) {
          horizontal(svg, decade * step, step == 1);
        }
      }
    }
    for (int depth = 1; depth <= deepest; depth *= 2) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<line x1=\"%1$.1f\" y1=\"%2$d\" x2=\"%1$.1f\" y2=\"%3$d\" stroke=\"#ddd\"/>",
              x(depth),
              TOP,
              HEIGHT - BOTTOM));
      svg.append(
          String.format(
              Locale.ROOT,
              "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d</text>",
              x(depth),
              HEIGHT - BOTTOM + 20,
              depth));
    }
    svg.append(
        String.format(
            Locale.ROOT,
            "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#333\"/>",
            LEFT,
            TOP,
            WIDTH - LEFT - RIGHT,
            HEIGHT - TOP - BOTTOM));
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">queue depth</text>",
            (LEFT + WIDTH - RIGHT) / 2,
            HEIGHT - 16));
    svg.append(
        String.format(
            Locale.ROOT,
            "<text transform=\"translate(22 %d) rotate(-90)\" text-anchor=\"middle\">mean latency,"
                + " microseconds</text>",
            (TOP + HEIGHT - BOTTOM) / 2));
  }

  private void horizontal(StringBuilder svg, double micros, boolean strong) {
    svg.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%d\" y1=\"%3$.1f\" x2=\"%2$d\" y2=\"%3$.1f\" stroke=\"%4$s\"/>",
            LEFT,
            WIDTH - RIGHT,
            y(micros),
            strong ? "#bbb" : "#eee"));
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.0f</text>",
            LEFT - 8,
            y(micros) + 4,
            micros));
  }

  private void draw(StringBuilder svg, Line line, int place) {
    String colour = COLOURS.getOrDefault(line.peer(), "#000");
    StringBuilder path = new StringBuilder();
    for (Point point : line.points()) {
      svg.append(
          String.format(
              Locale.ROOT,
              "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>",
              x(point.depth()),
              y(point.micros()),
              colour));
      path.append(String.format(Locale.ROOT, "%.1f,%.1f ", x(point.depth()), y(point.micros())));
    }
    svg.append(
        String.format(
            Locale.ROOT,
            "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>",
            path.toString().strip(),
            colour));
    int keyY = TOP + 14 + 24 * place;
    int keyX = WIDTH - RIGHT + 16;
    svg.append(
        String.format(
            Locale.ROOT,
            "<line x1=\"%1$d\" y1=\"%2$d\" x2=\"%3$d\" y2=\"%2$d\" stroke=\"%4$s\""
                + " stroke-width=\"3\"/>",
            keyX,
            keyY,
            keyX + 22,
            colour));
    svg.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%d\" y=\"%d\">%s</text>",
            keyX + 30,
            keyY + 4,
            NAMES.getOrDefault(line.peer(), line.peer())));
  }

  private double x(int depth) {
    return LEFT + 20 + Math.log(depth) / Math.log(deepest) * (WIDTH - LEFT - RIGHT - 40);
  }

  private double y(double micros) {
    double share = Math.log(micros / leastMicros) / Math.log(mostMicros / leastMicros);
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM);
  }
}
