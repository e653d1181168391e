package io.dsa.client;

import io.dsa.protocol.AttachQueue;
import io.dsa.protocol.CloseVolume;
import io.dsa.protocol.ConnectData;
import io.dsa.protocol.Done;
import io.dsa.protocol.DurabilityMethod;
import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.ExtentGrant;
import io.dsa.protocol.InstanceId;
import io.dsa.protocol.OpenMode;
import io.dsa.protocol.OpenVolume;
import io.dsa.protocol.Persist;
import io.dsa.protocol.PrepareQueue;
import io.dsa.protocol.QueueAttached;
import io.dsa.protocol.QueuePrepared;
import io.dsa.protocol.QueueToken;
import io.dsa.protocol.Target;
import io.dsa.protocol.VolumeOpened;
import io.dsa.verbs.CloseAll;
import io.dsa.verbs.ConnectException;
import io.dsa.verbs.DeviceAttributes;
import io.dsa.verbs.QueuePairAttributes;
import io.dsa.verbs.QueuePairAttributes.Operations;
import io.dsa.verbs.VerbsException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** A volume as one control session has it open. Thread-safe. */
final class SessionAttachment implements Attachment {
  /** The pace of slow storage, which decides how long a server may take to answer. */
  private static final long WRITTEN_BACK_PER_SECOND = 16L << 20;

  /**
   * Work requests that a request takes, where it takes more than one: a write and its flush, or a
   * range over a border of extents.
   */
  private static final int PARTS_OF_A_REQUEST = 2;

  /** A shallow queue has room for a request of many parts too. */
  private static final int LEAST_SEND_DEPTH = 64;

  /** A server that does not answer ends the volume by itself when the connection ends. */
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

  /** Why a server revokes a volume. */
  private static final Set<ErrorCode> REVOCATIONS =
      EnumSet.of(ErrorCode.TAKEN_OVER, ErrorCode.UNKNOWN_VOLUME, ErrorCode.NOT_PERMITTED);

  private final ControlSession control;
  private final DataPlane dataPlane;
  private final ClientOptions options;
  private final String name;
  private final OpenMode mode;
  private final VolumeOpened opened;
  private final Set<IoQueue> queues = ConcurrentHashMap.newKeySet();
  private final Optional<DurabilityMethod> durability;
  private boolean closed;
  private volatile Optional<DsaException> revocation = Optional.empty();

  private SessionAttachment(
      ControlSession control,
      DataPlane dataPlane,
      ClientOptions options,
      String name,
      OpenMode mode,
      VolumeOpened opened) {
    this.control = control;
    this.dataPlane = dataPlane;
    this.options = options;
    this.name = name;
    this.mode = mode;
    this.opened = opened;
    this.durability = chooseDurability();
  }

  static SessionAttachment open(
      ControlSession control, DataPlane dataPlane, ClientOptions options, OpenVolume request) {
    VolumeOpened opened = control.call(request, VolumeOpened.class);
    try {
      return new SessionAttachment(
          control, dataPlane, options, request.name(), request.mode(), opened);
    } catch (RuntimeException e) {
      control.call(new CloseVolume(opened.handle()), Done.class);
      throw e;
    }
  }

  /** Takes what the options ask for, or the best method that both ends have. */
  private Optional<DurabilityMethod> chooseDurability() {
    EnumSet<DurabilityMethod> ours = EnumSet.allOf(DurabilityMethod.class);
    if (!dataPlane.canFlush()) {
      ours.remove(DurabilityMethod.RDMA_FLUSH);
    }
    if (options.durability().isPresent()) {
      DurabilityMethod asked = options.durability().get();
      if (!ours.contains(asked) || !opened.durability().contains(asked)) {
        throw new DsaException(
            DsaException.Category.UNSUPPORTED,
            "volume "
                + name
                + " cannot be flushed by "
                + asked
                + (opened.isVolatile()
                    ? ": it is volatile"
                    : "; the server offers " + opened.durability() + ", this end has " + ours));
      }
      ours.retainAll(Set.of(asked));
    }
    return DurabilityMethod.best(ours, opened.durability());
  }

  @Override
  public InstanceId instance() {
    return control.hello().instanceId();
  }

  @Override
  public boolean continues(InstanceId earlier) {
    return earlier.equals(instance()) || control.hello().continued().contains(earlier);
  }

  @Override
  public boolean isTaken() {
    return mode == OpenMode.READ_WRITE && opened.othersWrote();
  }

  @Override
  public long bytes() {
    return opened.bytes();
  }

  @Override
  public Optional<UUID> id() {
    return opened.id();
  }

  @Override
  public Optional<DurabilityMethod> durability() {
    return durability;
  }

  @Override
  public int queueLimit() {
    return control.hello().limits().queues();
  }

  @Override
  public IoQueue openQueue(QueueOptions queueOptions) {
    QueuePrepared prepared = control.call(new PrepareQueue(opened.handle()), QueuePrepared.class);
    DeviceAttributes device = dataPlane.device().attributes();
    int sendDepth =
        Math.min(
            Math.max(PARTS_OF_A_REQUEST * queueOptions.depth(), LEAST_SEND_DEPTH),
            device.maxQueueDepth());
    RegisteredBuffer probe = null;
    RdmaEndpoint endpoint = null;
    try {
      probe = probe();
      endpoint = connect(prepared, sendDepth);
      IoQueue queue =
          new IoQueue(
              new QueueVolume(
                  name, bytes(), mode.writes(), durability, dataPlane.domain(), this::persist),
              endpoint,
              extents(prepared.token()),
              probe,
              new IoQueue.Limits(
                  device.maxMessageBytes(), sendDepth, atomicsOf(device, endpoint.granted())),
              queueOptions,
              queues::remove);
      keep(queue);
      return queue;
    } catch (RuntimeException e) {
      if (endpoint != null) {
        endpoint.close();
      }
      if (probe != null) {
        probe.free();
      }
      throw e;
    }
  }

  private RegisteredBuffer probe() {
    try {
      return RegisteredBuffer.allocate(dataPlane.domain(), RemoteRanges.PROBE_BYTES, freed -> {});
    } catch (VerbsException e) {
      throw new DsaException(DsaException.Category.IO, e.getMessage(), e);
    }
  }

  private RdmaEndpoint connect(QueuePrepared prepared, int sendDepth) {
    Target target = opened.targets().get(prepared.targetIndex());
    try {
      return RdmaEndpoint.connect(
          dataPlane,
          new InetSocketAddress(
              target.host().isEmpty() ? control.host() : target.host(), target.port()),
          new ConnectData(prepared.token()).encode(),
          sendDepth,
          options.timeout());
    } catch (ConnectException e) {
      throw new DsaException(categoryOf(e.reason()), e.getMessage(), e);
    } catch (VerbsException e) {
      throw new DsaException(DsaException.Category.IO, e.getMessage(), e);
    }
  }

  private synchronized void keep(IoQueue queue) {
    if (closed) {
      throw new IllegalStateException("volume " + name + " is closed");
    }
    queues.add(queue);
  }

  /** The atomics that both the device and the queue pair have. */
  private static long atomicsOf(DeviceAttributes device, QueuePairAttributes queuePair) {
    long atomics = 0;
    if (device.features().contains(DeviceAttributes.Feature.ATOMICS)) {
      atomics |= Operations.COMPARE_SWAP | Operations.FETCH_ADD;
    }
    if (device.features().contains(DeviceAttributes.Feature.ATOMIC_WRITE)) {
      atomics |= Operations.ATOMIC_WRITE;
    }
    return queuePair.among(atomics);
  }

  private ExtentMap extents(QueueToken token) {
    ExtentMap extents = new ExtentMap(attach(token));
    if (extents.bytes() != opened.bytes()) {
      throw new DsaException(
          DsaException.Category.INTERNAL,
          "the server granted "
              + extents.bytes()
              + " bytes of volume "
              + name
              + ", which has "
              + opened.bytes());
    }
    return extents;
  }

  private List<ExtentGrant> attach(QueueToken token) {
    List<ExtentGrant> grants = new ArrayList<>();
    QueueAttached page;
    do {
      page = control.call(new AttachQueue(token, grants.size()), QueueAttached.class);
      grants.addAll(page.grants());
    } while (page.more() && !page.grants().isEmpty());
    return grants;
  }

  private static DsaException.Category categoryOf(ConnectException.Reason reason) {
    return switch (reason) {
      case NO_DEVICE -> DsaException.Category.NO_DEVICE;
      case UNREACHABLE -> DsaException.Category.UNREACHABLE;
      case NOBODY_LISTENS, REFUSED -> DsaException.Category.REFUSED;
      case LACKS_RESOURCES -> DsaException.Category.LIMIT;
      case TIMED_OUT -> DsaException.Category.TIMED_OUT;
      case DISCONNECTED -> DsaException.Category.DISCONNECTED;
      case FAILED -> DsaException.Category.IO;
    };
  }

  /** Asks the server to write a range back; the future fails only with a {@link DsaException}. */
  private CompletableFuture<Done> persist(long offset, long length) {
    Duration writingBack = Duration.ofSeconds(length / WRITTEN_BACK_PER_SECOND);
    return control.send(
        new Persist(opened.handle(), offset, length),
        Done.class,
        options.timeout().plus(writingBack));
  }

  @Override
  public Optional<DsaException> leave() {
    synchronized (this) {
      if (closed) {
        return revocation;
      }
      closed = true;
    }
    CloseAll.inOrder(() -> CloseAll.of(queues), () -> revocation = tellServer());
    return revocation;
  }

  private Optional<DsaException> tellServer() {
    if (!control.isOpen()) {
      return Optional.empty();
    }
    try {
      control.call(new CloseVolume(opened.handle()), Done.class, CLOSE_TIMEOUT);
      return Optional.empty();
    } catch (DsaException e) {
      if (e.refusal().filter(REVOCATIONS::contains).isPresent()) {
        return Optional.of(e);
      }
      return switch (e.category()) {
        // A server that is gone has closed the volume already, and one that knows the user no more
        // is ending the session.
        case DISCONNECTED, TIMED_OUT, NOT_PERMITTED -> Optional.empty();
        default -> throw e;
      };
    }
  }
}
