package io.dsa.verbs.darpc;

import com.ibm.darpc.DaRPCEndpoint;
import com.ibm.darpc.DaRPCEndpointGroup;
import com.ibm.disni.RdmaCqProvider;
import com.ibm.disni.RdmaEndpointFactory;
import com.ibm.disni.RdmaServerEndpoint;
import com.ibm.disni.verbs.IbvContext;
import com.ibm.disni.verbs.IbvPd;
import com.ibm.disni.verbs.IbvQP;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.RdmaEventChannel;
import com.ibm.disni.verbs.impl.NatObject;
import com.ibm.disni.verbs.impl.NatRdmaEventChannel;
import java.io.IOException;
import java.lang.reflect.Field;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the endpoints of one listener, or the one endpoint of a client, share: DiSNI's event channel
 * and thread, a protection domain of their own, a completion queue. Freed with {@link #shutdown},
 * once every endpoint has been.
 */
final class RpcGroup<E extends DaRPCEndpoint<Message, Message> & CompletionTarget>
    extends DaRPCEndpointGroup<E, Message, Message> {
  private static final Logger LOGGER = LoggerFactory.getLogger(RpcGroup.class);

  /**
   * How often DiSNI's event thread looks round, should it not be woken: a poll interval, not a
   * timeout.
   */
  private static final int EVENT_MILLIS = 2_000;

  /**
   * DiSNI's default for both is 0: a single lost packet would end the connection. 7 would be for
   * ever: by the standard for a peer without receive buffers, with SoftRoCE for a lost one too.
   */
  private static final byte RETRY_COUNT = 6;

  private static final byte RNR_RETRY_COUNT = 6;

  private final int completionCapacity;
  private SynchronizedMap<Long, Object> ids;
  private RdmaEventChannel channel;
  private IbvContext context;
  private IbvPd protectionDomain;
  private CompletionLoop completionLoop;

  /** Whom to tell of a failure, and the failure; under failureLock. */
  private Consumer<Throwable> failed;

  private Throwable failure;
  private final Object failureLock = new Object();

  /**
   * @param connections endpoints at a time, which the completion queue must have room for
   */
  RpcGroup(RpcLimits limits, int connections) throws Exception {
    super(
        Message.protocol(limits.maxMessageBytes()),
        EVENT_MILLIS,
        0,
        limits.pipelineDepth(),
        limits.pipelineDepth());
    // One more, for what is left of a connection that was buried before it was quiet.
    completionCapacity = (connections + 1) * limits.completionsPerConnection();
    connParam.setRetry_count(RETRY_COUNT);
    connParam.setRnr_retry_count(RNR_RETRY_COUNT);
    clientEndpointMap = new SynchronizedMap<>();
    serverEndpointMap = new SynchronizedMap<>();
    CmFunctions.requireLibrary();
  }

  /**
   * The client's endpoint. Starts the event thread; to be called once, and never together with
   * {@link #startListener}.
   */
  E startClient(RdmaEndpointFactory<E> endpoints) throws IOException {
    factory = endpoints;
    try {
      E endpoint = createEndpoint();
      own(endpoint.getIdPriv());
      return endpoint;
    } finally {
      init(endpoints);
    }
  }

  /** The listener's endpoint. Starts the event thread; to be called once. */
  <L extends RdmaServerEndpoint<E>> L startListener(
      RdmaEndpointFactory<E> endpoints, Function<RdmaCmId, L> listeners) throws IOException {
    try {
      // DiSNI's own would accept with waits that nothing ends; only its cm id is used.
      RdmaCmId id = createServerEndpoint().getIdPriv();
      own(id);
      L listener = listeners.apply(id);
      serverEndpointMap.put(id, listener);
      return listener;
    } finally {
      init(endpoints);
    }
  }

  /**
   * Has somebody told, once and on whatever thread, when events or completions of the group are
   * lost for good; at once when they have been.
   */
  void onFailure(Consumer<Throwable> told) {
    Throwable already;
    synchronized (failureLock) {
      failed = told;
      already = failure;
    }
    if (already != null) {
      told.accept(already);
    }
  }

  /** The group cannot go on; what counts is the first time. */
  void fail(Throwable cause) {
    Consumer<Throwable> told;
    synchronized (failureLock) {
      if (failure != null) {
        return;
      }
      failure = cause;
      told = failed;
    }
    if (told != null) {
      told.accept(cause);
    }
  }

  /**
   * DiSNI's event thread asks this when waiting for an event has failed, and ends when the answer
   * is yes; else it would try again at once, and for ever. Endpoints and listeners let nothing out
   * of {@code dispatchCmEvent}, so that nothing but the wait can be it.
   */
  @Override
  public boolean isClosed() {
    if (!closed.get()) {
      LOGGER.error("connection events are lost");
      fail(new IOException("waiting for connection events failed"));
    }
    return true;
  }

  /**
   * Takes the channel of the first id, and has DiSNI keep its ids in a map that is safe to share
   * and can be pruned.
   */
  private void own(RdmaCmId id) {
    channel = id.getCmChannel();
    try {
      Field field = NatRdmaEventChannel.class.getDeclaredField("idMap");
      field.setAccessible(true);
      SynchronizedMap<Long, Object> map = new SynchronizedMap<>();
      map.put(((NatObject) id).getObjId(), id);
      field.set(channel, map);
      ids = map;
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOGGER.debug("DiSNI will remember every cm id", e);
    }
  }

  /** An endpoint for a connection request. */
  E adopt(RdmaCmId id) throws IOException {
    return createEndpoint(id);
  }

  /** The id is destroyed: nothing will be heard of it any more. */
  void forget(RdmaCmId id) {
    clientEndpointMap.remove(id);
    serverEndpointMap.remove(id);
    if (ids != null) {
      ids.remove(((NatObject) id).getObjId());
    }
  }

  /** Makes the protection domain and the completion queue. Idempotent. */
  synchronized void prepare(IbvContext device) throws IOException {
    if (context != null) {
      if (context.getCmd_fd() != device.getCmd_fd()) {
        throw new IOException("the connection came in over another device than the listener's");
      }
      return;
    }
    IbvPd domain = device.allocPd();
    try {
      completionLoop = new CompletionLoop(device, completionCapacity, this::fail);
    } catch (IOException | RuntimeException e) {
      free(domain);
      throw new IOException(
          "no completion queue of " + completionCapacity + " entries: " + e.getMessage(), e);
    }
    protectionDomain = domain;
    context = device;
    completionLoop.start();
  }

  @Override
  public synchronized IbvPd createProtectionDomain(E endpoint) throws IOException {
    prepare(endpoint.getIdPriv().getVerbs());
    return protectionDomain;
  }

  @Override
  public synchronized IbvPd createProtectionDomain(RdmaServerEndpoint<E> endpoint)
      throws IOException {
    prepare(endpoint.getIdPriv().getVerbs());
    return protectionDomain;
  }

  @Override
  public synchronized RdmaCqProvider createCqProvider(E endpoint) throws IOException {
    prepare(endpoint.getIdPriv().getVerbs());
    return completionLoop;
  }

  @Override
  public IbvQP createQpProvider(E endpoint) throws IOException {
    IbvQP queuePair =
        createQP(endpoint.getIdPriv(), endpoint.getPd(), endpoint.getCqProvider().getCQ());
    completionLoop.register(queuePair.getQp_num(), endpoint);
    return queuePair;
  }

  @Override
  public void allocateResources(E endpoint) throws Exception {
    endpoint.allocateResources();
  }

  /** Frees what an endpoint holds of the device. */
  void release(E endpoint, Connection connection) {
    IbvQP queuePair = endpoint.getQp();
    if (queuePair != null) {
      try {
        completionLoop.unregister(queuePair.getQp_num(), endpoint);
      } catch (IOException e) {
        LOGGER.debug("queue pair without a number", e);
      }
    }
    connection.release(queuePair);
    forget(connection.id());
  }

  /**
   * Frees everything. The endpoints must have been released. To be called once, and not from
   * DiSNI's event thread.
   */
  void shutdown() {
    CompletionLoop loop;
    IbvPd domain;
    synchronized (this) {
      loop = completionLoop;
      domain = protectionDomain;
    }
    if (loop != null) {
      loop.close();
    }
    if (domain != null) {
      free(domain);
    }
    closed.set(true);
    if (channel == null) {
      // Without a cm id the channel is out of reach: DiSNI frees it, but only once its thread has
      // looked round.
      Thread.ofPlatform().daemon().name("dsa-rpc-reaper").start(this::stopEventThread);
      return;
    }
    try {
      // Wakes DiSNI's thread, which ends because the group is closed.
      channel.destroyEventChannel();
    } catch (IOException e) {
      LOGGER.warn("event channel not destroyed", e);
    }
    stopEventThread();
    destroyOrphans();
  }

  /** Requests that came in while the group closed, so that nobody has taken them. */
  private void destroyOrphans() {
    if (ids == null) {
      return;
    }
    for (Object each : ids.values()) {
      RdmaCmId id = (RdmaCmId) each;
      try {
        if (id.isOpen()) {
          id.destroyId();
        }
      } catch (IOException e) {
        LOGGER.debug("destroyed meanwhile", e);
      }
    }
  }

  private void stopEventThread() {
    try {
      cmProcessor.close();
    } catch (IOException e) {
      LOGGER.debug("the event channel was destroyed already, to wake its thread", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void free(IbvPd domain) {
    try {
      domain.deallocPd();
    } catch (Exception e) {
      LOGGER.warn("protection domain not freed", e);
    }
  }
}
