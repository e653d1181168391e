package io.dsa.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.protocol.DurabilityMethod;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
final class VolumeTest {
  private static final VolumeOptions OPTIONS =
      VolumeOptions.defaults()
          .withDepth(8)
          .withBounceBytes(8 * 4096)
          .withDeadline(Duration.ofSeconds(20));

  private final ModelServer server = new ModelServer();
  private final Volume volume = server.open(OPTIONS);

  @AfterEach
  void shouldLeaveNothing() {
    volume.close();
    assertThat(volume.inFlight()).isZero();
    assertThat(server.memory.registered.get()).isZero();
    assertThat(server.queueCount()).isZero();
  }

  private static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  void shouldTakeAnyMemory() {
    byte[] bytes = random(10_000, 1);
    byte[] back = new byte[10_000];
    volume.write(5, bytes);
    volume.read(5, back);
    assertThat(back).isEqualTo(bytes);

    ByteBuffer source = ByteBuffer.wrap(bytes).position(100).limit(400);
    volume.write(1 << 20, source);
    assertThat(source.remaining()).isZero();
    ByteBuffer target = ByteBuffer.allocateDirect(300);
    volume.read(1 << 20, target);
    assertThat(target.position()).isEqualTo(300);
    assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(bytes, 100, 300));

    try (Arena confined = Arena.ofConfined();
        Arena shared = Arena.ofShared()) {
      MemorySegment own = confined.allocate(2_500_000);
      own.fill((byte) 7);
      volume.write(100, own);
      MemorySegment large = shared.allocate(2_500_000);
      volume.read(100, large);
      assertThat(large.mismatch(own)).isEqualTo(-1);
      own.fill((byte) 8);
      volume.read(100, own);
      assertThat(large.mismatch(own)).isEqualTo(-1);
      MemorySegment global = Arena.global().allocate(300_000);
      volume.read(100, global);
      assertThat(global.mismatch(own.asSlice(0, 300_000))).isEqualTo(-1);
    }
  }

  @Test
  void shouldMoveRegisteredMemoryWithoutACopy() {
    try (RegisteredBuffer buffer = server.memory.allocate(1 << 20)) {
      buffer.memory().fill((byte) 3);
      volume.write(0, buffer.memory().asSlice(100, 50_000));
      // 13 pieces if it were copied.
      assertThat(server.postedCount()).isEqualTo(1);
      assertThat(server.contents(49_999, 2)).containsExactly(3, 0);
    }
  }

  @Test
  void shouldNotLetGoOfABufferInUse() {
    RegisteredBuffer buffer = server.memory.allocate(4096);
    server.hold();
    CompletableFuture<Void> reading = volume.readAsync(0, buffer.memory());
    assertThatThrownBy(buffer::close).isInstanceOf(IllegalStateException.class);
    server.proceed();
    reading.join();
    buffer.close();
  }

  @ParameterizedTest
  @EnumSource
  void shouldFlushWhatAnyLaneHasWritten(DurabilityMethod method) throws InterruptedException {
    ModelServer durable = new ModelServer(method, 3);
    try (Volume shared = durable.open(OPTIONS)) {
      List<Thread> writers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        byte[] bytes = random(20_000, i);
        long offset = i * 100_000L;
        writers.add(Thread.ofVirtual().start(() -> shared.write(offset, bytes)));
      }
      for (Thread writer : writers) {
        writer.join();
      }
      assertThat(durable.durable(0, 800_000)).containsOnly(0);
      shared.flush();
      for (int i = 0; i < 8; i++) {
        assertThat(durable.durable(i * 100_000L, 20_000)).isEqualTo(random(20_000, i));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void shouldWriteDurably(DurabilityMethod method) {
    ModelServer durable = new ModelServer(method, 4);
    try (Volume shared = durable.open(OPTIONS)) {
      shared.writeDurable(8, random(100, 1));
      shared.writeDurableAsync(1_000_000, random(200_000, 2)).join();
    }
    assertThat(durable.durable(8, 100)).isEqualTo(random(100, 1));
    assertThat(durable.durable(1_000_000, 200_000)).isEqualTo(random(200_000, 2));
  }

  @Test
  void shouldSwapAddAndWriteEightBytes() {
    volume.atomicWrite(64, 40);
    assertThat(volume.fetchAndAdd(64, 2)).isEqualTo(40);
    assertThat(volume.compareAndSwap(64, 41, 1)).isEqualTo(42);
    assertThat(volume.compareAndSwapAsync(64, 42, -7).join()).isEqualTo(42);
    assertThat(volume.fetchAndAddAsync(64, 0).join()).isEqualTo(-7);
  }

  @Test
  void shouldKeepTheOrderOfOneThread() {
    for (int i = 1; i < 200; i++) {
      byte[] bytes = new byte[100];
      Arrays.fill(bytes, (byte) i);
      var _ = volume.writeAsync(i, bytes);
    }
    byte[] back = new byte[300];
    volume.read(0, back);
    for (int i = 1; i < 199; i++) {
      assertThat(back[i]).isEqualTo((byte) i);
    }
  }

  @Test
  void shouldServeManyVirtualThreads() throws InterruptedException {
    AtomicInteger right = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      int number = i;
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                byte[] bytes = random(5000, number);
                byte[] back = new byte[5000];
                for (int j = 0; j < 5; j++) {
                  volume.write(number * 6000L, bytes);
                  volume.read(number * 6000L, back);
                  right.addAndGet(Arrays.equals(bytes, back) ? 1 : 0);
                }
                volume.fetchAndAdd(ModelServer.BYTES - 8, 1);
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(right.get()).isEqualTo(2500);
    assertThat(volume.fetchAndAdd(ModelServer.BYTES - 8, 0)).isEqualTo(500);
  }

  @Test
  void shouldNotWakeUpWhileThereIsNothingToDo() throws InterruptedException {
    volume.write(0, new byte[100]);
    Thread lane =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("dsa-lane-v-"))
            .filter(thread -> thread.getState() != Thread.State.TERMINATED)
            .findFirst()
            .orElseThrow();
    long deadline = System.nanoTime() + 5_000_000_000L;
    while (lane.getState() != Thread.State.WAITING && System.nanoTime() < deadline) {
      Thread.sleep(1);
    }
    int waits = server.waits();
    Thread.sleep(200);
    // Parked without a time limit, and not in the queue.
    assertThat(lane.getState()).isEqualTo(Thread.State.WAITING);
    assertThat(server.waits()).isEqualTo(waits);
  }

  @Test
  void shouldSayThatTimeIsUp() {
    try (Volume hasty = server.open(OPTIONS.withDeadline(Duration.ofMillis(100)))) {
      server.hold();
      byte[] target = {1, 1, 1};
      assertThatThrownBy(() -> hasty.read(0, target))
          .isInstanceOf(DsaException.class)
          .hasMessageContaining("volume v: read of 3 bytes at offset 0")
          .hasMessageContaining("PT0.1S")
          .extracting(e -> ((DsaException) e).category())
          .isEqualTo(DsaException.Category.TIMED_OUT);
      server.proceed();
      hasty.write(0, new byte[] {9, 9, 9});
      assertThat(target).as("what was read too late").containsOnly(1);
    }
  }

  @Test
  void shouldHaveCallersWaitForRoomAndTellThemWhenThereIsNone() throws Exception {
    VolumeOptions narrow =
        OPTIONS.withMaxRequests(4).withMaxBytes(4096).withDeadline(Duration.ofMillis(300));
    try (Volume small = server.open(narrow)) {
      server.hold();
      for (int i = 0; i < 4; i++) {
        var _ = small.writeAsync(0, new byte[512]);
      }
      CompletableFuture<Void> late = small.writeAsync(0, new byte[512]);
      assertThatThrownBy(late::join)
          .cause()
          .hasMessageContaining("4 requests of this volume may be in flight")
          .extracting(e -> ((DsaException) e).category())
          .isEqualTo(DsaException.Category.LIMIT);
      server.proceed();
      // More than may be in flight goes alone.
      small.write(0, new byte[100_000]);

      server.hold();
      CompletableFuture<Void> all = small.writeAsync(0, new byte[4096]);
      Thread waiting = Thread.ofVirtual().start(() -> small.write(0, new byte[8]));
      Thread.sleep(20);
      assertThat(waiting.isAlive()).isTrue();
      server.proceed();
      all.join();
      waiting.join();
    }
  }

  @Test
  void shouldDropWhatWasCancelledBeforeItWasPosted() {
    server.hold();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(volume.writeAsync(i * 10L, new byte[] {1}));
    }
    long limit = System.nanoTime() + 5_000_000_000L;
    while (server.postedCount() < 8 && System.nanoTime() < limit) {
      Thread.onSpinWait();
    }
    assertThat(all.get(15).cancel(true)).isTrue();
    assertThat(all.get(15)).isCancelled();
    while (volume.inFlight() > 19 && System.nanoTime() < limit) {
      Thread.onSpinWait();
    }
    assertThat(volume.inFlight()).isEqualTo(19);

    server.proceed();
    all.get(19).join();
    assertThat(server.contents(150, 1)).containsExactly(0);
    assertThat(server.contents(140, 1)).containsExactly(1);
  }

  @Test
  void shouldNotTouchTheMemoryOfACancelledRead() {
    volume.write(0, new byte[] {5, 5});
    server.hold();
    byte[] target = new byte[2];
    CompletableFuture<Void> reading = volume.readAsync(0, target);
    long limit = System.nanoTime() + 5_000_000_000L;
    while (server.postedCount() < 2 && System.nanoTime() < limit) {
      Thread.onSpinWait();
    }
    reading.cancel(false);
    server.proceed();
    volume.write(2, new byte[1]);
    assertThat(target).containsOnly(0);

    server.hold();
    CompletableFuture<Void> late = volume.readAsync(0, target).orTimeout(1, TimeUnit.MILLISECONDS);
    assertThatThrownBy(late::join).cause().isInstanceOf(TimeoutException.class);
    server.proceed();
    volume.write(2, new byte[1]);
    assertThat(target).containsOnly(0);
  }

  @Test
  void shouldGoOnWhateverCallbacksDo() throws Exception {
    // Or a callback would run in this thread, where its write is done before it is asked for.
    server.hold();
    CountDownLatch blocked = new CountDownLatch(1);
    AtomicReference<Thread> thread = new AtomicReference<>();
    CompletableFuture<Void> blocking =
        volume
            .writeAsync(0, new byte[8])
            .thenRun(() -> {
              thread.set(Thread.currentThread());
              try {
                blocked.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    CompletableFuture<Void> throwing =
        volume
            .writeAsync(0, new byte[8])
            .thenRun(() -> {
              throw new IllegalStateException("the user's");
            });
    CompletableFuture<byte[]> again =
        volume
            .writeAsync(0, new byte[] {4})
            .thenApply(done -> {
              byte[] back = new byte[1];
              volume.read(0, back);
              return back;
            });
    server.proceed();
    assertThatThrownBy(throwing::join).hasMessageContaining("the user's");
    assertThat(again.join()).containsExactly(4);
    volume.write(0, new byte[100_000]);
    assertThat(blocking.isDone()).isFalse();
    blocked.countDown();
    blocking.get(5, TimeUnit.SECONDS);
    assertThat(thread.get().isVirtual()).isTrue();
  }

  @Test
  void shouldEndEverythingWhenItIsClosed() {
    server.hold();
    List<CompletableFuture<?>> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      all.add(volume.writeAsync(i, new byte[5000]));
      all.add(volume.readAsync(i, new byte[10]));
      all.add(volume.flushAsync(0, 1000));
      all.add(volume.fetchAndAddAsync(0, 1));
    }
    volume.close();
    for (CompletableFuture<?> future : all) {
      assertThatThrownBy(future::join)
          .cause()
          .isInstanceOf(DsaException.class)
          .hasMessageMatching("volume v.*");
    }
  }

  @Test
  void shouldEndWhenItIsClosedFromACallback() throws Exception {
    CompletableFuture<Void> closing = volume.writeAsync(0, new byte[8]).thenRun(volume::close);
    closing.get(10, TimeUnit.SECONDS);
  }

  @Test
  void shouldUseFewerLanesWhereTheServerHasNoMore() throws InterruptedException {
    server.limitQueues(1);
    volume.write(0, new byte[10]);
    List<Thread> threads = new ArrayList<>();
    AtomicInteger done = new AtomicInteger();
    for (int i = 0; i < 8; i++) {
      long offset = i * 1000L;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                volume.write(offset, new byte[] {1, 2});
                volume.flush(offset, 2);
                byte[] back = new byte[2];
                volume.read(offset, back);
                done.addAndGet(back[1]);
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(done.get()).isEqualTo(16);
    assertThat(server.queueCount()).isEqualTo(1);
  }

  @Test
  void shouldSayAtOnceThatThereIsNoMemoryToRegister() {
    server.memory.refuse(new DsaException(DsaException.Category.IO, "look at 'ulimit -l'"));
    assertThatThrownBy(() -> volume.read(0, new byte[8])).hasMessageContaining("ulimit");
    server.memory.refuse(null);
    volume.read(0, new byte[8]);
  }
}
