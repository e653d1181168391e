package io.dsa.server;

import io.dsa.protocol.AttachQueue;
import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.ExtentGrant;
import io.dsa.protocol.OpenMode;
import io.dsa.protocol.QueuePrepared;
import io.dsa.protocol.QueueToken;
import io.dsa.sal.Volume;
import io.dsa.server.RevokedHandles.Reason;
import io.dsa.server.access.Quota;
import io.dsa.server.access.User;
import io.dsa.server.admin.Sessions;
import io.dsa.verbs.CloseAll;
import io.dsa.verbs.darpc.RpcPeer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** What one client has open. Its requests come one at a time; closing may come from any thread. */
final class Session implements AutoCloseable {
  private final RpcPeer peer;
  private final Handshake handshake;
  private final ServerConfig.Limits limits;
  private final VolumeUsers users;
  private final DataPlane dataPlane;
  private final Map<Long, OpenVolume> volumes = new HashMap<>();
  private final RevokedHandles revoked;
  private final Map<QueueToken, ServedQueue> queues = new HashMap<>();
  private long lastHandle;

  /** Ends it when it says nothing; set at once. */
  private Leases.Lease lease;

  /** Null until the client has proven who it is. */
  private Allowance allowance;

  private boolean closed;

  Session(
      RpcPeer peer,
      Handshake handshake,
      ServerConfig.Limits limits,
      VolumeUsers users,
      DataPlane dataPlane) {
    this.peer = peer;
    this.handshake = handshake;
    this.limits = limits;
    this.users = users;
    this.dataPlane = dataPlane;
    this.revoked = new RevokedHandles(limits.volumesPerSession());
  }

  /** Where the client is and, once that is known, who; for logs. */
  synchronized String peer() {
    return allowance == null
        ? peer.address().toString()
        : allowance.user().name() + " at " + peer.address();
  }

  Handshake handshake() {
    return handshake;
  }

  /** Puts it under the lease, which ends it. */
  synchronized void keepWhile(Leases.Lease running) {
    lease = running;
  }

  synchronized Leases.Lease lease() {
    return lease;
  }

  /** Begins: the client is who it says, and has a session of those that it may have. */
  synchronized void begin(Allowance ofUser) {
    requireOpen();
    ofUser.take(Quota.SESSIONS);
    allowance = ofUser;
    peer.known();
  }

  /** Who the client is, as it was when the session began. */
  synchronized User user() {
    if (allowance == null) {
      throw new RequestException(
          ErrorCode.BAD_REQUEST, "a session begins with Hello and Authenticate");
    }
    return allowance.user();
  }

  synchronized boolean isOf(User user) {
    return allowance != null && allowance.user().id().equals(user.id());
  }

  /** Whether the client has had its one try, and is not to be here. */
  synchronized boolean isRefused() {
    return handshake.isOver() && (allowance == null || closed);
  }

  /**
   * Opens a volume.
   *
   * @param lookUp finds the volume as it is now
   * @param writer whom the client writes as
   * @param again whether that one had the volume before, and would go on
   */
  synchronized OpenVolume open(
      Supplier<VolumeCatalog.Located> lookUp, OpenMode mode, UUID writer, boolean again) {
    requireRoom();
    Volume found = lookUp.get().volume();
    users.open(found.id(), found.name(), mode);
    try {
      // Only from here on nobody deletes or shrinks it: its space may be another's by now.
      VolumeCatalog.Located located = lookUp.get();
      if (!located.volume().id().equals(found.id())) {
        throw new RequestException(
            ErrorCode.UNKNOWN_VOLUME, "volume " + found.name() + " was deleted meanwhile");
      }
      boolean othersWrote =
          mode.writes() && users.taken(found.id(), writer, again && mode == OpenMode.READ_WRITE);
      OpenVolume volume =
          new OpenVolume(++lastHandle, located.pool(), located.volume(), mode, othersWrote);
      volumes.put(volume.handle(), volume);
      return volume;
    } catch (RuntimeException e) {
      users.close(found.id(), mode);
      throw e;
    }
  }

  /**
   * Refuses a volume that {@link #open} would refuse for what this session has open, were it in
   * nobody else's way.
   */
  synchronized void requireOpenable(Volume volume, OpenMode mode) {
    requireRoom();
    if (volumes.values().stream().anyMatch(open -> open.excludes(volume.id(), mode))) {
      throw new RequestException(
          ErrorCode.VOLUME_BUSY,
          "volume " + volume.name() + " is open for writing by this client; close it here first");
    }
  }

  private void requireRoom() {
    requireOpen();
    if (volumes.size() >= limits.volumesPerSession()) {
      throw new RequestException(
          ErrorCode.LIMIT,
          "limits.volumes-per-session: this session has all of its "
              + limits.volumesPerSession()
              + " volumes open");
    }
  }

  /** Finds what the client has open; where the server revoked it, what is thrown says why. */
  synchronized OpenVolume volume(long handle) {
    requireOpen();
    OpenVolume volume = volumes.get(handle);
    if (volume == null) {
      throw revoked.refusal(handle);
    }
    return volume;
  }

  synchronized QueuePrepared prepareQueue(long handle) {
    OpenVolume volume = volume(handle);
    if (queues.size() >= limits.queuesPerSession()) {
      throw new RequestException(
          ErrorCode.LIMIT,
          "limits.queues-per-session: this session has all of its "
              + limits.queuesPerSession()
              + " queues");
    }
    allowance.take(Quota.QUEUES);
    QueueToken token = QueueToken.random();
    try {
      queues.put(token, dataPlane.expect(token, volume, allowance, () -> forget(token)));
    } catch (RuntimeException e) {
      allowance.give(Quota.QUEUES, 1);
      throw e;
    }
    return new QueuePrepared(token, 0, DataPlane.TOKEN_VALID_MILLIS);
  }

  private synchronized void forget(QueueToken token) {
    queues.remove(token);
    allowance.give(Quota.QUEUES, 1);
  }

  List<ExtentGrant> attach(AttachQueue request) throws InterruptedException {
    ServedQueue queue;
    synchronized (this) {
      queue = queues.get(request.token());
    }
    if (queue == null) {
      throw new RequestException(
          ErrorCode.UNKNOWN_TOKEN, "this session has no queue with that token");
    }
    return queue.attach();
  }

  /** Closes what the client has open. */
  void closeVolume(long handle) {
    OpenVolume volume;
    synchronized (this) {
      volume = volume(handle);
      // Whoever takes it out closes it: the client and the server may want to at the same time.
      volumes.remove(handle);
    }
    close(volume);
  }

  private void close(OpenVolume volume) {
    List<ServedQueue> ofVolume =
        queues().stream().filter(queue -> queue.volume().handle() == volume.handle()).toList();
    // The windows must be dead before anybody else may write: where that failed, nobody may.
    CloseAll.of(ofVolume);
    users.close(volume.volume().id(), volume.mode());
  }

  /** Closes what the user may no longer have open. */
  void closeForbidden(User user) {
    revoke(
        open -> !user.mayOpen(open.volume().id(), open.mode()),
        open ->
            new Reason(
                ErrorCode.NOT_PERMITTED,
                user.refusal(User.rightToOpen(open.mode()), open.volume().name())));
  }

  /** Closes a volume that is to be deleted as often as it is open here; idempotent. */
  void closeDeleted(Volume volume) {
    // Whether it is deleted in the end is not known yet.
    revoke(
        open -> open.volume().id().equals(volume.id()),
        open -> new Reason(ErrorCode.UNKNOWN_VOLUME, nameOf(volume, open) + " is being deleted"));
  }

  /** Closes a volume where it is open in a way that keeps others from opening it so. */
  void giveWay(Volume volume, OpenMode mode) {
    revoke(
        open -> open.excludes(volume.id(), mode),
        open ->
            new Reason(
                ErrorCode.TAKEN_OVER, nameOf(volume, open) + " was taken over by another client"));
  }

  /** By its name of now, and by the one that the client knows. */
  private static String nameOf(Volume volume, OpenVolume open) {
    String known = open.volume().name();
    return "volume "
        + volume.name()
        + (volume.name().equals(known) ? "" : " (opened as " + known + ")");
  }

  /** For who administers the server; empty before the client has proven who it is. */
  synchronized Optional<Sessions.Description> describe(long id) {
    if (allowance == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Sessions.Description(
            id,
            allowance.user().name(),
            handshake.clientName(),
            peer.address().getAddress().getHostAddress() + ":" + peer.address().getPort(),
            volumes.values().stream()
                .map(open -> new Sessions.Opened(open.volume().name(), open.mode()))
                .toList(),
            queues.size()));
  }

  /** Closes what the client has open still; it hears why when it asks for something of that. */
  private void revoke(Predicate<OpenVolume> which, Function<OpenVolume, Reason> why) {
    List<OpenVolume> all;
    synchronized (this) {
      all = volumes.values().stream().filter(which).toList();
      for (OpenVolume open : all) {
        volumes.remove(open.handle());
        revoked.add(open.handle(), why.apply(open));
      }
    }
    close(all);
  }

  private void closeAll() {
    List<OpenVolume> all;
    synchronized (this) {
      all = List.copyOf(volumes.values());
      volumes.clear();
    }
    close(all);
  }

  private void close(List<OpenVolume> all) {
    List<AutoCloseable> steps = new ArrayList<>();
    all.forEach(open -> steps.add(() -> close(open)));
    CloseAll.of(steps);
  }

  private void requireOpen() {
    if (closed) {
      throw new RequestException(ErrorCode.SHUTTING_DOWN, "the session is closed");
    }
  }

  /** Closes it, and the connection: when this returns, no window of it is left. */
  void end() {
    try {
      close();
    } finally {
      peer.close();
    }
  }

  private synchronized boolean markClosed() {
    boolean first = !closed;
    closed = true;
    return first;
  }

  private synchronized List<ServedQueue> queues() {
    return List.copyOf(queues.values());
  }

  /** Idempotent. */
  @Override
  public void close() {
    boolean first = markClosed();
    CloseAll.inOrder(
        lease()::end,
        this::closeAll,
        // Those that the client is closing in this moment too: this waits for that.
        () -> CloseAll.of(queues()),
        () -> {
          if (first && allowance != null) {
            allowance.give(Quota.SESSIONS, 1);
          }
        });
  }
}
