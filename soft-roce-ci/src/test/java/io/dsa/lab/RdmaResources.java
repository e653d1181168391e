package io.dsa.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the kernel holds for everybody, by kind: {@code rdma resource show}. Contexts are left out:
 * librdmacm keeps a device open once it has used it.
 */
public record RdmaResources(Map<String, Integer> counts) {
  private static final Pattern COUNT = Pattern.compile("(pd|cq|qp|cm_id|mr|srq) (\\d+)");

  public static RdmaResources now() {
    try {
      Process process = new ProcessBuilder("rdma", "resource", "show").start();
      String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException("rdma resource show failed");
      }
      Map<String, Integer> counts = new TreeMap<>();
      Matcher matcher = COUNT.matcher(text);
      while (matcher.find()) {
        counts.merge(matcher.group(1), Integer.parseInt(matcher.group(2)), Integer::sum);
      }
      return new RdmaResources(counts);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The counts once they are these, or whatever they are at the end of the time. */
  public static RdmaResources within(Duration time, RdmaResources expected)
      throws InterruptedException {
    long limit = System.nanoTime() + time.toNanos();
    RdmaResources now = now();
    while (!now.equals(expected) && System.nanoTime() < limit) {
      Thread.sleep(50);
      now = now();
    }
    return now;
  }
}
