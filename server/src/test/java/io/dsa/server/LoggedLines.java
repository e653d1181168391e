package io.dsa.server;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What a class logs while a test has this open. Thread-safe. */
public final class LoggedLines implements AutoCloseable {
  private final Logger logger;
  private final List<LogRecord> records = new CopyOnWriteArrayList<>();
  private final CountDownLatch severe = new CountDownLatch(1);

  private final Handler handler =
      new Handler() {
        @Override
        public void publish(LogRecord line) {
          records.add(line);
          if (isSevere(line)) {
            severe.countDown();
          }
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
      };

  public LoggedLines(Class<?> of) {
    logger = Logger.getLogger(of.getName());
    logger.setLevel(Level.ALL);
    logger.addHandler(handler);
  }

  /** The lines so far, without their levels. */
  public List<String> lines() {
    return records.stream().map(LogRecord::getMessage).toList();
  }

  /** The lines so far that an operator has to act upon. */
  public List<String> severe() {
    return records.stream().filter(LoggedLines::isSevere).map(LogRecord::getMessage).toList();
  }

  /** Waits for the first line that an operator has to act upon. */
  public void awaitSevere() throws InterruptedException {
    severe.await();
  }

  private static boolean isSevere(LogRecord line) {
    return line.getLevel().equals(Level.SEVERE);
  }

  @Override
  public void close() {
    logger.removeHandler(handler);
    logger.setLevel(null);
  }
}
