package io.dsa.lab.attack;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The keys of memory regions, which the kernel tells who is root on the server's machine: what an
 * attacker comes to who guesses long enough.
 */
final class RegionKeys {
  private static final Pattern REGION =
      Pattern.compile("\\brkey (?:0x)?([0-9a-f]+) .*\\bmrlen (\\d+)");

  private RegionKeys() {}

  /** Those of all regions of all hosts of the lab that have at least that many bytes. */
  static List<Integer> ofAtLeast(long bytes) throws IOException, InterruptedException {
    Process process = new ProcessBuilder("rdma", "-d", "resource", "show", "mr").start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IllegalStateException("rdma resource show mr failed");
    }
    return REGION
        .matcher(text)
        .results()
        .filter(region -> Long.parseLong(region.group(2)) >= bytes)
        .map(region -> Integer.parseUnsignedInt(region.group(1), 16))
        .distinct()
        .toList();
  }
}
