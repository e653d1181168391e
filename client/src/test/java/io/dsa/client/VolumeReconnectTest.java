package io.dsa.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsa.client.DsaException.Category;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a volume does when its connection or its server is lost. */
@Timeout(60)
final class VolumeReconnectTest {
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

  private static byte[] bytes(int length, int value) {
    byte[] bytes = new byte[length];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }

  private static Category categoryOf(Runnable call) {
    try {
      call.run();
    } catch (DsaException e) {
      return e.category();
    } catch (CompletionException e) {
      return ((DsaException) e.getCause()).category();
    }
    return null;
  }

  private void awaitPosted(int count) {
    long limit = System.nanoTime() + 5_000_000_000L;
    while (server.postedCount() < count && System.nanoTime() < limit) {
      Thread.onSpinWait();
    }
    assertThat(server.postedCount()).isGreaterThanOrEqualTo(count);
  }

  @Test
  void shouldWriteNothingOverWhatAnotherWriterWroteMeanwhile() {
    server.hold();
    CompletableFuture<Void> write = volume.writeAsync(0, bytes(10, 1));
    awaitPosted(1);
    server.refuse(new DsaException(Category.BUSY, "somebody else has it"));
    server.disconnect();
    server.take((byte) 9);
    server.refuse(null);
    server.proceed();

    assertThat(categoryOf(write::join)).isEqualTo(Category.ACCESS_DENIED);
    assertThat(categoryOf(() -> volume.write(0, bytes(10, 2)))).isEqualTo(Category.ACCESS_DENIED);
    assertThat(volume.revocation()).map(DsaException::category).hasValue(Category.ACCESS_DENIED);
    assertThat(server.contents(0, 10)).containsOnly(9);
  }

  @Test
  void shouldRepeatWhatWasInFlightInOrder() {
    server.hold();
    List<CompletableFuture<Void>> writes = new ArrayList<>();
    for (int i = 1; i < 120; i++) {
      writes.add(volume.writeAsync(i, bytes(9000, i)));
    }
    awaitPosted(8);
    server.disconnect();
    server.proceed();
    writes.forEach(CompletableFuture::join);

    byte[] back = new byte[120];
    volume.read(0, back);
    for (int i = 1; i < 119; i++) {
      assertThat(back[i]).isEqualTo((byte) i);
    }
    assertThat(server.attachCount()).isEqualTo(2);
  }

  @Test
  void shouldWaitForTheServerToComeBack() throws InterruptedException {
    volume.write(0, bytes(10, 1));
    server.kill();
    CompletableFuture<Void> writing = volume.writeAsync(0, bytes(10, 2));
    Thread.sleep(100);
    assertThat(writing).isNotDone();
    server.start();
    writing.join();
    assertThat(server.contents(0, 2)).containsExactly(2, 2);
  }

  @Test
  void shouldKeepAcknowledgedWritesOfTheSameServer() {
    volume.write(0, bytes(100, 1));
    server.disconnect();
    volume.write(200, bytes(100, 2));
    assertThatCode(volume::flush).doesNotThrowAnyException();
    assertThat(server.durable(99, 1)).containsExactly(1);
    assertThat(server.durable(200, 1)).containsExactly(2);
  }

  @Test
  void shouldTellOnceOfWritesThatAreNotKnownToBeDurable() {
    volume.write(0, bytes(100, 1));
    volume.write(1000, bytes(50, 2));
    volume.writeDurable(2000, bytes(50, 3));
    volume.write(3000, bytes(50, 4));
    server.restart();

    assertThatThrownBy(() -> volume.flush(0, 2000))
        .isInstanceOf(DsaException.class)
        .hasMessageContaining("0+100, 1000+50;")
        .hasMessageContaining("restarted")
        .extracting(e -> ((DsaException) e).category())
        .isEqualTo(Category.NOT_DURABLE);
    volume.flush(0, 2000);
    assertThatThrownBy(() -> volume.flush(3010, 10)).hasMessageContaining("3010+10;");
    assertThatThrownBy(() -> volume.flushAsync().join())
        .cause()
        .hasMessageContaining("3000+10, 3020+30;");
    volume.flush();
    assertThat(server.durable(2000, 1)).containsExactly(3);
  }

  @Test
  void shouldFlushWhatAnEarlierRunOfTheServerLeft() {
    volume.write(0, bytes(100, 1));
    server.handOver();
    assertThatCode(volume::flush).doesNotThrowAnyException();
    assertThat(server.durable(0, 1)).containsExactly(1);
  }

  @Test
  void shouldTellOfWritesThatWereLostAfterARunThatLeftAll() {
    volume.write(0, bytes(100, 1));
    server.handOver();
    volume.write(200, bytes(100, 2));
    server.restart();
    assertThatThrownBy(() -> volume.flush()).hasMessageContaining("0+100, 200+100;");
  }

  @Test
  void shouldForgetWhatWasWrittenAgain() {
    volume.write(0, bytes(100, 1));
    volume.write(1000, bytes(100, 1));
    server.restart();
    volume.write(0, bytes(100, 1));
    volume.writeDurable(1000, bytes(50, 1));

    assertThatThrownBy(volume::flush).hasMessageContaining(": 1050+50;");
    assertThat(server.durable(0, 1)).containsExactly(1);
    assertThat(server.durable(1000, 1)).containsExactly(1);
  }

  @Test
  void shouldNameABoundedNumberOfRanges() {
    for (int i = 0; i < 3000; i++) {
      volume.write(i * 1000L, bytes(10, 1));
    }
    server.restart();
    assertThatThrownBy(volume::flush)
        .hasMessageMatching("(?s).*: 0\\+.*( \\d+\\+\\d+,?){7} and \\d+ more; write them again")
        .hasMessageMatching("(?s).{100,500}");
  }

  @Test
  void shouldNotAcknowledgeHalfAWriteOfAnotherRun() {
    server.hold();
    CompletableFuture<Void> writing = volume.writeDurableAsync(0, bytes(100_000, 7));
    awaitPosted(8);
    server.restart();
    writing.join();
    assertThat(server.durable(0, 100_000)).containsOnly(7);
  }

  @Test
  void shouldNotRepeatAnAtomicThatMayHaveTakenEffect() {
    volume.atomicWrite(8, 5);
    volume.flush(8, 8);
    server.hold();
    CompletableFuture<Long> adding = volume.fetchAndAddAsync(8, 1);
    CompletableFuture<Void> setting = volume.atomicWriteAsync(24, 1);
    CompletableFuture<Void> writing = volume.writeAsync(16, bytes(8, 1));
    awaitPosted(5);
    server.disconnect();
    server.proceed();

    assertThatThrownBy(adding::join)
        .cause()
        .hasMessageContaining("fetch-and-add of 8 bytes at offset 8")
        .hasMessageContaining("not known");
    assertThatThrownBy(setting::join)
        .cause()
        .hasMessageContaining("atomic write of 8 bytes at offset 24")
        .hasMessageContaining("not known");
    writing.join();
    assertThat(volume.fetchAndAdd(8, 0)).isIn(5L, 6L);
  }

  @Test
  void shouldCarryOutAnAtomicThatWasNotPosted() {
    volume.write(0, bytes(8, 0));
    server.disconnect();
    assertThat(volume.fetchAndAdd(0, 3)).isZero();
    assertThat(volume.fetchAndAdd(0, 0)).isEqualTo(3);
  }

  @Test
  void shouldGiveUpAtTheDeadlineAndTryAgainForTheNext() {
    try (Volume hasty = server.open(OPTIONS.withDeadline(Duration.ofMillis(150)))) {
      hasty.write(0, bytes(8, 1));
      server.kill();
      DsaException failure;
      do {
        // The first may be over before anybody could find out why.
        failure = catchThrowableOfType(DsaException.class, () -> hasty.read(0, new byte[8]));
        assertThat(failure.category()).isEqualTo(Category.TIMED_OUT);
        assertThat(failure).hasMessageContaining("PT0.15S");
      } while (!failure.getMessage().contains("the server is down"));
      assertThat(hasty.inFlight()).isZero();
      server.start();
      hasty.read(0, new byte[8]);
    }
  }

  /** Asking again would not make the user another one. */
  @Test
  void shouldEndWhenTheUserIsRemoved() {
    volume.write(0, bytes(8, 1));
    server.refuse(new DsaException(Category.NOT_PERMITTED, "authentication failed"));
    server.disconnect();
    assertThat(categoryOf(() -> volume.read(0, new byte[8]))).isEqualTo(Category.NOT_PERMITTED);
    server.refuse(null);
    assertThat(categoryOf(volume::flush)).isEqualTo(Category.NOT_PERMITTED);
  }

  @Test
  void shouldEndWhenTheVolumeIsGone() {
    volume.write(0, bytes(8, 1));
    server.refuse(new DsaException(Category.UNKNOWN_VOLUME, "no volume v"));
    server.disconnect();
    assertThat(categoryOf(() -> volume.read(0, new byte[8]))).isEqualTo(Category.UNKNOWN_VOLUME);
    server.refuse(null);
    assertThat(categoryOf(volume::flush)).isEqualTo(Category.UNKNOWN_VOLUME);
  }

  @Test
  void shouldEndWhenAnotherVolumeHasTheName() {
    volume.write(0, bytes(8, 1));
    server.replaceVolume();
    server.disconnect();
    assertThatThrownBy(() -> volume.read(0, new byte[8]))
        .hasMessageContaining("was deleted meanwhile, and another has its name");
  }

  @Test
  void shouldEndWhenTheVolumeHasAnotherSize() {
    volume.write(0, bytes(8, 1));
    server.resize(ModelServer.BYTES - 8);
    server.disconnect();
    assertThatThrownBy(() -> volume.read(0, new byte[8]))
        .hasMessageContaining("had 3145728 bytes and has 3145720 now");
  }

  @Test
  void shouldEndWhenTheAccessIsTakenAway() {
    server.hold();
    CompletableFuture<Void> writing = volume.writeAsync(0, bytes(8, 1));
    awaitPosted(1);
    assertThat(volume.revocation()).isEmpty();
    server.takeOver();
    assertThat(categoryOf(writing::join)).isEqualTo(Category.ACCESS_DENIED);
    assertThat(categoryOf(() -> volume.read(0, new byte[8]))).isEqualTo(Category.ACCESS_DENIED);
    assertThat(volume.revocation())
        .map(DsaException::getMessage)
        .hasValue("volume v was taken over");
  }

  @Test
  void shouldComeBackWhereAServerThatEndsHasRevoked() {
    server.hold();
    CompletableFuture<Void> writing = volume.writeAsync(0, bytes(8, 1));
    awaitPosted(1);
    server.revoke();
    server.kill();
    server.refuse(null);
    server.start();
    writing.join();
  }

  @Test
  void shouldNotUseAVolatileVolumeOfAnotherRun() {
    ModelServer forgetful = new ModelServer(null, 1);
    try (Volume fleeting = forgetful.open(OPTIONS)) {
      fleeting.write(0, bytes(8, 1));
      forgetful.disconnect();
      fleeting.write(8, bytes(8, 1));
      forgetful.restart();
      assertThatThrownBy(() -> fleeting.read(0, new byte[8]))
          .hasMessageContaining("volume v is volatile and its server was restarted")
          .extracting(e -> ((DsaException) e).category())
          .isEqualTo(Category.NOT_DURABLE);
    }
  }

  @Test
  void shouldEndWhileItReconnects() {
    server.kill();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      all.add(volume.writeAsync(i, bytes(5000, 1)));
    }
    volume.close();
    all.forEach(future -> assertThat(categoryOf(future::join)).isEqualTo(Category.CLOSED));
  }
}
