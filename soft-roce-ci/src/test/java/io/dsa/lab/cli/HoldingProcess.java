package io.dsa.lab.cli;

import io.dsa.client.DsaClient;
import io.dsa.client.IoQueue;
import io.dsa.client.IoStatus;
import io.dsa.client.RegisteredBuffer;
import io.dsa.client.Volume;
import io.dsa.lab.LabAccess;
import io.dsa.protocol.OpenMode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A process whose clients have a volume open and requests in flight, until it is killed. */
record HoldingProcess(Process process) {
  private static final String HOLDING = "holding";
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  static HoldingProcess start(String server, String volume, int clients) throws IOException {
    List<String> command = new ArrayList<>(DsaCommand.prefix(DsaCommand.clientHost()));
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            // Several start at a time, and compiling would take a third of that.
            "-Xint",
            // As for `dsa`: these would wake an idle JVM up twenty and four times a second.
            "-XX:-UsePerfData",
            "-XX:+UnlockDiagnosticVMOptions",
            "-XX:AsyncDeflationInterval=10000",
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "-Djava.library.path=" + System.getProperty("java.library.path"),
            "-Djava.util.logging.config.file="
                + System.getProperty("java.util.logging.config.file", ""),
            "-cp",
            System.getProperty("java.class.path"),
            HoldingProcess.class.getName(),
            server,
            volume,
            Integer.toString(clients)));
    return new HoldingProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  void awaitHolding() throws Exception {
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    String line =
        CompletableFuture.supplyAsync(() -> output.lines().findFirst().orElse("nothing"))
            .completeOnTimeout("nothing in time", PATIENCE.toSeconds(), TimeUnit.SECONDS)
            .get();
    if (!HOLDING.equals(line)) {
      kill();
      throw new AssertionError("a process of clients should hold volumes, but said " + line);
    }
  }

  void kill() {
    process.destroyForcibly().onExit().join();
  }

  public static void main(String[] arguments) throws Exception {
    int colon = arguments[0].lastIndexOf(':');
    InetSocketAddress server =
        new InetSocketAddress(
            arguments[0].substring(0, colon), Integer.parseInt(arguments[0].substring(colon + 1)));
    List<IoQueue> held = new ArrayList<>();
    for (int i = 0; i < Integer.parseInt(arguments[2]); i++) {
      held.add(hold(server, arguments[1]));
    }
    System.out.println(HOLDING);
    // Ends with its parent, should that go without killing it.
    System.in.read();
    held.forEach(IoQueue::close);
  }

  private static IoQueue hold(InetSocketAddress server, String name) {
    DsaClient client =
        DsaClient.connect(server, LabAccess.clientOptions().withTimeout(Duration.ofSeconds(30)));
    Volume volume = client.open(name, OpenMode.SHARED_WRITE);
    RegisteredBuffer buffer = client.allocate(1 << 20);
    IoQueue queue = volume.openQueue(8);
    for (int i = 0; i < queue.depth(); i++) {
      IoStatus status = queue.write((long) i << 20, buffer, 0, 1 << 20, i);
      if (status != IoStatus.OK) {
        throw new IllegalStateException(status.toString());
      }
    }
    return queue;
  }
}
