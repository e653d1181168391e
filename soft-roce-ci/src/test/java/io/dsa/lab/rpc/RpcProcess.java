package io.dsa.lab.rpc;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import com.ibm.darpc.DaRPCClientEndpoint;
import com.ibm.darpc.DaRPCClientGroup;
import com.ibm.darpc.DaRPCMessage;
import com.ibm.darpc.DaRPCProtocol;
import com.ibm.darpc.DaRPCStream;
import io.dsa.lab.Signal;
import io.dsa.verbs.darpc.RpcClient;
import io.dsa.verbs.darpc.RpcException;
import io.dsa.verbs.darpc.RpcLimits;
import io.dsa.verbs.darpc.RpcServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A peer in a process of its own, to be killed or stopped; ends with its standard input. */
final class RpcProcess implements AutoCloseable {
  private final Process process;
  private final BufferedReader output;

  private RpcProcess(Process process) {
    this.process = process;
    this.output =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  static RpcProcess start(String role, InetSocketAddress address) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(
        List.of(
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "-Djava.library.path=" + System.getProperty("java.library.path"),
            "-Djava.util.logging.config.file="
                + System.getProperty("java.util.logging.config.file", ""),
            "-cp",
            System.getProperty("java.class.path"),
            RpcProcess.class.getName(),
            role,
            address.getHostString(),
            Integer.toString(address.getPort())));
    return new RpcProcess(
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  /** The next line that the process printed. */
  String line() throws IOException {
    return output.readLine();
  }

  /** Lets the process go on to its next step, or to its end. */
  void go() throws IOException {
    process.getOutputStream().write('\n');
    process.getOutputStream().flush();
  }

  void signal(String name) throws IOException, InterruptedException {
    Signal.send(name, process);
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  /**
   * Roles: server, client, hostile, which sends what our client would not, reporting, a server that
   * says when it cannot go on, and lost-events, one whose connection events break.
   */
  public static void main(String[] arguments) throws Exception {
    InetSocketAddress address = new InetSocketAddress(arguments[1], Integer.parseInt(arguments[2]));
    switch (arguments[0]) {
      case "server" -> {
        RpcServer server = RpcServer.listen(address, RpcLimits.defaults(), new EchoService());
        System.out.println(server.localAddress().getPort());
        System.in.read();
        server.close();
      }
      case "client" -> {
        RpcClient client = RpcClient.connect(address, RpcLimits.defaults(), Duration.ofSeconds(10));
        client.call(new byte[] {1}, Duration.ofSeconds(10)).get();
        System.out.println("connected");
        System.in.read();
        client.close();
      }
      case "reporting", "lost-events" -> {
        RpcServer server = RpcServer.listen(address, RpcLimits.defaults(), new Reporting());
        System.out.println(server.localAddress().getPort());
        if (arguments[0].equals("lost-events")) {
          breakEvents();
        }
        System.in.read();
      }
      case "hostile" -> {
        send(address, 1, -2, "");
        System.out.println("a malformed length");
        System.in.read();
        send(address, 64, 9, "sleep 300");
        System.out.println("a flood");
        System.in.read();
      }
      default -> throw new IllegalArgumentException(arguments[0]);
    }
  }

  /** Says when the server cannot go on. */
  private static final class Reporting extends EchoService {
    @Override
    public void failed(RpcException why) {
      System.out.println("failed: " + why.getMessage());
    }
  }

  /** Puts a pipe that nobody writes to in place of every channel of connection events. */
  @SuppressWarnings("restricted")
  private static void breakEvents() throws Exception {
    Linker linker = Linker.nativeLinker();
    MethodHandle dup2 =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("dup2"),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    MethodHandle pipe =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("pipe"), FunctionDescriptor.of(JAVA_INT, ADDRESS));
    MethodHandle close =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("close"), FunctionDescriptor.of(JAVA_INT, JAVA_INT));
    try (Arena arena = Arena.ofConfined();
        Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      MemorySegment ends = arena.allocate(JAVA_INT, 2);
      int _ = (int) pipe.invokeExact(ends);
      int _ = (int) close.invokeExact(ends.get(JAVA_INT, 4));
      for (Path file : files.filter(RpcProcess::isEventChannel).toList()) {
        int _ =
            (int)
                dup2.invokeExact(
                    ends.get(JAVA_INT, 0), Integer.parseInt(file.getFileName().toString()));
      }
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean isEventChannel(Path file) {
    try {
      return Files.readSymbolicLink(file).endsWith("rdma_cm");
    } catch (IOException e) {
      return false;
    }
  }

  /** Connects with DaRPC's own client and sends messages as given. */
  private static void send(InetSocketAddress address, int messages, int length, String text)
      throws Exception {
    RpcLimits limits = RpcLimits.defaults();
    DaRPCProtocol<Raw, Raw> protocol =
        new DaRPCProtocol<>() {
          @Override
          public Raw createRequest() {
            return new Raw(limits, length, text);
          }

          @Override
          public Raw createResponse() {
            return new Raw(limits, length, text);
          }
        };
    DaRPCClientGroup<Raw, Raw> group =
        DaRPCClientGroup.createClientGroup(protocol, 100, 0, messages, messages);
    group.getConnParam().setRetry_count((byte) 7);
    group.getConnParam().setRnr_retry_count((byte) 6);
    DaRPCClientEndpoint<Raw, Raw> endpoint = group.createEndpoint();
    endpoint.connect(address, 5_000);
    DaRPCStream<Raw, Raw> stream = endpoint.createStream();
    for (int i = 0; i < messages; i++) {
      var _ = stream.request(new Raw(limits, length, text), new Raw(limits, length, text), false);
    }
  }

  /** A message whose length says what it likes. */
  private record Raw(RpcLimits limits, int length, String text) implements DaRPCMessage {
    @Override
    public int write(ByteBuffer buffer) {
      buffer.putInt(length).put(text.getBytes(StandardCharsets.ISO_8859_1));
      return 4 + text.length();
    }

    @Override
    public void update(ByteBuffer buffer) {}

    @Override
    public int size() {
      return 4 + limits.maxMessageBytes();
    }
  }
}
