package io.dsa.server;

import io.dsa.protocol.AttachQueue;
import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.ExtentGrant;
import io.dsa.protocol.OpenMode;
import io.dsa.protocol.QueuePrepared;
import io.dsa.protocol.QueueToken;
import io.dsa.sal.Volume;
import io.dsa.verbs.CloseAll;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;

/** What one client has open. Its requests come one at a time; closing may come from any thread. */
final class Session implements AutoCloseable {
  private final String peer;
  private final ServerConfig.Limits limits;
  private final VolumeUsers users;
  private final DataPlane dataPlane;
  private final Map<Long, OpenVolume> volumes = new HashMap<>();
  private final Map<QueueToken, ServedQueue> queues = new HashMap<>();
  private long lastHandle;
  private boolean greeted;
  private boolean closed;

  Session(String peer, ServerConfig.Limits limits, VolumeUsers users, DataPlane dataPlane) {
    this.peer = peer;
    this.limits = limits;
    this.users = users;
    this.dataPlane = dataPlane;
  }

  String peer() {
    return peer;
  }

  synchronized void greet() {
    greeted = true;
  }

  synchronized void requireGreeting() {
    if (!greeted) {
      throw new RequestException(ErrorCode.BAD_REQUEST, "a session begins with Hello");
    }
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
    requireOpen();
    if (volumes.size() >= limits.volumesPerSession()) {
      throw new RequestException(
          ErrorCode.LIMIT,
          "limits.volumes-per-session: this session has all of its "
              + limits.volumesPerSession()
              + " volumes open");
    }
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

  synchronized OpenVolume volume(long handle) {
    OpenVolume volume = volumes.get(handle);
    if (volume == null) {
      throw new RequestException(
          ErrorCode.NOT_OPEN, "volume handle " + handle + " is not open in this session");
    }
    return volume;
  }

  synchronized QueuePrepared prepareQueue(long handle) {
    requireOpen();
    OpenVolume volume = volume(handle);
    if (queues.size() >= limits.queuesPerSession()) {
      throw new RequestException(
          ErrorCode.LIMIT,
          "limits.queues-per-session: this session has all of its "
              + limits.queuesPerSession()
              + " queues");
    }
    QueueToken token = QueueToken.random();
    queues.put(token, dataPlane.expect(token, volume, () -> forget(token)));
    return new QueuePrepared(token, 0, DataPlane.TOKEN_VALID_MILLIS);
  }

  private synchronized void forget(QueueToken token) {
    queues.remove(token);
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

  void closeVolume(long handle) {
    OpenVolume volume = volume(handle);
    List<ServedQueue> ofVolume;
    synchronized (this) {
      volumes.remove(handle);
      ofVolume =
          queues.values().stream().filter(queue -> queue.volume().handle() == handle).toList();
    }
    // The windows must be dead before anybody else may write: where that failed, nobody may.
    CloseAll.of(ofVolume);
    users.close(volume.volume().id(), volume.mode());
  }

  private void requireOpen() {
    if (closed) {
      throw new RequestException(ErrorCode.SHUTTING_DOWN, "the session is closed");
    }
  }

  @Override
  public void close() {
    List<Long> handles;
    synchronized (this) {
      closed = true;
      handles = new ArrayList<>(volumes.keySet());
    }
    List<AutoCloseable> steps = new ArrayList<>();
    handles.forEach(handle -> steps.add(() -> closeVolume(handle)));
    CloseAll.of(steps);
  }
}
