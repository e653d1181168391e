package io.dsa.client;

import io.dsa.protocol.OpenMode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** The code of docs/client.md. */
final class VolumeExamples {
  private VolumeExamples() {}

  static void open(byte[] record) {
    InetSocketAddress server = new InetSocketAddress("10.9.0.1", 7470);
    try (DsaClient client = DsaClient.connect(server, ClientOptions.defaults());
        Volume volume = client.open("photos", OpenMode.READ_WRITE)) {
      volume.writeDurable(0, record);
      byte[] back = new byte[record.length];
      volume.read(0, back);
    }
  }

  static void memory(Volume volume) {
    volume.write(0, new byte[100]);
    volume.write(4096, ByteBuffer.allocateDirect(100));
    try (Arena arena = Arena.ofShared()) {
      MemorySegment page = arena.allocate(1 << 20);
      volume.read(0, page);
      volume.read(8192, page.asSlice(0, 512));
    }
  }

  static void withoutCopies(DsaClient client, Volume volume) {
    try (RegisteredBuffer buffer = client.allocate(1 << 20)) {
      MemorySegment memory = buffer.memory();
      CompletableFuture<Void> first = volume.readAsync(0, memory.asSlice(0, 4096));
      CompletableFuture<Void> second = volume.readAsync(65536, memory.asSlice(4096, 4096));
      CompletableFuture.allOf(first, second).join();
    }
  }

  static CompletableFuture<Void> futures(Volume volume, byte[] head, byte[] body) {
    return volume
        .writeAsync(4096, body)
        .thenCompose(written -> volume.writeDurableAsync(0, head))
        .thenRun(() -> System.out.println("both are there"));
  }

  static void durability(Volume volume, byte[] a, byte[] b) {
    CompletableFuture<Void> first = volume.writeAsync(0, a);
    CompletableFuture<Void> second = volume.writeAsync(1 << 20, b);
    CompletableFuture.allOf(first, second).join();
    try {
      volume.flush();
    } catch (DsaException e) {
      if (e.category() != DsaException.Category.NOT_DURABLE) {
        throw e;
      }
      // The server was restarted before it had made them durable: once more.
      volume.writeDurable(0, a);
      volume.writeDurable(1 << 20, b);
    }
  }

  static long atomics(Volume volume) {
    long ticket = volume.fetchAndAdd(0, 1);
    boolean mine = volume.compareAndSwap(8, 0, ticket) == 0;
    if (mine) {
      volume.atomicWrite(8, 0);
    }
    return ticket;
  }

  static VolumeOptions options() {
    return VolumeOptions.defaults()
        .withLanes(8)
        .withMaxRequests(256)
        .withDeadline(Duration.ofSeconds(10));
  }

  static void streams(Volume volume, InputStream source) throws IOException {
    try (OutputStream out = volume.outputStream(0)) {
      source.transferTo(out);
    }
    try (SeekableByteChannel channel = volume.channel()) {
      channel.position(100);
      channel.read(ByteBuffer.allocate(50));
    }
  }

  static void queue(DsaClient client, Volume volume) {
    try (RegisteredBuffer buffer = client.allocate(8192);
        IoQueue queue = volume.openQueue(32)) {
      queue.read(8192, buffer, 0, 4096, 1);
      queue.writeDurable(0, buffer, 4096, 4096, 2);
      while (queue.inFlight() > 0) {
        queue.await((token, status) -> System.out.println(token + " " + status), 1_000_000_000L);
      }
    }
  }

  static void prepared(IoQueue queue, RegisteredBuffer buffer) {
    CompletionHandler handler = (token, status) -> System.out.println(token + " " + status);
    queue.read(0, buffer, 0, 4096, 1);
    queue.beginBatch();
    queue.read(4096, buffer, 4096, 4096, 2);
    queue.submitOnCompletion();
    while (queue.poll(handler, 1000) == 0) {}
  }
}
