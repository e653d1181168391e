package io.dsa.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.protocol.Secret;
import io.dsa.server.LoggedLines;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An old secret that has ended does not come back: not by the clock, a new start or a crash. */
@Timeout(60)
final class EndOfSecretTest {
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration NEVER = Duration.ofDays(1);
  private static final Duration OFTEN = Duration.ofMillis(5);

  /** Where one task waits, the others must not: the pool that all share may have one thread. */
  private static final Executor OWN_THREAD = task -> Thread.ofPlatform().daemon().start(task);

  /** A change is written to both slots. */
  private static final int WRITES_OF_A_CHANGE = 2;

  @TempDir private Path parent;
  private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

  /** Released each time that somebody reads the clock, as every look does. */
  private final Semaphore looks = new Semaphore(0);

  private final InstantSource clock =
      () -> {
        looks.release();
        return now;
      };

  private final AtomicInteger writes = new AtomicInteger();

  /** Released for each write that is durable. */
  private final Semaphore written = new Semaphore(0);

  private final CountDownLatch writing = new CountDownLatch(1);
  private final CountDownLatch stuckUntil = new CountDownLatch(1);
  private volatile boolean sticking;
  private volatile int failingFrom = Integer.MAX_VALUE;
  private StateDirectory directory;
  private Users users;
  private Secret old;
  private Secret fresh;
  private Instant rotated;

  @BeforeEach
  void rotate() {
    open(NEVER);
    old = users.add("ada", false, Quotas.NONE);
    fresh = users.rotate("ada", HOUR);
    rotated = now;
    writes.set(0);
    written.drainPermits();
  }

  private void open(Duration betweenLooks) {
    directory = StateDirectory.open(parent.resolve("state"));
    users = Users.open(directory, clock, this::write, betweenLooks);
  }

  private void write(FileChannel to, long offset, ByteBuffer bytes) throws IOException {
    if (writes.incrementAndGet() >= failingFrom) {
      throw new IOException("No space left on device");
    }
    if (sticking) {
      writing.countDown();
      awaitForLong(stuckUntil);
    }
    StateFile.SlotWriter.durable(to, offset, bytes);
    written.release();
  }

  /** Waits until the server has looked for secrets that ended some times more. */
  private void awaitLooks() throws InterruptedException {
    looks.drainPermits();
    // One that had begun before may be among them.
    looks.acquire(10);
  }

  private static void awaitForLong(CountDownLatch latch) {
    try {
      assertThat(latch.await(50, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @AfterEach
  void close() {
    users.close();
    directory.close();
  }

  private boolean knows(Secret secret) {
    return users.authenticateToken("ada", secret.adminToken()).isPresent();
  }

  /** Whether the file as it is now knows the secret again, where a server starts with it then. */
  private boolean wouldKnowAfterACrash(Secret secret, Instant start) throws IOException {
    try (StateDirectory copy = StateDirectory.open(parent.resolve("copy"))) {
      Files.copy(
          directory.users(),
          copy.users(),
          StandardCopyOption.REPLACE_EXISTING,
          StandardCopyOption.COPY_ATTRIBUTES);
      try (Users later = Users.open(copy, () -> start)) {
        assertThat(later.authenticateToken("ada", fresh.adminToken())).isPresent();
        return later.authenticateToken("ada", secret.adminToken()).isPresent();
      }
    }
  }

  @Test
  void shouldStayEndedOverARestartWhereTheClockIsSetBack() {
    now = rotated.plus(HOUR);
    assertThat(knows(old)).isFalse();

    close();
    now = rotated;
    open(NEVER);

    assertThat(knows(old)).isFalse();
    assertThat(knows(fresh)).isTrue();
  }

  @Test
  void shouldStayEndedThoughNobodyHasAskedBeforeTheServerStopped() {
    now = rotated.plus(HOUR);

    close();
    now = rotated;
    open(NEVER);

    assertThat(knows(old)).isFalse();
  }

  @Test
  void shouldStayEndedThoughItEndedWhileNoServerRan() {
    close();
    now = rotated.plus(HOUR);
    open(NEVER);
    close();
    now = rotated;
    open(NEVER);

    assertThat(knows(old)).isFalse();
    assertThat(knows(fresh)).isTrue();
  }

  @Test
  void shouldStayEndedOverACrashOnceSomebodyHasTriedIt() throws Exception {
    assertThat(wouldKnowAfterACrash(old, rotated)).isTrue();
    now = rotated.plus(HOUR);

    assertThat(knows(old)).isFalse();

    written.acquire(WRITES_OF_A_CHANGE);
    assertThat(wouldKnowAfterACrash(old, rotated)).isFalse();
  }

  @Test
  void shouldStayEndedOverACrashThoughNobodyAsks() throws Exception {
    close();
    open(OFTEN);
    now = rotated.plus(HOUR);

    written.acquire(WRITES_OF_A_CHANGE);

    assertThat(wouldKnowAfterACrash(old, rotated)).isFalse();
  }

  @Test
  void shouldWriteAnEndOnceHoweverOftenTheSecretIsTried() throws Exception {
    close();
    open(OFTEN);
    now = rotated.plus(HOUR);
    for (int i = 0; i < 200; i++) {
      assertThat(knows(old)).isFalse();
      assertThat(knows(fresh)).isTrue();
    }
    written.acquire(WRITES_OF_A_CHANGE);
    awaitLooks();
    close();

    assertThat(writes).hasValue(WRITES_OF_A_CHANGE);
  }

  @Test
  void shouldWriteNothingBeforeTheEnd() throws Exception {
    close();
    open(OFTEN);
    now = rotated.plus(HOUR).minusMillis(1);
    for (int i = 0; i < 50; i++) {
      assertThat(knows(old)).isTrue();
    }
    awaitLooks();
    close();

    assertThat(writes).hasValue(0);
  }

  @Test
  void shouldRefuseItAtOnceAndForGoodWhileTheDiskHoldsAChangeUp() throws Exception {
    sticking = true;
    CompletableFuture<Void> change =
        CompletableFuture.runAsync(() -> users.add("bob", false, Quotas.NONE), OWN_THREAD);
    try {
      awaitForLong(writing);
      for (Instant instant : List.of(rotated.plus(HOUR), rotated)) {
        now = instant;
        assertThat(knowsAtOnce(old)).isFalse();
        assertThat(knowsAtOnce(fresh)).isTrue();
      }
      assertThat(change).isNotDone();
    } finally {
      stuckUntil.countDown();
    }
    change.get(10, TimeUnit.SECONDS);

    // The change began before the end, and has the secret still.
    assertThat(knows(old)).isFalse();
    written.acquire(2 * WRITES_OF_A_CHANGE);
    assertThat(knows(old)).isFalse();
    assertThat(wouldKnowAfterACrash(old, rotated)).isFalse();
  }

  @Test
  void shouldRefuseItForGoodWhereTheChangeThatMetItsEndFails() {
    now = rotated.plus(HOUR);
    failingFrom = 1;
    assertThatThrownBy(() -> users.add("bob", false, Quotas.NONE))
        .isInstanceOf(AccessException.class);
    now = rotated;

    assertThat(knows(old)).isFalse();
    assertThat(knows(fresh)).isTrue();
  }

  private boolean knowsAtOnce(Secret secret) throws Exception {
    return CompletableFuture.supplyAsync(() -> knows(secret), OWN_THREAD).get(10, TimeUnit.SECONDS);
  }

  /** Whichever of the two copies it is that cannot be written. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void shouldRefuseItAndSaySoOnceWhereTheEndCannotBeWritten(int failing) throws Exception {
    failingFrom = failing;
    try (LoggedLines logged = new LoggedLines(Users.class)) {
      now = rotated.plus(HOUR);
      assertThat(knows(old)).isFalse();
      logged.awaitSevere();
      now = rotated;
      for (int i = 0; i < 50; i++) {
        assertThat(knows(old)).isFalse();
      }
      assertThat(knows(fresh)).isTrue();
      assertThatThrownBy(() -> users.add("bob", false, Quotas.NONE))
          .isInstanceOf(AccessException.class)
          .hasMessageContaining("start the server again");
      close();

      assertThat(writes).hasValue(failing);
      assertThat(logged.severe())
          .singleElement()
          .asString()
          .hasLineCount(1)
          .contains(directory.users().toString(), "No space left on device", "old secret");
    }
  }

  @Test
  void shouldWriteTheEndWithAChangeThatComesFirst() {
    now = rotated.plus(HOUR);
    users.add("bob", false, Quotas.NONE);

    assertThat(writes).hasValue(WRITES_OF_A_CHANGE);
    assertThat(knows(old)).isFalse();
    close();
    assertThat(writes).hasValue(WRITES_OF_A_CHANGE);
    now = rotated;
    open(NEVER);
    assertThat(knows(old)).isFalse();
  }
}
