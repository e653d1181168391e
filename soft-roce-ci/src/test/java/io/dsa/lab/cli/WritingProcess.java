package io.dsa.lab.cli;

import io.dsa.client.DsaClient;
import io.dsa.client.IoQueue;
import io.dsa.client.IoStatus;
import io.dsa.client.RegisteredBuffer;
import io.dsa.client.Volume;
import io.dsa.lab.LabAccess;
import io.dsa.lab.Signal;
import io.dsa.protocol.OpenMode;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A process that has a volume for writing alone, and writes the same blocks over and over until a
 * write fails: then it says how, and ends.
 */
record WritingProcess(Process process, BufferedReader output) {
  static final int BLOCK = 4096;
  static final int BLOCKS = 64;

  private static final String WRITING = "writing";
  private static final long PATIENCE_SECONDS = 90;

  static WritingProcess start(InetSocketAddress server, String volume) throws Exception {
    List<String> command = new ArrayList<>(DsaCommand.prefix(DsaCommand.clientHost()));
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "-Djava.library.path=" + System.getProperty("java.library.path"),
            "-cp",
            System.getProperty("java.class.path"),
            WritingProcess.class.getName(),
            server.getHostString(),
            Integer.toString(server.getPort()),
            volume));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    WritingProcess started =
        new WritingProcess(process, process.inputReader(StandardCharsets.UTF_8));
    String said = started.said();
    if (!WRITING.equals(said)) {
      started.kill();
      throw new AssertionError("a process should write, but said " + said);
    }
    return started;
  }

  /** The next line that it says. */
  String said() throws Exception {
    return CompletableFuture.supplyAsync(
            () -> {
              try {
                return String.valueOf(output.readLine());
              } catch (IOException e) {
                return e.toString();
              }
            })
        .completeOnTimeout("nothing in time", PATIENCE_SECONDS, TimeUnit.SECONDS)
        .get();
  }

  void signal(String name) throws IOException, InterruptedException {
    Signal.send(name, process);
  }

  void kill() {
    process.destroyForcibly().onExit().join();
  }

  public static void main(String[] arguments) {
    InetSocketAddress server = new InetSocketAddress(arguments[0], Integer.parseInt(arguments[1]));
    try (DsaClient client = DsaClient.connect(server, LabAccess.clientOptions());
        Volume volume = client.open(arguments[2], OpenMode.READ_WRITE);
        IoQueue queue = volume.openQueue(8)) {
      RegisteredBuffer buffer = client.allocate(BLOCK);
      buffer.memory().fill((byte) 'w');
      IoStatus[] failure = new IoStatus[1];
      for (long i = 0; failure[0] == null; i++) {
        if (i == BLOCKS) {
          System.out.println(WRITING);
        }
        IoStatus status = queue.write(i % BLOCKS * BLOCK, buffer, 0, BLOCK, i);
        if (status != IoStatus.OK) {
          failure[0] = status;
        }
        while (queue.inFlight() == queue.depth()) {
          int _ =
              queue.await(
                  (token, completed) -> {
                    if (completed != IoStatus.OK) {
                      failure[0] = completed;
                    }
                  },
                  1_000_000_000);
        }
      }
      System.out.println(failure[0]);
    }
  }
}
