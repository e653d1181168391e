package io.dsa.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.server.admin.AdminClient.Answer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is under way when the plane closes. */
@Timeout(60)
final class AdminCloseTest {
  /** Waits for nothing when it closes. */
  private static final AdminLimits HASTY =
      new AdminLimits(
          8, 8, 4096, Duration.ofSeconds(10), Duration.ofSeconds(10), 2, Duration.ofMillis(100));

  @TempDir private Path directory;
  private PlaneFixture fixture;

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void shouldEndWhatIsUnderWayBeforeItCloses() throws Exception {
    fixture = new PlaneFixture(directory);
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      Future<Answer> slow = threads.submit(() -> fixture.admin.create(FakeServer.SLOW));
      fixture.fake.slowBegun.acquire();
      Future<?> closing = threads.submit(fixture.plane::close);
      awaitNoListener();
      fixture.fake.release.countDown();

      assertThat(slow.get().status()).isEqualTo(201);
      assertThat(slow.get().header("connection")).isEqualTo("close");
      closing.get();
      assertThatThrownBy(() -> fixture.admin.get("/api/v1/pools")).isInstanceOf(IOException.class);
      fixture.plane.close();
    }
  }

  @Test
  void shouldLetAnAnswerGoThatComesAfterItHasClosed() throws Exception {
    List<Throwable> uncaught = new CopyOnWriteArrayList<>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    fixture = new PlaneFixture(directory, HASTY);
    Thread.setDefaultUncaughtExceptionHandler((thread, why) -> uncaught.add(why));
    try (ExecutorService threads = Executors.newSingleThreadExecutor()) {
      Future<Answer> slow = threads.submit(() -> fixture.admin.create(FakeServer.SLOW));
      fixture.fake.slowBegun.acquire();
      fixture.plane.close();

      assertThatThrownBy(slow::get).hasCauseInstanceOf(IOException.class);
      // Only a loop that has ended refuses.
      for (Thread loop : named("dsa-admin-io")) {
        loop.join();
      }
      List<Thread> workers = named("dsa-admin-\\d+");
      assertThat(workers).isNotEmpty();
      fixture.fake.release.countDown();
      for (Thread worker : workers) {
        worker.join();
      }
      assertThat(uncaught).isEmpty();
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  private static List<Thread> named(String pattern) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().matches(pattern))
        .toList();
  }

  private void awaitNoListener() throws Exception {
    boolean refused = false;
    while (!refused) {
      try (Socket socket = new Socket()) {
        socket.connect(fixture.address());
      } catch (ConnectException e) {
        refused = true;
      } catch (SocketException e) {
        // Reset: it came while the listener was closing.
      }
    }
  }
}
