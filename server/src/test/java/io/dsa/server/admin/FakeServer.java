package io.dsa.server.admin;

import io.dsa.protocol.DurabilityMethod;
import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.OpenMode;
import io.dsa.protocol.Persistence;
import io.dsa.protocol.PoolInfo;
import io.dsa.protocol.Secret;
import io.dsa.protocol.VolumeInfo;
import io.dsa.protocol.VolumeName;
import io.dsa.protocol.VolumeState;
import io.dsa.server.access.Quotas;
import io.dsa.server.access.StateDirectory;
import io.dsa.server.access.Users;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;

/** What a server has, in memory: enough to be administered. */
final class FakeServer implements Volumes, Sessions, AutoCloseable {
  static final String POOL = "memory:1GiB";

  /** Whoever has it open, so that it is busy. */
  static final String BUSY = "busy";

  /** Makes the server fail at it as by a defect. */
  static final String DEFECT = "defect";

  /** Is made only when {@link #release} is counted down. */
  static final String SLOW = "slow";

  final Semaphore slowBegun = new Semaphore(0);
  final CountDownLatch release = new CountDownLatch(1);
  private final Map<String, Volumes.Description> volumes = new TreeMap<>();
  private final StateDirectory state;
  private final Users users;
  private final Map<String, Secret> secrets = new HashMap<>();
  private final Map<Long, Sessions.Description> sessions = new TreeMap<>();

  /** With an admin and a user called reader. */
  FakeServer(Path directory) {
    state = StateDirectory.open(directory);
    users = Users.open(state, InstantSource.system());
    secrets.put("admin", users.rotate("admin", Duration.ZERO));
    secrets.put("reader", users.add("reader", false, Quotas.NONE));
    session(7, "admin");
    session(8, "reader");
  }

  private void session(long id, String user) {
    sessions.put(
        id,
        new Sessions.Description(
            id,
            user,
            "client " + id,
            "10.9.0.2:1234",
            List.of(new Opened("v", OpenMode.READ_WRITE)),
            2));
  }

  Administration administration() {
    return administration(Optional.of(users));
  }

  Administration administration(Optional<Users> whose) {
    return new Administration(
        whose,
        () ->
            new Pools.Listing(
                "test",
                "10.9.0.1:7470",
                "instance",
                List.of(new PoolInfo(POOL, 1 << 30, 1 << 29, Persistence.VOLATILE))),
        this,
        this);
  }

  /** What a user sends as Authorization. */
  String bearer(String user) {
    return "Bearer " + user + "." + secrets.get(user).adminToken().toText();
  }

  private static Volumes.Description volume(UUID id, String name, long bytes, String pool) {
    return new Volumes.Description(
        id,
        new VolumeInfo(
            name, bytes, pool, 1, EnumSet.of(DurabilityMethod.RDMA_FLUSH), VolumeState.READY));
  }

  @Override
  public synchronized List<Volumes.Description> list() {
    return List.copyOf(volumes.values());
  }

  @Override
  public synchronized Volumes.Description find(String name) {
    Volumes.Description volume = volumes.get(name);
    if (volume == null) {
      throw VolumeRoutes.unknown(name);
    }
    return volume;
  }

  @Override
  public Volumes.Description create(String name, long bytes, String pool) {
    if (name.equals(DEFECT)) {
      throw new IllegalStateException("made to fail");
    }
    if (name.startsWith(SLOW)) {
      slowBegun.release();
      try {
        release.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
    synchronized (this) {
      VolumeName.problemOfNew(name)
          .ifPresent(problem -> {
            throw new RefusedException(ErrorCode.INVALID_NAME, problem);
          });
      if (bytes < 1) {
        throw new RefusedException(ErrorCode.INVALID_SIZE, "a size of " + bytes);
      }
      if (bytes > 1L << 40) {
        throw new RefusedException(ErrorCode.NO_SPACE, "no room");
      }
      if (volumes.size() > 1000) {
        throw new RefusedException(ErrorCode.LIMIT, "1000 volumes");
      }
      if (!pool.isEmpty() && !pool.equals(POOL)) {
        throw new RefusedException(ErrorCode.UNKNOWN_POOL, "there is no pool " + pool);
      }
      if (volumes.containsKey(name)) {
        throw new RefusedException(ErrorCode.VOLUME_EXISTS, "there is " + name);
      }
      volumes.put(name, volume(UUID.randomUUID(), name, bytes, POOL));
      return volumes.get(name);
    }
  }

  private Volumes.Description current(Volumes.Description known) {
    Volumes.Description now = find(known.name());
    if (!now.id().equals(known.id())) {
      throw VolumeRoutes.unknown(known.name());
    }
    return now;
  }

  @Override
  public synchronized Volumes.Description resize(Volumes.Description known, long bytes) {
    current(known);
    if (bytes < 1) {
      throw new RefusedException(ErrorCode.INVALID_SIZE, "a size of " + bytes);
    }
    volumes.put(known.name(), volume(known.id(), known.name(), bytes, POOL));
    return volumes.get(known.name());
  }

  @Override
  public synchronized Volumes.Description rename(Volumes.Description known, String newName) {
    Volumes.Description now = current(known);
    volumes.remove(known.name());
    volumes.put(newName, volume(known.id(), newName, now.info().bytes(), POOL));
    return volumes.get(newName);
  }

  @Override
  public synchronized void delete(Volumes.Description known, boolean force) {
    current(known);
    if (known.name().equals(BUSY) && !force) {
      throw new RefusedException(ErrorCode.VOLUME_BUSY, BUSY + " is open");
    }
    volumes.remove(known.name());
  }

  @Override
  public synchronized boolean kick(long id) {
    return sessions.remove(id) != null;
  }

  @Override
  public synchronized List<Sessions.Description> sessions() {
    return List.copyOf(sessions.values());
  }

  @Override
  public void close() {
    users.close();
    state.close();
  }
}
