package io.dsa.server.admin;

import io.dsa.protocol.DurabilityMethod;
import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.OpenMode;
import io.dsa.protocol.Persistence;
import io.dsa.protocol.PoolInfo;
import io.dsa.protocol.VolumeInfo;
import io.dsa.protocol.VolumeName;
import io.dsa.protocol.VolumeState;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;

/** What a server has, in memory: enough to be administered. */
final class FakeServer implements Access, Volumes, Sessions, Accounts {
  static final String POOL = "memory:1GiB";
  static final String TOKEN = "c2VjcmV0";

  /** Whoever has it open, so that it is busy. */
  static final String BUSY = "busy";

  /** Makes the server fail at it as by a defect. */
  static final String DEFECT = "defect";

  /** Is made only when {@link #release} is counted down. */
  static final String SLOW = "slow";

  final CountDownLatch slowBegun = new CountDownLatch(1);
  final CountDownLatch release = new CountDownLatch(1);
  private final Map<String, Volumes.Description> volumes = new TreeMap<>();
  private final Map<String, Accounts.Description> users = new TreeMap<>();
  private final Map<Long, Sessions.Description> sessions = new TreeMap<>();

  FakeServer() {
    put("admin", true, Map.of());
    put("reader", false, Map.of());
    session(7, "admin");
    session(8, "reader");
  }

  private void put(String name, boolean admin, Map<UUID, Set<Right>> rights) {
    users.put(name, new Accounts.Description(name, admin, Quotas.NONE, rights, 1));
  }

  private void session(long id, String user) {
    sessions.put(
        id,
        new Sessions.Description(
            id,
            Optional.of(user),
            "client " + id,
            "10.9.0.2:1234",
            List.of(new Opened("v", OpenMode.READ_WRITE)),
            2));
  }

  Administration administration() {
    return new Administration(
        this,
        () ->
            new Pools.Listing(
                "test",
                "10.9.0.1:7470",
                "instance",
                List.of(new PoolInfo(POOL, 1 << 30, 1 << 29, Persistence.VOLATILE))),
        this,
        this,
        this);
  }

  @Override
  public synchronized Principal authenticate(Optional<BearerToken> token) {
    Accounts.Description user =
        token
            .filter(t -> new String(t.token(), StandardCharsets.UTF_8).equals("secret"))
            .map(t -> users.get(t.user()))
            .orElseThrow(() ->
                new RefusedException(ErrorCode.AUTHENTICATION_FAILED, "no such user, or token"));
    return new Principal() {
      @Override
      public String name() {
        return user.name();
      }

      @Override
      public boolean isAdmin() {
        return user.admin();
      }

      @Override
      public boolean may(Right right, UUID volume) {
        return isAdmin() || user.rights().getOrDefault(volume, Set.of()).contains(right);
      }

      @Override
      public boolean sees(UUID volume) {
        return isAdmin() || user.rights().containsKey(volume);
      }
    };
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
      slowBegun.countDown();
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
  public synchronized List<Accounts.Description> users() {
    return List.copyOf(users.values());
  }

  @Override
  public synchronized Accounts.Description user(String name) {
    Accounts.Description user = users.get(name);
    if (user == null) {
      throw new RefusedException(ErrorCode.UNKNOWN_USER, "there is no user " + name);
    }
    return user;
  }

  @Override
  public synchronized Issued add(String name, boolean admin, Quotas quotas) {
    if (users.containsKey(name)) {
      throw new RefusedException(ErrorCode.USER_EXISTS, "there is a user " + name);
    }
    users.put(name, new Accounts.Description(name, admin, quotas, Map.of(), 1));
    return new Issued(users.get(name), "dsa-new");
  }

  @Override
  public synchronized Issued rotate(String name, Duration overlap) {
    Accounts.Description user = user(name);
    users.put(
        name,
        new Accounts.Description(
            name, user.admin(), user.quotas(), user.rights(), overlap.isZero() ? 1 : 2));
    return new Issued(users.get(name), "dsa-other");
  }

  @Override
  public synchronized Accounts.Description change(
      String name, Optional<Boolean> admin, Optional<Quotas> quotas) {
    Accounts.Description user = user(name);
    users.put(
        name,
        new Accounts.Description(
            name,
            admin.orElse(user.admin()),
            quotas.orElse(user.quotas()),
            user.rights(),
            user.secrets()));
    return users.get(name);
  }

  @Override
  public synchronized void remove(String name) {
    user(name);
    users.remove(name);
  }

  @Override
  public synchronized Accounts.Description setRights(String name, UUID volume, Set<Right> rights) {
    Accounts.Description user = user(name);
    Map<UUID, Set<Right>> all = new java.util.HashMap<>(user.rights());
    all.remove(volume);
    if (!rights.isEmpty()) {
      all.put(volume, Set.copyOf(rights));
    }
    users.put(
        name, new Accounts.Description(name, user.admin(), user.quotas(), all, user.secrets()));
    return users.get(name);
  }
}
