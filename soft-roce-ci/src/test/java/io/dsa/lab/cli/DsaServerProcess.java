package io.dsa.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.client.DsaClient;
import io.dsa.client.admin.DsaAdmin;
import io.dsa.lab.LabAccess;
import io.dsa.lab.LabAdmin;
import io.dsa.lab.LabDevice;
import io.dsa.lab.Signal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A {@code dsa server} in a process of its own, in host1; closing it ends it as SIGTERM does. */
final class DsaServerProcess implements AutoCloseable {
  private static final Pattern READY =
      Pattern.compile("listening on (\\S+:\\d+), instance (\\S+), pools (.*)\n");
  private static final Duration START = Duration.ofMinutes(3);

  /** Ten seconds for what is under way, and as many for the rest, which is emulated. */
  private static final Duration STOP = Duration.ofSeconds(20);

  /** A port is not used twice, so that nothing of a test is in the way of the next. */
  private static final AtomicInteger NEXT_PORT = new AtomicInteger(7600);

  private final int port;
  private final List<String> command;
  private final DsaCommand.Running running;
  private final Matcher ready;
  private final DsaAdmin admin;

  private DsaServerProcess(
      int port, List<String> command, DsaCommand.Running running, Matcher ready) {
    this.port = port;
    this.command = command;
    this.running = running;
    this.ready = ready;
    admin = LabAdmin.of(new InetSocketAddress(LabDevice.HOST, port));
  }

  static DsaServerProcess start(String... pools) throws IOException, InterruptedException {
    return start(NEXT_PORT.getAndAdd(2), pools);
  }

  static DsaServerProcess start(int port, String... pools)
      throws IOException, InterruptedException {
    return startBy(List.of(), port, pools);
  }

  /** Started by way of another command, which limits what the server may use. */
  static DsaServerProcess startBy(List<String> prefix, String... pools)
      throws IOException, InterruptedException {
    return startBy(prefix, NEXT_PORT.getAndAdd(2), pools);
  }

  private static DsaServerProcess startBy(List<String> prefix, int port, String... pools)
      throws IOException, InterruptedException {
    return run(prefix, port, List.of("server", "--config", config(port, pools).toString()));
  }

  /** Another run of the server with the same configuration and state, once this one has ended. */
  DsaServerProcess again() throws IOException, InterruptedException {
    return run(List.of(), port, command);
  }

  private static DsaServerProcess run(List<String> prefix, int port, List<String> command)
      throws IOException, InterruptedException {
    DsaCommand.Running running = DsaCommand.start(prefix, command);
    long deadline = System.nanoTime() + START.toNanos();
    while (System.nanoTime() < deadline && running.process().isAlive()) {
      Matcher ready = READY.matcher(running.output());
      if (ready.find()) {
        return new DsaServerProcess(port, command, running, ready);
      }
      Thread.sleep(50);
    }
    running.process().destroyForcibly();
    throw new AssertionError("the server did not come up: " + running.errors());
  }

  static Path config(int port, String... pools) throws IOException {
    return config(port, port + 1, pools);
  }

  static Path config(int port, int dataPort, String... pools) throws IOException {
    return config(LabDevice.HOST, port, dataPort, pools);
  }

  static Path config(String host, int port, int dataPort, String... pools) throws IOException {
    StringBuilder text =
        new StringBuilder(
            "listen: "
                + host
                + ":"
                + port
                + "\ndata-port: "
                + dataPort
                + "\nadmin: "
                + LabDevice.HOST
                + ":"
                + LabAdmin.address(new InetSocketAddress(LabDevice.HOST, port)).getPort()
                + "\nstate-directory: "
                + LabAccess.stateDirectory()
                + "\npools:\n");
    for (String pool : pools) {
      text.append("  - ").append(pool).append('\n');
    }
    Path file = Files.writeString(Files.createTempFile("server", ".yaml"), text);
    file.toFile().deleteOnExit();
    return file;
  }

  int port() {
    return port;
  }

  long pid() {
    return running.process().pid();
  }

  /** As it is named on the command line, and as it says itself. */
  String address() {
    return ready.group(1);
  }

  String instance() {
    return ready.group(2);
  }

  String pools() {
    return ready.group(3);
  }

  /** As it is named on the command line to administer it. */
  String adminUrl() {
    return LabAdmin.url(new InetSocketAddress(LabDevice.HOST, port));
  }

  /** The arguments, and where the server is in the way that the command has of naming it. */
  String[] named(String... arguments) {
    boolean administers = List.of("volume", "pool", "user", "session").contains(arguments[0]);
    return Stream.concat(
            Stream.of(arguments),
            administers ? Stream.of("--admin", adminUrl()) : Stream.of("--server", address()))
        .toArray(String[]::new);
  }

  /** Administers the server from this process. */
  DsaAdmin admin() {
    return admin;
  }

  /** A client in this process, to look at the server's state with. */
  DsaClient connect() {
    return DsaClient.connect(
        new InetSocketAddress(LabDevice.HOST, port),
        LabAccess.clientOptions().withTimeout(Duration.ofSeconds(10)));
  }

  /** As {@code kill -9} does; returns when the process is gone. */
  void kill() {
    running.process().destroyForcibly().onExit().join();
  }

  /** Sends a signal by its name without SIG, as in STOP. */
  void signal(String name) throws IOException, InterruptedException {
    Signal.send(name, running.process());
  }

  /** Ends it by SIGTERM and checks that it goes in peace; does nothing once it is killed. */
  void stop() throws IOException {
    if (running.process().isAlive()) {
      running.process().destroy();
      int status =
          running
              .process()
              .onExit()
              .orTimeout(STOP.toSeconds(), TimeUnit.SECONDS)
              .join()
              .exitValue();
      assertThat(status).as("the server's status; its log: %s", running.errors()).isZero();
      assertThat(running.errors()).as("the server's log").doesNotContain("SEVERE", "\tat ");
    }
  }

  /** As {@link #stop}. */
  @Override
  public void close() throws IOException {
    admin.close();
    stop();
  }
}
