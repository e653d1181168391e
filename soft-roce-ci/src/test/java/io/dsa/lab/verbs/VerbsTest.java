package io.dsa.lab.verbs;

import static io.dsa.verbs.Access.FLUSH_GLOBAL;
import static io.dsa.verbs.Access.FLUSH_PERSISTENT;
import static io.dsa.verbs.Access.LOCAL_WRITE;
import static io.dsa.verbs.Access.MW_BIND;
import static io.dsa.verbs.Access.REMOTE_ATOMIC;
import static io.dsa.verbs.Access.REMOTE_READ;
import static io.dsa.verbs.Access.REMOTE_WRITE;
import static io.dsa.verbs.CompletionStatus.REMOTE_ACCESS_ERROR;
import static io.dsa.verbs.CompletionStatus.SUCCESS;
import static io.dsa.verbs.CompletionStatus.WORK_REQUEST_FLUSHED;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.dsa.lab.LabDevice;
import io.dsa.lab.RdmaResources;
import io.dsa.sal.Device;
import io.dsa.sal.Devices;
import io.dsa.verbs.CloseAll;
import io.dsa.verbs.CompletionQueue;
import io.dsa.verbs.Completions;
import io.dsa.verbs.ConnectException;
import io.dsa.verbs.ConnectionManager;
import io.dsa.verbs.DeviceAttributes;
import io.dsa.verbs.DeviceAttributes.Feature;
import io.dsa.verbs.Errno;
import io.dsa.verbs.MemoryRegion;
import io.dsa.verbs.MemoryWindow;
import io.dsa.verbs.ProtectionDomain;
import io.dsa.verbs.QueuePairAttributes;
import io.dsa.verbs.QueuePairAttributes.Operations;
import io.dsa.verbs.QueuePairOptions;
import io.dsa.verbs.RdmaDevice;
import io.dsa.verbs.VerbsException;
import io.dsa.verbs.WorkRequests;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("lab")
@Timeout(60)
class VerbsTest {
  private static final int BIND_ONLY = LOCAL_WRITE | MW_BIND;
  private static final int READ_WRITE = REMOTE_READ | REMOTE_WRITE;

  private final Arena arena = Arena.ofShared();
  private final WorkRequests batch = new WorkRequests(16);
  private RdmaResources before;
  private Loopback loop;

  @BeforeEach
  void open() throws Exception {
    LabDevice.open();
    before = RdmaResources.now();
    loop = new Loopback();
  }

  @AfterEach
  void shouldLeaveNothingInTheKernel() throws InterruptedException {
    loop.close();
    arena.close();
    assertThat(RdmaResources.within(Duration.ofSeconds(3), before)).isEqualTo(before);
  }

  private MemoryRegion region(ProtectionDomain domain, long bytes, int access) {
    return domain.register(arena.allocate(bytes, 4096), access);
  }

  private int bind(Loopback.Pair pair, MemoryWindow window, MemoryRegion region, int access) {
    int key = pair.server().bind(window, region, access, 77);
    assertThat(Loopback.completion(pair.serverQueue()).status(0)).isEqualTo(SUCCESS);
    return key;
  }

  private int read(Loopback.Pair pair, MemoryRegion into, long remote, int length, int key) {
    batch.clear();
    batch.read(1, true, into.address(), length, into.localKey(), remote, key);
    return Loopback.run(pair.client(), pair.clientQueue(), batch);
  }

  private int write(Loopback.Pair pair, MemoryRegion from, long remote, int length, int key) {
    batch.clear();
    batch.write(1, true, from.address(), length, from.localKey(), remote, key);
    return Loopback.run(pair.client(), pair.clientQueue(), batch);
  }

  @Test
  void shouldSayWhatTheDeviceIsAndCan() {
    DeviceAttributes attributes = loop.device.attributes();

    assertThat(attributes.name()).startsWith("rxe");
    assertThat(attributes.maxQueueDepth()).isGreaterThan(1024);
    assertThat(attributes.maxMessageBytes()).isGreaterThanOrEqualTo(8 << 20);
    assertThat(attributes.hasMemoryWindows()).isTrue();
    assertThat(attributes.features())
        .contains(
            Feature.FLUSH_GLOBAL, Feature.FLUSH_PERSISTENT, Feature.ATOMIC_WRITE, Feature.ATOMICS);
  }

  @Test
  void shouldFindTheDeviceThatLeadsToAnAddress() {
    try (RdmaDevice device = RdmaDevice.toward(loop.listener.address(), Loopback.SOON)) {
      assertThat(device.attributes()).isEqualTo(loop.device.attributes());
    }
  }

  @Test
  void shouldNotFindADeviceForAnAddressThatIsNotRdmas() {
    assertThatThrownBy(() -> RdmaDevice.at(InetAddress.getByName("192.0.2.1")))
        .isInstanceOf(VerbsException.class);
    assertThatThrownBy(
            () -> RdmaDevice.toward(new InetSocketAddress("192.0.2.1", 1), Duration.ofSeconds(1)))
        .isInstanceOf(VerbsException.class);
  }

  @Test
  void shouldReadAndWriteThroughAWindow() throws Exception {
    try (Loopback.Pair pair = loop.connect(new byte[0]);
        MemoryRegion storage = region(loop.serverDomain, 1 << 16, BIND_ONLY);
        MemoryRegion buffer = region(loop.clientDomain, 1 << 16, LOCAL_WRITE)) {
      try (MemoryWindow window = loop.serverDomain.allocateWindow()) {
        int key = bind(pair, window, storage, READ_WRITE);
        buffer.memory().fill((byte) 42);

        assertThat(write(pair, buffer, storage.address(), 1 << 16, key)).isEqualTo(SUCCESS);
        assertThat(storage.memory().mismatch(buffer.memory())).isEqualTo(-1);

        storage.memory().set(JAVA_BYTE, 5, (byte) 9);
        assertThat(read(pair, buffer, storage.address() + 5, 1, key)).isEqualTo(SUCCESS);
        assertThat(buffer.memory().get(JAVA_BYTE, 0)).isEqualTo((byte) 9);
      }
    }
  }

  @Test
  void shouldRevokeAtOnceByClosingTheWindow() throws Exception {
    try (Loopback.Pair pair = loop.connect(new byte[0]);
        MemoryRegion storage = region(loop.serverDomain, 4096, BIND_ONLY);
        MemoryRegion buffer = region(loop.clientDomain, 4096, LOCAL_WRITE)) {
      MemoryWindow window = loop.serverDomain.allocateWindow();
      int key = bind(pair, window, storage, READ_WRITE);
      assertThat(write(pair, buffer, storage.address(), 8, key)).isEqualTo(SUCCESS);

      window.close();
      buffer.memory().fill((byte) 1);

      assertThat(write(pair, buffer, storage.address(), 8, key)).isEqualTo(REMOTE_ACCESS_ERROR);
      assertThat(storage.memory().get(JAVA_LONG, 0)).isZero();
    }
  }

  @Test
  void shouldRefuseTheKeyOfAnotherQueuePairsWindow() throws Exception {
    try (Loopback.Pair owner = loop.connect(new byte[0]);
        Loopback.Pair thief = loop.connect(new byte[0]);
        MemoryRegion storage = region(loop.serverDomain, 4096, BIND_ONLY);
        MemoryRegion buffer = region(loop.clientDomain, 4096, LOCAL_WRITE);
        MemoryWindow window = loop.serverDomain.allocateWindow()) {
      int key = bind(owner, window, storage, READ_WRITE);

      assertThat(read(thief, buffer, storage.address(), 8, key)).isEqualTo(REMOTE_ACCESS_ERROR);
      assertThat(read(owner, buffer, storage.address(), 8, key)).isEqualTo(SUCCESS);
    }
  }

  @Test
  void shouldRefuseTheRegionsOwnKey() throws Exception {
    try (Loopback.Pair pair = loop.connect(new byte[0]);
        MemoryRegion storage = region(loop.serverDomain, 4096, BIND_ONLY);
        MemoryRegion buffer = region(loop.clientDomain, 4096, LOCAL_WRITE)) {
      assertThat(read(pair, buffer, storage.address(), 8, storage.remoteKey()))
          .isEqualTo(REMOTE_ACCESS_ERROR);
    }
  }

  @Test
  void shouldRefuseAWriteThroughAWindowForReading() throws Exception {
    try (Loopback.Pair pair = loop.connect(new byte[0]);
        MemoryRegion storage = region(loop.serverDomain, 4096, BIND_ONLY);
        MemoryRegion buffer = region(loop.clientDomain, 4096, LOCAL_WRITE);
        MemoryWindow window = loop.serverDomain.allocateWindow()) {
      int key = bind(pair, window, storage, REMOTE_READ);
      buffer.memory().fill((byte) 1);

      assertThat(read(pair, buffer, storage.address(), 8, key)).isEqualTo(SUCCESS);
      assertThat(write(pair, buffer, storage.address(), 8, key)).isEqualTo(REMOTE_ACCESS_ERROR);
      assertThat(storage.memory().get(JAVA_LONG, 0)).isZero();
    }
  }

  @Test
  void shouldRefuseAnAccessPastTheEndOfTheRegion() throws Exception {
    try (Loopback.Pair pair = loop.connect(new byte[0]);
        MemoryRegion storage = region(loop.serverDomain, 4096, BIND_ONLY);
        MemoryRegion buffer = region(loop.clientDomain, 4096, LOCAL_WRITE);
        MemoryWindow window = loop.serverDomain.allocateWindow()) {
      int key = bind(pair, window, storage, READ_WRITE);

      assertThat(read(pair, buffer, storage.address() + 4089, 8, key))
          .isEqualTo(REMOTE_ACCESS_ERROR);
    }
  }

  @Test
  void shouldCarryOutAtomics() throws Exception {
    try (Loopback.Pair pair = loop.connect(new byte[0]);
        MemoryRegion storage = region(loop.serverDomain, 4096, BIND_ONLY);
        MemoryRegion result = region(loop.clientDomain, 4096, LOCAL_WRITE);
        MemoryWindow window = loop.serverDomain.allocateWindow()) {
      int key = bind(pair, window, storage, READ_WRITE | REMOTE_ATOMIC);
      long remote = storage.address() + 64;
      batch.clear();
      batch.atomicWrite(1, true, 5, remote, key);
      Loopback.succeed(pair.client(), pair.clientQueue(), batch);
      batch.clear();
      batch.fetchAndAdd(2, true, result.address(), result.localKey(), 10, remote, key);
      Loopback.succeed(pair.client(), pair.clientQueue(), batch);
      assertThat(result.memory().get(JAVA_LONG, 0)).isEqualTo(5);
      batch.clear();
      batch.compareAndSwap(3, true, result.address(), result.localKey(), 15, 99, remote, key);
      Loopback.succeed(pair.client(), pair.clientQueue(), batch);
      assertThat(result.memory().get(JAVA_LONG, 0)).isEqualTo(15);
      assertThat(storage.memory().get(JAVA_LONG, 64)).isEqualTo(99);

      batch.clear();
      batch.atomicWrite(4, true, 5, remote + 1, key);
      assertThat(pair.client().post(batch)).as("misaligned").isEqualTo(Errno.EINVAL);
    }
  }

  @Test
  @Tag("machine")
  void shouldFlushPersistentMemoryUnderTheDoorbellOfTheWrite() throws Exception {
    try (Device dax = Devices.open(LabDevice.dax());
        Loopback.Pair pair = loop.connect(new byte[0]);
        MemoryRegion storage =
            loop.serverDomain.register(
                dax.memory().asSlice(1 << 21, 1 << 21),
                BIND_ONLY | FLUSH_GLOBAL | FLUSH_PERSISTENT);
        MemoryRegion buffer = region(loop.clientDomain, 4096, LOCAL_WRITE);
        MemoryWindow window = loop.serverDomain.allocateWindow()) {
      int key = bind(pair, window, storage, READ_WRITE | FLUSH_GLOBAL | FLUSH_PERSISTENT);
      buffer.memory().setString(0, "kept");
      batch.clear();
      batch.write(1, false, buffer.address(), 4096, buffer.localKey(), storage.address(), key);
      batch.flush(2, true, storage.address(), 4096, key, WorkRequests.Flush.PERSISTENT);

      assertThat(pair.client().granted().can(Operations.FLUSH)).isTrue();
      Loopback.succeed(pair.client(), pair.clientQueue(), batch);
      assertThat(storage.memory().getString(0)).isEqualTo("kept");
    }
  }

  @Test
  void shouldNotRegisterVolatileMemoryForPersistentFlush() {
    VerbsException refused =
        catchThrowableOfType(
            VerbsException.class,
            () -> region(loop.serverDomain, 4096, LOCAL_WRITE | FLUSH_PERSISTENT));

    assertThat(refused.errno()).isEqualTo(Errno.EINVAL);
  }

  @Test
  void shouldRegisterMoreThanTwoGibibytes() throws Exception {
    assumeTrue(
        "stable".equals(System.getenv("DSA_LAB_KERNEL")),
        "rxe of kernel 7 holds the pages of a region in one allocation, which ends at 1 GiB");
    long bytes = (2L << 30) + (2 << 20);
    try (Device huge = Devices.open("memory:2050MiB");
        Loopback.Pair pair = loop.connect(new byte[0]);
        MemoryRegion buffer = region(loop.clientDomain, 4096, LOCAL_WRITE)) {
      try (MemoryRegion storage = loop.serverDomain.register(huge.memory(), BIND_ONLY);
          MemoryWindow window = loop.serverDomain.allocateWindow()) {
        int key = bind(pair, window, storage, READ_WRITE);
        storage.memory().set(JAVA_LONG, bytes - 8, 1234);

        assertThat(read(pair, buffer, storage.address() + bytes - 8, 8, key)).isEqualTo(SUCCESS);
        assertThat(buffer.memory().get(JAVA_LONG, 0)).isEqualTo(1234);
      }
    }
  }

  @Test
  void shouldRefuseToRegisterTheHeap() {
    assertThatThrownBy(
            () -> loop.clientDomain.register(MemorySegment.ofArray(new byte[64]), LOCAL_WRITE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldKeepARegionThatIsBoundUntilItsWindowIsGone() throws Exception {
    MemoryRegion storage = region(loop.serverDomain, 4096, BIND_ONLY);
    MemoryWindow window = loop.serverDomain.allocateWindow();
    try (Loopback.Pair pair = loop.connect(new byte[0])) {
      bind(pair, window, storage, REMOTE_READ);

      assertThatThrownBy(storage::close).isInstanceOf(VerbsException.class);
      CloseAll.inOrder(window, storage);
    }
  }

  @Test
  void shouldCarryPrivateDataToTheListener() throws Exception {
    byte[] token = "a token of 24 bytes long".getBytes(UTF_8);
    try (Loopback.Pair pair = loop.connect(token)) {
      assertThat(pair.client().isConnected()).isTrue();
      assertThat(loop.privateData.getFirst()).startsWith(token);
      assertThat(pair.client().query().state()).isEqualTo(QueuePairAttributes.READY_TO_SEND);
    }
  }

  @Test
  void shouldTellARefusalWithItsReason() {
    loop.refuseWith = "not today".getBytes(UTF_8);

    ConnectException refused =
        catchThrowableOfType(ConnectException.class, () -> loop.connect(new byte[0]));

    assertThat(refused.reason()).isEqualTo(ConnectException.Reason.REFUSED);
    assertThat(new String(refused.answer(), UTF_8)).startsWith("not today");
    assertThat(refused).hasMessageContaining("the server refused: not today");
  }

  @Test
  void shouldGoOnAfterAHandlerThatFails() throws Exception {
    loop.throwInstead = new StackOverflowError("on purpose");
    ConnectException refused =
        catchThrowableOfType(ConnectException.class, () -> loop.connect(new byte[0]));
    assertThat(refused.reason()).isEqualTo(ConnectException.Reason.REFUSED);

    loop.throwInstead = null;
    try (Loopback.Pair pair = loop.connect(new byte[0])) {
      assertThat(pair.client().isConnected()).isTrue();
    }
  }

  @Test
  void shouldEndAConnectThatIsUnderWayWhenTheManagerCloses() throws Exception {
    ConnectionManager manager = ConnectionManager.start("short-lived");
    CompletionQueue queue = loop.device.createCompletionQueue(16);
    InetSocketAddress silent = new InetSocketAddress("10.9.0.200", 7999);
    CompletableFuture<Throwable> connecting =
        CompletableFuture.supplyAsync(() ->
            catchThrowable(() ->
                manager.connect(
                    silent,
                    new QueuePairOptions(loop.clientDomain, queue, 8, 1),
                    new byte[0],
                    Duration.ofSeconds(30),
                    () -> {})));
    Thread.sleep(300);
    assertThat(connecting).isNotDone();
    manager.close();

    Throwable ended = connecting.get(2, TimeUnit.SECONDS);
    assertThat(ended).isInstanceOf(ConnectException.class).hasMessageContaining("10.9.0.200:7999");
    queue.close();
    assertThatThrownBy(() -> manager.listen(new InetSocketAddress(LabDevice.HOST, 0), 1, loop))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldFindANeighbourForTheFirstTimeWithoutDelay() throws Exception {
    InetSocketAddress neighbour = LabDevice.neighbour(7399);
    for (int i = 0; i < 3; i++) {
      LabDevice.forgetNeighbours();
      long start = System.nanoTime();
      RdmaDevice.toward(neighbour, Duration.ofSeconds(5)).close();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));

      LabDevice.forgetNeighbours();
      start = System.nanoTime();
      ConnectException refused =
          catchThrowableOfType(ConnectException.class, () -> connect(neighbour));
      assertThat(refused.reason()).isEqualTo(ConnectException.Reason.NOBODY_LISTENS);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(1));
    }
  }

  @Test
  void shouldGiveTheErrnoOfACompletionQueueThatCannotBe() {
    VerbsException refused =
        catchThrowableOfType(
            VerbsException.class, () -> loop.device.createCompletionQueue(Integer.MAX_VALUE));

    assertThat(refused.errno()).isIn(Errno.EINVAL, Errno.ENOMEM);
  }

  @Test
  void shouldTellThatNobodyListens() {
    InetSocketAddress nobody = new InetSocketAddress(LabDevice.HOST, 7999);

    ConnectException refused = catchThrowableOfType(ConnectException.class, () -> connect(nobody));

    assertThat(refused.reason()).isEqualTo(ConnectException.Reason.NOBODY_LISTENS);
    assertThat(refused).hasMessageContaining("7999");
  }

  @Test
  void shouldTellThatAHostDoesNotAnswer() {
    InetSocketAddress silent = new InetSocketAddress(LabDevice.nobody(), 7999);
    long start = System.nanoTime();

    ConnectException refused = catchThrowableOfType(ConnectException.class, () -> connect(silent));

    assertThat(refused.reason())
        .isIn(ConnectException.Reason.UNREACHABLE, ConnectException.Reason.TIMED_OUT);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
  }

  private void connect(InetSocketAddress address) throws InterruptedException {
    CompletionQueue queue = loop.device.createCompletionQueue(16);
    try {
      loop.connections
          .connect(
              address,
              new QueuePairOptions(loop.clientDomain, queue, 8, 1),
              new byte[0],
              Duration.ofSeconds(5),
              () -> {})
          .close();
    } finally {
      queue.close();
    }
  }

  @Test
  void shouldSayThatAPortIsTaken() {
    VerbsException refused =
        catchThrowableOfType(
            VerbsException.class, () -> loop.connections.listen(loop.listener.address(), 1, loop));

    assertThat(refused.errno()).isEqualTo(Errno.EADDRINUSE);
    assertThat(refused).hasMessageContaining(String.valueOf(loop.listener.address().getPort()));
  }

  @Test
  void shouldTellBothEndsOfADisconnect() throws Exception {
    Loopback.Pair first = loop.connect(new byte[0]);
    first.client().close();

    assertThat(loop.disconnected.poll(5, TimeUnit.SECONDS)).isSameAs(first.server());
    assertThat(first.server().isConnected()).isFalse();

    Loopback.Pair second = loop.connect(new byte[0]);
    second.server().close();

    assertThat(loop.lostByClient.await(5, TimeUnit.SECONDS)).isTrue();
    assertThat(second.client().query().state()).isEqualTo(QueuePairAttributes.ERROR);
    CloseAll.inOrder(first, second);
  }

  @Test
  void shouldFlushWhatIsPostedOnAQueuePairThatFailed() throws Exception {
    try (Loopback.Pair pair = loop.connect(new byte[0]);
        MemoryRegion storage = region(loop.serverDomain, 4096, BIND_ONLY);
        MemoryRegion buffer = region(loop.clientDomain, 4096, LOCAL_WRITE);
        MemoryWindow window = loop.serverDomain.allocateWindow()) {
      int key = bind(pair, window, storage, READ_WRITE);
      assertThat(write(pair, buffer, storage.address(), 8, key)).isEqualTo(SUCCESS);
      buffer.memory().fill((byte) 1);
      pair.client().fail();

      assertThat(write(pair, buffer, storage.address(), 8, key)).isEqualTo(WORK_REQUEST_FLUSHED);
      assertThat(storage.memory().get(JAVA_LONG, 0)).isZero();
    }
  }

  @Test
  void shouldReportAFullSendQueueAndPostNothing() throws Exception {
    try (Loopback.Pair pair = loop.connect(new byte[0]);
        MemoryRegion storage = region(loop.serverDomain, 4096, BIND_ONLY);
        MemoryRegion buffer = region(loop.clientDomain, 4096, LOCAL_WRITE);
        MemoryWindow window = loop.serverDomain.allocateWindow()) {
      int key = bind(pair, window, storage, READ_WRITE);
      buffer.memory().fill((byte) 1);
      int depth = pair.client().granted().sendDepth();
      WorkRequests requests = new WorkRequests(depth + 1);
      for (int i = 0; i <= depth; i++) {
        requests.write(
            i, i == depth - 1, buffer.address(), 8, buffer.localKey(), storage.address(), key);
      }
      assertThat(pair.client().post(requests)).isEqualTo(Errno.ENOMEM);
      assertThat(pair.clientQueue().poll(new Completions(1))).isZero();
      Thread.sleep(100);
      assertThat(storage.memory().get(JAVA_LONG, 0)).as("written").isZero();
      assertThat(pair.clientQueue().poll(new Completions(1))).isZero();

      requests.clear();
      for (int i = 0; i < depth; i++) {
        requests.write(
            i, i == depth - 1, buffer.address(), 8, buffer.localKey(), storage.address(), key);
      }
      Loopback.succeed(pair.client(), pair.clientQueue(), requests);
      assertThat(storage.memory().get(JAVA_LONG, 0)).isNotZero();
    }
  }

  @Test
  void shouldAnswerAUseAfterCloseWithAnError() throws Exception {
    Loopback.Pair pair = loop.connect(new byte[0]);
    pair.close();
    pair.close();
    batch.clear();
    batch.write(1, true, 0, 0, 0, 0, 0);

    assertThat(pair.client().post(batch)).isEqualTo(Errno.EBADF);
    assertThatThrownBy(pair.client()::query).isInstanceOf(VerbsException.class);
    assertThatThrownBy(pair.clientQueue()::requestNotification).isInstanceOf(VerbsException.class);
    pair.clientQueue().wake();
    pair.client().fail();
  }

  @Test
  void shouldSurviveClosingWhileAnotherThreadPostsAndPolls() throws Exception {
    for (int round = 0; round < 5; round++) {
      Loopback.Pair pair = loop.connect(new byte[0]);
      AtomicReference<Throwable> failure = new AtomicReference<>();
      CountDownLatch started = new CountDownLatch(1);
      Thread worker =
          new Thread(() -> {
            try {
              WorkRequests probe = new WorkRequests(1);
              probe.write(1, true, 0, 0, 0, 0, 0);
              for (int i = 0; ; i++) {
                int errno = pair.client().post(probe);
                if (errno == Errno.EBADF) {
                  return;
                }
                Loopback.completion(pair.clientQueue());
                if (i == 20) {
                  started.countDown();
                }
              }
            } catch (VerbsException e) {
              // The completion queue was closed under the poll: an error, not a crash.
              if (e.errno() != Errno.EBADF) {
                failure.set(e);
              }
            } catch (AssertionError e) {
              failure.set(e);
            }
          });
      worker.start();
      assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
      pair.close();
      worker.join(Duration.ofSeconds(10));
      assertThat(worker.isAlive()).isFalse();
      assertThat(failure).hasNullValue();
    }
  }

  @Test
  void shouldWakeAThreadThatWaitsForCompletions() throws Exception {
    try (Loopback.Pair pair = loop.connect(new byte[0])) {
      CompletionQueue queue = pair.clientQueue();
      queue.requestNotification();

      assertWakes(() -> assertThat(queue.awaitEvent(LONG)).isFalse(), queue::wake);
    }
  }

  @Test
  void shouldWakeAThreadThatWaitsForTheDevice() throws Exception {
    // What other tests did to the network came as events of the port.
    while (loop.device.awaitAsyncEvent(Duration.ZERO).isPresent()) {}
    assertWakes(
        () -> assertThat(loop.device.awaitAsyncEvent(LONG)).isEmpty(),
        loop.device::wakeAsyncEventWait);
  }

  private static final Duration LONG = Duration.ofSeconds(40);

  /** The wait goes on until the wake, and ends by it. */
  private static void assertWakes(Runnable wait, Runnable wake) throws Exception {
    CompletableFuture<Void> waiting = CompletableFuture.runAsync(wait);
    Thread.sleep(300);
    assertThat(waiting).isNotDone();
    wake.run();
    waiting.get(5, TimeUnit.SECONDS);
  }

  @Test
  void shouldNotPileUpWakesThatNobodyWaitedFor() throws Exception {
    try (Loopback.Pair pair = loop.connect(new byte[0])) {
      CompletionQueue queue = pair.clientQueue();
      for (int i = 0; i < 5; i++) {
        queue.wake();
      }
      assertThat(queue.awaitEvent(LONG)).as("ends by the wakes before it").isFalse();

      long start = System.nanoTime();
      assertThat(queue.awaitEvent(Duration.ofMillis(200))).isFalse();
      assertThat(Duration.ofNanos(System.nanoTime() - start))
          .isGreaterThanOrEqualTo(Duration.ofMillis(200));
    }
  }

  @Test
  void shouldNotSpinThroughTheLastMillisecondOfAWait() throws Exception {
    try (Loopback.Pair pair = loop.connect(new byte[0])) {
      int waits = 0;
      long end = System.nanoTime() + 900_000;
      for (long left = 900_000; left > 0; left = end - System.nanoTime()) {
        pair.clientQueue().awaitEvent(Duration.ofNanos(left));
        waits++;
      }
      assertThat(waits).isOne();
    }
  }

  @Test
  void shouldCloseWhatIsStillConnectedWithTheManager() throws Exception {
    ConnectionManager manager = ConnectionManager.start("short-lived");
    CompletionQueue queue = loop.device.createCompletionQueue(16);
    manager.connect(
        loop.listener.address(),
        new QueuePairOptions(loop.clientDomain, queue, 8, 1),
        new byte[0],
        Loopback.SOON,
        () -> {});

    CloseAll.inOrder(manager, queue);

    assertThat(loop.disconnected.poll(5, TimeUnit.SECONDS)).isNotNull();
  }
}
