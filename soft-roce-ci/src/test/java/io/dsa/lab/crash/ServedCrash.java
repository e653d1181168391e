package io.dsa.lab.crash;

import io.dsa.lab.LabAccess;
import io.dsa.lab.LabAdmin;
import io.dsa.protocol.DurabilityMethod;
import io.dsa.sal.CrashDevice;
import io.dsa.server.DsaServer;
import io.dsa.server.ServerConfig;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The device of {@link ModelCrash} behind a real server: clients write to it by RDMA, and what the
 * server does not write back is lost.
 */
final class ServedCrash {
  private static final long CAPACITY = 64L << 20;
  private static final long PAGE = 4096;
  private static final int MOST_PERSISTS = 400;
  private static final long PATIENCE_SECONDS = 60;

  private ServedCrash() {}

  static CrashPoint run(long seed, Defect defect) throws Exception {
    SplittableRandom random = new SplittableRandom(seed);
    // What an RDMA device is to reach has an address, which the heap has not.
    CrashDevice device = new CrashDevice(Arena.ofAuto().allocate(CAPACITY, PAGE));
    ModelCrash.prepare(device);
    Journal journal = Journal.inMemory();
    PowerSignal signal = new PowerSignal(device);
    String uri = CrashProvider.offer("model", defect.in(signal));
    try (DsaServer server = DsaServer.start(config(uri))) {
      ClientWorkload workload =
          ClientWorkload.start(
              journal,
              DurabilityMethod.SERVER_PERSIST,
              random.split(),
              random.nextLong(1L << 40) << 20);
      signal.before = workload::crash;
      device.cutPowerAt(random.nextInt(MOST_PERSISTS));
      if (!signal.gone.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("server " + server.address() + " persists nothing more");
      }
      workload.end();
    }
    return new CrashPoint(
        "served",
        "crash",
        "server-persist",
        seed,
        journal.flushed(),
        PoolState.findings(journal, device.afterPowerCut(random)));
  }

  private static ServerConfig config(String uri) {
    return new ServerConfig(
        "crash",
        ServerProcess.ADDRESS,
        ServerProcess.ADDRESS.getPort() + 1,
        List.of(uri),
        false,
        ServerConfig.Limits.DEFAULT,
        LabAccess.stateDirectory(),
        LabAdmin.plane(ServerProcess.ADDRESS));
  }

  /** Says that power is gone before anybody can notice. */
  private static final class PowerSignal extends DeviceWrapper {
    private final CountDownLatch gone = new CountDownLatch(1);
    private volatile Runnable before = () -> {};

    PowerSignal(CrashDevice device) {
      super(device);
    }

    @Override
    public MemorySegment memory() {
      try {
        return device.memory();
      } catch (CrashDevice.PowerCut e) {
        throw told(e);
      }
    }

    @Override
    public void persist(long offset, long length) {
      try {
        device.persist(offset, length);
      } catch (CrashDevice.PowerCut e) {
        throw told(e);
      }
    }

    private CrashDevice.PowerCut told(CrashDevice.PowerCut cut) {
      before.run();
      gone.countDown();
      return cut;
    }
  }
}
