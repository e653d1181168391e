package io.dsa.client.admin;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Closes a socket when its time is over, whatever somebody waits for on it: one who sends a byte
 * now and then keeps every time-out of the socket's own from coming. Closing this ends the watch.
 */
final class Deadline implements AutoCloseable {
  private final CountDownLatch done = new CountDownLatch(1);
  private volatile boolean over;

  private Deadline() {}

  static Deadline after(Duration time, Socket socket) {
    Deadline deadline = new Deadline();
    Thread.ofPlatform()
        .daemon()
        .name("dsa-admin-deadline")
        .start(() -> deadline.watch(time, socket));
    return deadline;
  }

  private void watch(Duration time, Socket socket) {
    try {
      if (!done.await(TimeUnit.NANOSECONDS.convert(time), TimeUnit.NANOSECONDS)) {
        over = true;
        socket.close();
      }
    } catch (InterruptedException | IOException e) {
      // Nobody interrupts it, and what does not close is the operating system's.
    }
  }

  boolean isOver() {
    return over;
  }

  @Override
  public void close() {
    done.countDown();
  }
}
