package io.dsa.client;

import io.dsa.protocol.InstanceId;
import io.dsa.protocol.ListVolumes;
import io.dsa.protocol.OpenMode;
import io.dsa.protocol.OpenVolume;
import io.dsa.protocol.PoolInfo;
import io.dsa.protocol.ServerInfo;
import io.dsa.protocol.ServerInfoReply;
import io.dsa.protocol.ShowVolume;
import io.dsa.protocol.VolumeInfo;
import io.dsa.protocol.VolumeList;
import io.dsa.protocol.VolumeName;
import io.dsa.protocol.VolumeReply;
import io.dsa.verbs.CloseAll;
import io.dsa.verbs.ProtectionDomain;
import io.dsa.verbs.VerbsException;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * A session with a DSA server. Thread-safe. Closing it closes its volumes, queues and buffers.
 *
 * <p>Where the session has ended, because the server was restarted or the network failed, the next
 * call begins another one; volumes do that by themselves. Buffers are this end's and stay.
 *
 * <p>Every method but {@link #close} throws {@link DsaException}.
 */
public final class DsaClient implements AutoCloseable {
  private final InetSocketAddress server;
  private final ClientOptions options;
  private final ControlLink control;
  private final Set<Volume> volumes = ConcurrentHashMap.newKeySet();
  private final BufferIndex buffers = new BufferIndex();
  private final DeviceMemory memory = new ReachedMemory();
  private DataPlane dataPlane;
  private boolean closed;

  private DsaClient(InetSocketAddress server, ClientOptions options, ControlLink control) {
    this.server = server;
    this.options = options;
    this.control = control;
  }

  /** Connects and greets; returns when the server has answered. */
  public static DsaClient connect(InetSocketAddress server, ClientOptions options) {
    if (server.isUnresolved()) {
      throw new DsaException(
          DsaException.Category.UNREACHABLE,
          "server " + server.getHostString() + ": unknown host; is the name right?");
    }
    return new DsaClient(server, options, ControlLink.open(server, options));
  }

  /** This run of the server; another value later means that it was restarted in between. */
  public InstanceId serverInstance() {
    return control.latest().hello().instanceId();
  }

  /** What the server calls itself. */
  public String serverName() {
    return control.latest().hello().serverName();
  }

  /** Every volume of the server, in the order of their names. */
  public List<VolumeInfo> volumes() {
    List<VolumeInfo> all = new ArrayList<>();
    VolumeList page;
    String after = "";
    do {
      page = control.session().call(new ListVolumes(after), VolumeList.class);
      all.addAll(page.volumes());
      after = all.isEmpty() ? "" : all.getLast().name();
    } while (page.more() && !page.volumes().isEmpty());
    return all;
  }

  public VolumeInfo volume(String name) {
    return control.session().call(new ShowVolume(checked(name)), VolumeReply.class).volume();
  }

  /** Every pool of the server. */
  public List<PoolInfo> pools() {
    List<PoolInfo> all = new ArrayList<>();
    ServerInfoReply page;
    do {
      page = control.session().call(new ServerInfo(all.size()), ServerInfoReply.class);
      all.addAll(page.pools());
    } while (page.more() && !page.pools().isEmpty());
    return all;
  }

  /** Opens a volume; {@link OpenMode#READ_WRITE} excludes every other writer. */
  public Volume open(String name, OpenMode mode) {
    return open(name, mode, VolumeOptions.defaults());
  }

  /** As {@link #open(String, OpenMode)}, with options for the volume's own reads and writes. */
  public Volume open(String name, OpenMode mode, VolumeOptions volumeOptions) {
    return open(name, mode, volumeOptions, false);
  }

  /**
   * Opens a volume and takes it from whoever keeps it from being opened so: an only writer from
   * every other writer, a sharing one from an only writer. Before it is open here, nothing that
   * they ask for reaches it any more; what they had in flight may have reached it or not, and they
   * are told that their access was taken away.
   */
  public Volume takeOver(String name, OpenMode mode, VolumeOptions volumeOptions) {
    return open(name, mode, volumeOptions, true);
  }

  private Volume open(String name, OpenMode mode, VolumeOptions volumeOptions, boolean takeOver) {
    String checkedName = checked(name);
    Optional<UUID> writer = Optional.of(UUID.randomUUID());
    Attachment first = attach(new OpenVolume(checkedName, mode, writer, false, takeOver));
    Attachment.Source again = () -> attach(new OpenVolume(checkedName, mode, writer, true, false));
    Volume volume =
        new Volume(checkedName, mode, volumeOptions, first, again, memory, volumes::remove);
    keep(volume);
    return volume;
  }

  private Attachment attach(OpenVolume request) {
    return SessionAttachment.open(control.session(), dataPlane(), options, request);
  }

  private void keep(Volume volume) {
    synchronized (this) {
      if (!closed) {
        volumes.add(volume);
        return;
      }
    }
    volume.close();
    throw new IllegalStateException("the client is closed");
  }

  /**
   * Allocates memory that queues of this client can move data to and from.
   *
   * @param bytes at least 1
   */
  public RegisteredBuffer allocate(long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("a buffer of " + bytes + " bytes");
    }
    return registered(domain -> RegisteredBuffer.allocate(domain, bytes, buffers::remove));
  }

  /**
   * Registers memory of the caller's, so that queues of this client can move data to and from it
   * without a copy. It stays the caller's, and must not be freed before the buffer is closed: of an
   * automatic or the global arena, or of a shared one that is closed later.
   *
   * @param memory native memory of at least 1 byte, over 2 GiB too; where it is read-only, it can
   *     only be written from
   * @throws IllegalArgumentException for memory of the heap or of a confined arena
   * @throws IllegalStateException for memory that was freed
   */
  public RegisteredBuffer register(MemorySegment memory) {
    if (!memory.isNative() || memory.byteSize() < 1) {
      throw new IllegalArgumentException(
          "only native memory of at least 1 byte can be registered, not " + memory);
    }
    if (!memory.scope().isAlive()) {
      throw new IllegalStateException("memory that was freed cannot be registered");
    }
    if (!SharedMemory.isShared(memory)) {
      throw new IllegalArgumentException(
          "memory of a confined arena cannot be registered: its thread could free it under the"
              + " device; use a shared or automatic arena");
    }
    return registered(domain -> RegisteredBuffer.register(domain, memory, buffers::remove));
  }

  private RegisteredBuffer registered(Function<ProtectionDomain, RegisteredBuffer> registration) {
    try {
      RegisteredBuffer buffer = registration.apply(dataPlane().domain());
      buffers.add(buffer);
      return buffer;
    } catch (VerbsException e) {
      throw new DsaException(DsaException.Category.IO, e.getMessage() + "; look at 'ulimit -l'", e);
    }
  }

  private static String checked(String name) {
    try {
      return VolumeName.canonical(name);
    } catch (IllegalArgumentException e) {
      throw new DsaException(DsaException.Category.INVALID, e.getMessage(), e);
    }
  }

  private synchronized DataPlane dataPlane() {
    if (closed) {
      throw new IllegalStateException("the client is closed");
    }
    if (dataPlane == null) {
      dataPlane = DataPlane.open(server, options.timeout());
    }
    return dataPlane;
  }

  /** What volumes of this client see of its memory. */
  private final class ReachedMemory implements DeviceMemory {
    @Override
    public RegisteredBuffer allocate(long bytes) {
      return DsaClient.this.allocate(bytes);
    }

    @Override
    public RegisteredBuffer register(MemorySegment segment) {
      return DsaClient.this.register(segment);
    }

    @Override
    public RegisteredBuffer find(MemorySegment segment) {
      return buffers.find(segment);
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    CloseAll.inOrder(
        () -> CloseAll.of(volumes),
        () -> buffers.forEach(RegisteredBuffer::free),
        () -> {
          if (dataPlane != null) {
            dataPlane.close();
          }
        },
        control);
  }
}
