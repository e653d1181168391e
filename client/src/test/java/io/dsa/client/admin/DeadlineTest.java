package io.dsa.client.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class DeadlineTest {
  @Test
  void shouldCloseTheSocketWhenTheTimeIsOver() throws Exception {
    try (Socket socket = new Socket();
        Deadline deadline = Deadline.after(Duration.ofMillis(1), socket)) {
      while (!socket.isClosed()) {
        Thread.sleep(1);
      }
      assertThat(deadline.isOver()).isTrue();
    }
  }

  /** As for a volume of a size that makes no sense, which the server is to say. */
  @Test
  void shouldWaitLongerThanAnybodyCanCount() throws Exception {
    try (Socket socket = new Socket();
        Deadline deadline = Deadline.after(Duration.ofSeconds(Long.MAX_VALUE / 2), socket)) {
      Thread.sleep(50);
      assertThat(deadline.isOver()).isFalse();
      assertThat(socket.isClosed()).isFalse();
    }
  }
}
