package io.dsa.lab.cli;

import io.dsa.cli.CommandInProcess;
import io.dsa.lab.LabAccess;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What one run of the {@code dsa} command did.
 *
 * @param ownProcess whether it had one, with a start that takes seconds in the lab
 */
record DsaCommand(
    List<String> arguments, int status, String out, String err, Duration took, boolean ownProcess) {
  /** What an error may take, the start of the process apart. */
  static final Duration ERROR_BOUND = Duration.ofSeconds(10);

  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** A run that has not ended yet. */
  record Running(List<String> arguments, Process process, Path out, Path err, long start) {
    DsaCommand await() throws IOException, InterruptedException {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(arguments + " hangs; it printed: " + Files.readString(err));
      }
      return new DsaCommand(
          arguments,
          process.exitValue(),
          read(out),
          read(err),
          Duration.ofNanos(System.nanoTime() - start),
          true);
    }

    /** What it has printed until now. */
    String output() throws IOException {
      return read(out);
    }

    String errors() throws IOException {
      return read(err);
    }

    private static String read(Path file) throws IOException {
      return Files.readString(file, StandardCharsets.UTF_8);
    }
  }

  /** Set by the first that asks: what a command takes that does nothing. */
  private static Duration startUp;

  /** What it took to fail: a JVM's start under emulation says nothing about that. */
  Duration failing() throws IOException, InterruptedException {
    return ownProcess ? took.minus(startUp()) : took;
  }

  private static synchronized Duration startUp() throws IOException, InterruptedException {
    if (startUp == null) {
      startUp = run("--version").took();
    }
    return startUp;
  }

  /** Runs in the tests' own JVM, in the server's host. */
  static DsaCommand inProcess(String... arguments) {
    long start = System.nanoTime();
    CommandInProcess run = CommandInProcess.run(arguments);
    return new DsaCommand(
        List.of(arguments),
        run.status(),
        run.out(),
        run.err(),
        Duration.ofNanos(System.nanoTime() - start),
        false);
  }

  /** Runs in a process of its own, in the client's host. */
  static DsaCommand run(String... arguments) throws IOException, InterruptedException {
    return start(arguments).await();
  }

  static Running start(String... arguments) throws IOException {
    return start(prefix(clientHost()), List.of(arguments));
  }

  static Running startOnServerHost(String... arguments) throws IOException {
    return start(List.of(), List.of(arguments));
  }

  /** Runs in the server's host, by way of another command. */
  static Running start(List<String> prefix, List<String> arguments) throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add("dsa");
    command.addAll(arguments);
    Path out = Files.createTempFile("dsa", ".out");
    Path err = Files.createTempFile("dsa", ".err");
    out.toFile().deleteOnExit();
    err.toFile().deleteOnExit();
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().remove("DSA_SERVER");
    builder.environment().put("DSA_CREDENTIALS", LabAccess.credentialsFile().toString());
    long start = System.nanoTime();
    return new Running(arguments, builder.start(), out, err, start);
  }

  /** The tests themselves run in host1. */
  static String clientHost() {
    return Integer.parseInt(System.getenv().getOrDefault("DSA_LAB_HOSTS", "1")) > 1
        ? "host2"
        : "host1";
  }

  static List<String> prefix(String host) {
    return host.equals("host1") ? List.of() : List.of("on", host);
  }

  JsonNode json() {
    return new JsonMapper().readTree(out);
  }
}
