package io.dsa.lab;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** A SoftRoCE device of its own on this host, which can be taken away from whoever uses it. */
public final class RemovableDevice implements AutoCloseable {
  public static final String ADDRESS = "10.77.0.1";

  private Process removal;

  private RemovableDevice() {}

  public static RemovableDevice add() throws IOException {
    run("ip", "link", "add", "gone0", "type", "veth", "peer", "name", "gone1");
    RemovableDevice device = new RemovableDevice();
    try {
      run("ip", "addr", "add", ADDRESS + "/24", "dev", "gone0");
      run("ip", "link", "set", "gone0", "up");
      run("ip", "link", "set", "gone1", "up");
      run("rdma", "link", "add", "gone", "type", "rxe", "netdev", "gone0");
      return device;
    } catch (IOException | RuntimeException e) {
      device.close();
      throw e;
    }
  }

  /** Begins; it ends only when nobody has the device open any more. */
  public void remove() throws IOException {
    removal = new ProcessBuilder("rdma", "link", "delete", "gone").inheritIO().start();
  }

  /** Whether it is gone within 20 seconds. */
  public boolean awaitRemoval() throws InterruptedException {
    return removal.waitFor(20, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    run("ip", "link", "delete", "gone0");
  }

  private static void run(String... command) throws IOException {
    int status = new ProcessBuilder(command).inheritIO().start().onExit().join().exitValue();
    if (status != 0) {
      throw new IllegalStateException(String.join(" ", command) + ": status " + status);
    }
  }
}
