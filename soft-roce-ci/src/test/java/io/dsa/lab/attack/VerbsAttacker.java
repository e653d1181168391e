package io.dsa.lab.attack;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * {@code verbs_attack}, the attacker in C on rdma-core alone, which asks for what DSA's own library
 * does not let pass. It has one connection at a time. For one thread at a time.
 */
final class VerbsAttacker implements AutoCloseable {
  /** What it says of a connection that stands. */
  static final String CONNECTED = "connected";

  /** What it begins with where its own end refused, and nothing was sent. */
  static final String NOT_POSTED = "not posted";

  /** As many READs in flight as both devices can. */
  static final int DEVICE_DEPTH = 255;

  /** What it begins with where the server's program refused a connection. */
  static final String REFUSED = "RDMA_CM_EVENT_REJECTED 28";

  /** What it says of a connection that the server has ended. */
  static final String ENDED = "ended";

  private static final String PROGRAM = "dsa.lab.verbs-attack";

  private final Process process;
  private final Writer commands;
  private final BufferedReader answers;

  private VerbsAttacker(Process process) {
    this.process = process;
    commands = process.outputWriter(StandardCharsets.US_ASCII);
    answers = process.inputReader(StandardCharsets.US_ASCII);
  }

  static VerbsAttacker start(AttackedServer server) throws IOException {
    return new VerbsAttacker(run("ask", server.control().getAddress().getHostAddress()));
  }

  /**
   * Begins to connect as fast as it can.
   *
   * @param kind of storm: tokens, leave or hold
   */
  static Process storm(InetSocketAddress to, String kind, int threads, int seconds)
      throws IOException {
    return run(
        "storm",
        to.getAddress().getHostAddress(),
        Integer.toString(to.getPort()),
        kind,
        Integer.toString(threads),
        Integer.toString(seconds));
  }

  /** What a storm that has ended was answered, and how often. */
  static Map<String, Integer> answers(Process storm) throws IOException, InterruptedException {
    Map<String, Integer> counts = new TreeMap<>();
    try (BufferedReader lines = storm.inputReader(StandardCharsets.US_ASCII)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        List<String> parts = List.of(line.split("\t", -1));
        counts.put(parts.getFirst(), Integer.parseInt(parts.getLast()));
      }
    }
    if (storm.waitFor() != 0) {
      throw new IllegalStateException("verbs_attack ended with " + storm.exitValue());
    }
    return counts;
  }

  private static Process run(String... arguments) throws IOException {
    String property = System.getProperty(PROGRAM);
    if (property == null) {
      throw new IllegalStateException("-D" + PROGRAM + " does not say where verbs_attack is");
    }
    Path program = Path.of(property);
    if (!Files.isExecutable(program)) {
      throw new IllegalStateException(program + " is not built");
    }
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  /** Connects instead of what was connected before; returns {@link #CONNECTED} or why not. */
  String connect(InetSocketAddress to, byte[] privateData, int depth) throws IOException {
    String digits = privateData.length == 0 ? "-" : HexFormat.of().formatHex(privateData);
    return tell("connect " + to.getPort() + " " + digits + " " + depth);
  }

  void disconnect() throws IOException {
    tell("disconnect");
  }

  /** Brings its queue pair up anew, at the request that failed. */
  void revive() throws IOException {
    String answer = tell("revive");
    if (!answer.equals("revived")) {
      throw new IllegalStateException("a queue pair cannot be made anew: " + answer);
    }
  }

  /** Returns {@link #ENDED} once the server ends the connection, or what it does instead. */
  String awaitEnd(Duration time) throws IOException {
    return tell("ended " + time.toMillis());
  }

  /** What a request comes to; the words are those of verbs_attack's main.c. */
  String ask(String request, long... words) throws IOException {
    return tell(
        LongStream.of(words)
            .mapToObj(Long::toUnsignedString)
            .collect(Collectors.joining(" ", request + " ", "")));
  }

  private String tell(String command) throws IOException {
    commands.write(command + "\n");
    commands.flush();
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("verbs_attack has ended at: " + command);
    }
    return line.substring(line.indexOf('\t') + 1);
  }

  @Override
  public void close() {
    try {
      commands.close();
      process.waitFor();
    } catch (IOException e) {
      // It has ended by itself, which its last caller was told.
      process.destroyForcibly();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
