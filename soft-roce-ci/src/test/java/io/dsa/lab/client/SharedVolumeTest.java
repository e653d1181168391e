package io.dsa.lab.client;

import static io.dsa.lab.client.MemoryServer.VOLUME;
import static io.dsa.lab.client.MemoryServer.VOLUME_BYTES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.client.DsaClient;
import io.dsa.client.DsaException;
import io.dsa.client.RegisteredBuffer;
import io.dsa.client.Volume;
import io.dsa.client.VolumeOptions;
import io.dsa.protocol.OpenMode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One volume and many threads, on real verbs. */
@Tag("lab")
@Timeout(60)
final class SharedVolumeTest {
  private static MemoryServer server;

  @BeforeAll
  static void start() {
    server = MemoryServer.start(7690);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  private static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  void shouldServeVirtualAndPlatformThreads() throws InterruptedException {
    int threads = 200;
    int part = (VOLUME_BYTES / threads) & -8;
    try (DsaClient client = server.connect();
        Volume volume = client.open(VOLUME, OpenMode.READ_WRITE)) {
      volume.atomicWrite(VOLUME_BYTES - 8, 0);
      AtomicInteger right = new AtomicInteger();
      List<Thread> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int number = i;
        Runnable work =
            () -> {
              byte[] bytes = random(part - 8, number);
              byte[] back = new byte[part - 8];
              volume.write((long) number * part, bytes);
              volume.read((long) number * part, back);
              volume.fetchAndAdd(VOLUME_BYTES - 8, 1);
              right.addAndGet(Arrays.equals(bytes, back) ? 1 : 0);
            };
        running.add((i % 20 == 0 ? Thread.ofPlatform() : Thread.ofVirtual()).start(work));
      }
      for (Thread thread : running) {
        thread.join();
      }
      assertThat(right.get()).isEqualTo(threads);
      assertThat(volume.fetchAndAdd(VOLUME_BYTES - 8, 0)).isEqualTo(threads);
    }
  }

  @Test
  void shouldMoveMemoryOfEveryKind() {
    int length = 3_000_001;
    byte[] bytes = random(length, 5);
    try (DsaClient client = server.connect();
        Volume volume = client.open(VOLUME, OpenMode.READ_WRITE);
        Arena shared = Arena.ofShared();
        Arena confined = Arena.ofConfined()) {
      volume.write(7, bytes);
      RegisteredBuffer buffer = client.allocate(length);
      volume.read(7, buffer.memory());
      assertThat(buffer.memory().mismatch(MemorySegment.ofArray(bytes))).isEqualTo(-1);
      // So many that they are not all over when the buffer is closed, though other threads go
      // first.
      CompletableFuture<?>[] reading =
          Stream.generate(() -> volume.readAsync(7, buffer.memory()))
              .limit(8)
              .toArray(CompletableFuture<?>[]::new);
      assertThatThrownBy(buffer::close)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("in flight");
      CompletableFuture.allOf(reading).join();
      buffer.close();
      for (Arena arena : List.of(shared, confined, Arena.global())) {
        MemorySegment memory = arena.allocate(length);
        volume.readAsync(0, new byte[1]).join();
        volume.read(7, memory);
        assertThat(memory.mismatch(MemorySegment.ofArray(bytes))).isEqualTo(-1);
      }
    }
  }

  /** The second arena may get the addresses of the first. */
  @Test
  void shouldNotTakeNewMemoryForOldMemoryThatWasThere() {
    try (DsaClient client = server.connect();
        Volume volume = client.open(VOLUME, OpenMode.READ_WRITE)) {
      for (int i = 0; i < 40; i++) {
        try (Arena arena = Arena.ofShared()) {
          MemorySegment memory = arena.allocate(1 << 20);
          memory.fill((byte) i);
          volume.write(0, memory);
          memory.fill((byte) -1);
          volume.read(0, memory);
          assertThat(memory.mismatch(MemorySegment.ofArray(filled(1 << 20, i)))).isEqualTo(-1);
        }
      }
    }
  }

  private static byte[] filled(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  @Test
  void shouldStreamAsFilesDo() throws IOException {
    byte[] bytes = random(2_500_000, 9);
    try (DsaClient client = server.connect();
        Volume volume = client.open(VOLUME, OpenMode.READ_WRITE)) {
      try (OutputStream out = volume.outputStream(1000)) {
        out.write(bytes);
      }
      try (InputStream in = volume.inputStream(1000)) {
        assertThat(in.readNBytes(bytes.length)).isEqualTo(bytes);
      }
    }
  }

  @Test
  void shouldEndEachRequestOnceWhenAnotherThreadClosesIt() throws Exception {
    for (int round = 0; round < 5; round++) {
      try (DsaClient client = server.connect()) {
        Volume volume =
            client.open(VOLUME, OpenMode.READ_WRITE, VolumeOptions.defaults().withLanes(3));
        AtomicInteger begun = new AtomicInteger();
        AtomicInteger ended = new AtomicInteger();
        List<Thread> users = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
          users.add(Thread.ofVirtual().start(() -> useUntilClosed(volume, begun, ended)));
        }
        Thread.sleep(20 + ThreadLocalRandom.current().nextInt(60));
        volume.close();
        for (Thread user : users) {
          user.join();
        }
        long limit = System.nanoTime() + 5_000_000_000L;
        while (ended.get() < begun.get() && System.nanoTime() < limit) {
          Thread.sleep(1);
        }
        assertThat(begun.get()).isPositive();
        assertThat(ended.get()).isEqualTo(begun.get());
      }
    }
  }

  private static void useUntilClosed(Volume volume, AtomicInteger begun, AtomicInteger ended) {
    try {
      while (true) {
        CompletableFuture<Void> writing = volume.writeAsync(0, new byte[10_000]);
        begun.incrementAndGet();
        CompletableFuture<Void> _ =
            writing.whenComplete((done, failure) -> ended.incrementAndGet());
        volume.read(0, new byte[100]);
      }
    } catch (IllegalStateException e) {
      assertThat(e).hasMessageContaining("closed");
    } catch (DsaException e) {
      assertThat(e.category()).isEqualTo(DsaException.Category.CLOSED);
    } catch (CompletionException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void shouldSleepWhileThereIsNothingToDo() throws Exception {
    try (DsaClient client = server.connect();
        Volume volume = client.open(VOLUME, OpenMode.READ_WRITE)) {
      volume.write(0, new byte[10_000]);
      Thread.sleep(100);
      long before = switchesOfLanes();
      Thread.sleep(2_000);
      assertThat(switchesOfLanes() - before).as("wake-ups in 2 s").isLessThanOrEqualTo(1);
    }
  }

  private static long switchesOfLanes() throws IOException {
    long switches = 0;
    int lanes = 0;
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path task : tasks) {
        try {
          if (Files.readString(task.resolve("comm")).startsWith("dsa-lane-")) {
            lanes++;
            switches += switches(task);
          }
        } catch (NoSuchFileException e) {
          // The thread has ended meanwhile.
        }
      }
    }
    assertThat(lanes).isPositive();
    return switches;
  }

  private static long switches(Path task) throws IOException {
    return Files.readAllLines(task.resolve("status")).stream()
        .filter(line -> line.startsWith("voluntary_ctxt_switches:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1).trim()))
        .findFirst()
        .orElseThrow();
  }
}
