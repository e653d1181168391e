package io.dsa.lab.crash;

import io.dsa.client.ClientOptions;
import io.dsa.client.DsaClient;
import io.dsa.client.DsaException;
import io.dsa.client.Volume;
import io.dsa.client.admin.DsaAdmin;
import io.dsa.lab.LabAccess;
import io.dsa.lab.LabAdmin;
import io.dsa.protocol.DurabilityMethod;
import io.dsa.protocol.OpenMode;
import io.dsa.protocol.VolumeInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Clients of a server that write records by RDMA, each in a thread, while another one changes
 * volumes and fills new ones. They go on until the server is gone.
 */
final class ClientWorkload {
  private static final int WRITERS = 2;
  private static final long LARGEST = 32L << 20;
  private static final long KEPT_BYTES = 3_000_017;
  private static final Duration END = Duration.ofSeconds(60);

  private final Journal journal;
  private final ClientOptions options;
  private final SplittableRandom random;
  private final DsaClient changer;
  private final DsaAdmin admin;
  private final ChangePlan plan;
  private final List<Thread> threads = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();
  private final CountDownLatch writing = new CountDownLatch(WRITERS);
  private volatile boolean crashing;

  private ClientWorkload(
      Journal journal, ClientOptions options, SplittableRandom random, long firstId) {
    this.journal = journal;
    this.options = options;
    this.random = random;
    this.changer = ServerProcess.connect(options);
    this.admin = LabAdmin.of(ServerProcess.ADDRESS);
    this.plan = new ChangePlan(journal, new ClientAdmin(admin), random, firstId, LARGEST);
  }

  /** Deletes all volumes that there are, and starts; returns when records are being written. */
  static ClientWorkload start(
      Journal journal, DurabilityMethod method, SplittableRandom random, long firstId)
      throws InterruptedException {
    ClientWorkload workload =
        new ClientWorkload(
            journal, LabAccess.clientOptions().withDurability(method), random, firstId);
    for (VolumeInfo volume : workload.admin.volumes()) {
      workload.admin.deleteVolume(volume.name());
    }
    for (int i = 0; i < WRITERS; i++) {
      String name = "kept" + i;
      long id = workload.plan.keep(name, KEPT_BYTES);
      SplittableRandom own = random.split();
      workload.spawn(name, () -> workload.write(name, id, own));
    }
    if (!workload.writing.await(END.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException("no records are written: " + workload.failures);
    }
    workload.spawn("changer", workload::change);
    return workload;
  }

  private void spawn(String name, Runnable work) {
    threads.add(
        Thread.ofPlatform()
            .name(name)
            .start(() -> {
              try {
                work.run();
              } catch (DsaException e) {
                failed(e);
              } catch (RuntimeException | Error e) {
                failed(new AssertionError(name + " failed", e));
              }
            }));
  }

  /** A client may fail in any way that it has a name for, but only when its server is gone. */
  private void failed(Throwable failure) {
    if (!crashing || !(failure instanceof DsaException)) {
      synchronized (failures) {
        failures.add(failure);
      }
    }
  }

  private void write(String name, long id, SplittableRandom own) {
    try (DsaClient client = ServerProcess.connect(options);
        Volume volume = client.open(name, OpenMode.READ_WRITE);
        QueueWriter writer = new QueueWriter(client, volume, id, journal, own)) {
      boolean well = writer.writeBatch();
      writing.countDown();
      while (well) {
        well = writer.writeBatch();
      }
    }
    if (!crashing) {
      throw new IllegalStateException("the queue failed before the server did");
    }
  }

  private void change() {
    while (true) {
      plan.change();
      if (random.nextBoolean()) {
        fill();
      }
    }
  }

  /** What is deleted later has to have held something. */
  private void fill() {
    List<Map.Entry<Long, ExpectedVolume.Shape>> volumes =
        plan.writable().entrySet().stream().filter(entry -> !plan.isKept(entry.getKey())).toList();
    if (volumes.isEmpty()) {
      return;
    }
    Map.Entry<Long, ExpectedVolume.Shape> chosen = volumes.get(random.nextInt(volumes.size()));
    try (Volume volume = changer.open(chosen.getValue().name(), OpenMode.READ_WRITE);
        QueueWriter writer =
            new QueueWriter(changer, volume, chosen.getKey(), journal, random.split())) {
      boolean well = true;
      for (int i = 0; well && i < 4; i++) {
        well = writer.writeBatch();
      }
    }
  }

  /** To be called just before the server is killed: from now on clients may fail. */
  void crash() {
    crashing = true;
  }

  /**
   * Waits until all of them have noticed.
   *
   * @throws IllegalStateException if one of them failed in another way, or hangs
   */
  void end() throws InterruptedException {
    long deadline = System.nanoTime() + END.toNanos();
    for (Thread thread : threads) {
      thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
      if (thread.isAlive()) {
        IllegalStateException hangs =
            new IllegalStateException(thread.getName() + " has not noticed for " + END);
        hangs.setStackTrace(thread.getStackTrace());
        throw hangs;
      }
    }
    admin.close();
    changer.close();
    synchronized (failures) {
      if (!failures.isEmpty()) {
        throw new IllegalStateException("a client failed", failures.getFirst());
      }
    }
  }
}
