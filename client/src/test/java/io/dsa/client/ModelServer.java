package io.dsa.client;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.dsa.protocol.Done;
import io.dsa.protocol.DurabilityMethod;
import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.ExtentGrant;
import io.dsa.protocol.InstanceId;
import io.dsa.protocol.OpenMode;
import io.dsa.verbs.CompletionStatus;
import io.dsa.verbs.PostedWork;
import io.dsa.verbs.QueuePairAttributes.Operations;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A server with one volume of three extents, which can be held, killed and restarted: then what was
 * not made durable is as it was before. Thread-safe.
 */
public final class ModelServer {
  public static final long EXTENT = 1 << 20;
  public static final long BYTES = 3 * EXTENT;
  private static final long[] ADDRESSES = {0x1000_0000, 0x3000_0000, 0x5000_0000};
  private static final long ALL =
      Operations.COMPARE_SWAP | Operations.FETCH_ADD | Operations.ATOMIC_WRITE;

  private final Arena arena = Arena.ofAuto();
  private final MemorySegment contents = arena.allocate(BYTES, 8);
  private final MemorySegment durable = arena.allocate(BYTES, 8);
  private final DurabilityMethod method;
  private final Set<MovingEndpoint> endpoints = ConcurrentHashMap.newKeySet();
  private final Set<ModelAttachment> attachments = ConcurrentHashMap.newKeySet();
  private final AtomicLong seeds;
  private final AtomicLong postedCount = new AtomicLong();
  private final AtomicInteger attachCount = new AtomicInteger();

  final ModelMemory memory = new ModelMemory();
  private volatile InstanceId instance = InstanceId.random();
  private volatile Set<InstanceId> continued = Set.of();
  private volatile UUID id = UUID.randomUUID();
  private volatile long bytes = BYTES;
  private volatile boolean up = true;
  private volatile boolean held;
  private volatile int queueLimit = 16;
  private volatile DsaException refusal;
  private volatile DsaException revocation;
  private volatile boolean taken;

  /**
   * A server that is up.
   *
   * @param method how a flush is made durable; null for a volatile volume
   */
  ModelServer(DurabilityMethod method, long seed) {
    this.method = method;
    this.seeds = new AtomicLong(seed);
  }

  public ModelServer() {
    this(DurabilityMethod.RDMA_FLUSH, 1);
  }

  public Volume open(VolumeOptions options) {
    return open(OpenMode.READ_WRITE, options);
  }

  Volume open(OpenMode mode, VolumeOptions options) {
    Attachment.Source source = () -> attach(mode);
    return new Volume("v", mode, options, source.attach(), source, memory, closed -> {});
  }

  /** Memory that its volumes' queues reach. */
  public RegisteredBuffer allocate(long bytes) {
    return memory.allocate(bytes);
  }

  /** The run that it is in. */
  public InstanceId instance() {
    return instance;
  }

  /** In one step: what was opened at one run of the server does not stand at the next. */
  synchronized Attachment attach(OpenMode mode) {
    attachCount.incrementAndGet();
    checkUp();
    DsaException why = refusal;
    if (why != null) {
      throw new DsaException(why.category(), why.getMessage());
    }
    ModelAttachment made = new ModelAttachment(mode, instance, id, bytes, taken);
    attachments.add(made);
    return made;
  }

  private void checkUp() {
    if (!up) {
      throw new DsaException(DsaException.Category.REFUSED, "the server is down");
    }
  }

  /** Carries out nothing until {@link #proceed}. */
  public void hold() {
    held = true;
  }

  public void proceed() {
    held = false;
    endpoints.forEach(MovingEndpoint::proceed);
  }

  boolean isHeld() {
    return held;
  }

  /** Breaks all connections; the server goes on, as the same. */
  public void disconnect() {
    List.copyOf(endpoints).forEach(MovingEndpoint::disconnect);
  }

  public void kill() {
    synchronized (this) {
      up = false;
      attachments.forEach(attachment -> attachment.standing = false);
    }
    // Not under the lock: endpoints call back with theirs held.
    disconnect();
  }

  /** Kills it; what comes up is another run, and has what was made durable. */
  public void restart() {
    kill();
    comeBack();
  }

  /** As {@link #restart}, but in order: what was written stays. */
  void handOver() {
    kill();
    synchronized (this) {
      continued = Set.of(instance);
      instance = InstanceId.random();
      held = false;
      up = true;
    }
  }

  private synchronized void comeBack() {
    contents.copyFrom(durable);
    continued = Set.of();
    instance = InstanceId.random();
    held = false;
    up = true;
  }

  /** Comes up again after {@link #kill}, as another run. */
  public void start() {
    comeBack();
  }

  /** Another client takes the volume over. */
  void takeOver() {
    revocation = new DsaException(ErrorCode.TAKEN_OVER, "volume v was taken over");
    revoke();
  }

  /** Takes all windows away, as a server does that ends. */
  void revoke() {
    refusal = new DsaException(DsaException.Category.BUSY, "somebody else has it");
    List.copyOf(endpoints).forEach(MovingEndpoint::revoke);
  }

  /** Another writer has had the volume, and wrote all over it. */
  synchronized void take(byte value) {
    taken = true;
    contents.fill(value);
  }

  void replaceVolume() {
    id = UUID.randomUUID();
  }

  void resize(long newBytes) {
    bytes = newBytes;
  }

  void refuse(DsaException why) {
    refusal = why;
  }

  void limitQueues(int limit) {
    queueLimit = limit;
  }

  void posted(int count) {
    postedCount.addAndGet(count);
  }

  /** Work requests posted so far. */
  public long postedCount() {
    return postedCount.get();
  }

  /** How often a volume was opened, or not. */
  int attachCount() {
    return attachCount.get();
  }

  public int queueCount() {
    return endpoints.size();
  }

  int waits() {
    return endpoints.stream().mapToInt(MovingEndpoint::waits).sum();
  }

  void forget(MovingEndpoint endpoint) {
    endpoints.remove(endpoint);
  }

  byte[] contents(long offset, int length) {
    byte[] out = new byte[length];
    MemorySegment.copy(contents, offset, MemorySegment.ofArray(out), 0, length);
    return out;
  }

  byte[] durable(long offset, int length) {
    byte[] out = new byte[length];
    MemorySegment.copy(durable, offset, MemorySegment.ofArray(out), 0, length);
    return out;
  }

  /** Does what a device does with a work request; returns its status. */
  synchronized int carryOut(PostedWork work) {
    if (!up) {
      return CompletionStatus.RETRY_EXCEEDED;
    }
    long offset = -1;
    for (int i = 0; i < ADDRESSES.length; i++) {
      long within = work.remoteAddress() - ADDRESSES[i];
      if (within >= 0 && within < EXTENT) {
        offset = i * EXTENT + within;
      }
    }
    switch (work.operation()) {
      case READ -> {
        MemorySegment.copy(contents, offset, local(work), 0, work.length());
        if (method == DurabilityMethod.READ_AFTER_WRITE) {
          durable.copyFrom(contents);
        }
      }
      case WRITE -> MemorySegment.copy(local(work), 0, contents, offset, work.length());
      case FLUSH -> MemorySegment.copy(contents, offset, durable, offset, work.length());
      case COMPARE_SWAP -> {
        long was = contents.get(JAVA_LONG, offset);
        local(work).set(JAVA_LONG, 0, was);
        if (was == work.operand()) {
          contents.set(JAVA_LONG, offset, work.swap());
        }
      }
      case FETCH_ADD -> {
        long was = contents.get(JAVA_LONG, offset);
        local(work).set(JAVA_LONG, 0, was);
        contents.set(JAVA_LONG, offset, was + work.operand());
      }
      case ATOMIC_WRITE -> contents.set(JAVA_LONG, offset, work.operand());
    }
    return CompletionStatus.SUCCESS;
  }

  @SuppressWarnings("restricted")
  private static MemorySegment local(PostedWork work) {
    return MemorySegment.ofAddress(work.address()).reinterpret(Math.max(8, work.length()));
  }

  private final class ModelAttachment implements Attachment {
    private final OpenMode mode;
    private final InstanceId opened;
    private final UUID openedId;
    private final long size;
    private final boolean others;
    private final List<IoQueue> own = new ArrayList<>();
    private volatile boolean standing = true;

    ModelAttachment(OpenMode mode, InstanceId opened, UUID openedId, long size, boolean others) {
      this.mode = mode;
      this.opened = opened;
      this.openedId = openedId;
      this.size = size;
      this.others = others;
    }

    @Override
    public boolean continues(InstanceId earlier) {
      return earlier.equals(opened) || continued.contains(earlier);
    }

    @Override
    public boolean isTaken() {
      return others;
    }

    @Override
    public InstanceId instance() {
      return opened;
    }

    @Override
    public long bytes() {
      return size;
    }

    @Override
    public Optional<UUID> id() {
      return Optional.of(openedId);
    }

    @Override
    public Optional<DurabilityMethod> durability() {
      return Optional.ofNullable(method);
    }

    @Override
    public int queueLimit() {
      return 64;
    }

    @Override
    public IoQueue openQueue(QueueOptions options) {
      checkUp();
      if (!standing) {
        throw new DsaException(DsaException.Category.DISCONNECTED, "the session is over");
      }
      MovingEndpoint endpoint = new MovingEndpoint(ModelServer.this, seeds.getAndIncrement());
      synchronized (own) {
        if (own.size() >= queueLimit) {
          throw new DsaException(DsaException.Category.LIMIT, queueLimit + " queues at most");
        }
        endpoints.add(endpoint);
        int sendDepth = Math.max(64, 2 * options.depth());
        IoQueue queue =
            new IoQueue(
                new QueueVolume("v", size, mode.writes(), durability(), null, this::persist),
                endpoint,
                new ExtentMap(
                    List.of(
                        new ExtentGrant(0, 0, EXTENT, ADDRESSES[0], 1),
                        new ExtentGrant(0, EXTENT, EXTENT, ADDRESSES[1], 2),
                        new ExtentGrant(0, 2 * EXTENT, EXTENT, ADDRESSES[2], 3))),
                ModelQueue.buffer(Arena.ofAuto().allocate(RemoteRanges.PROBE_BYTES, 8)),
                new IoQueue.Limits(1 << 19, sendDepth, ALL),
                options,
                closed -> {});
        own.add(queue);
        if (!standing) {
          endpoint.disconnect();
        }
        return queue;
      }
    }

    private CompletableFuture<Done> persist(long offset, long length) {
      CompletableFuture<Done> call = new CompletableFuture<>();
      Thread.startVirtualThread(() -> {
        boolean done;
        synchronized (ModelServer.this) {
          done = standing && up;
          if (done) {
            MemorySegment.copy(contents, offset, durable, offset, length);
          }
        }
        // Not under the lock: whoever hears of it takes an endpoint's.
        if (done) {
          call.complete(new Done());
        } else {
          call.completeExceptionally(new DsaException(DsaException.Category.DISCONNECTED, "gone"));
        }
      });
      return call;
    }

    @Override
    public Optional<DsaException> leave() {
      Optional<DsaException> answer =
          standing && up ? Optional.ofNullable(revocation) : Optional.empty();
      attachments.remove(this);
      standing = false;
      List<IoQueue> all;
      synchronized (own) {
        all = List.copyOf(own);
      }
      all.forEach(IoQueue::close);
      return answer;
    }
  }
}
