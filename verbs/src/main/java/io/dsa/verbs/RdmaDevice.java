package io.dsa.verbs;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import com.ibm.disni.verbs.IbvCompChannel;
import com.ibm.disni.verbs.IbvContext;
import com.ibm.disni.verbs.RdmaCm;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.RdmaEventChannel;
import com.ibm.disni.verbs.impl.NatCmaIdPrivate;
import com.ibm.disni.verbs.impl.NatIbvContext;
import com.ibm.disni.verbs.impl.NatRdmaEventChannel;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * An RDMA device, found by an address: its own, or one that it reaches. Thread-safe. Close what was
 * made from it first.
 */
public final class RdmaDevice implements AutoCloseable {
  private final RdmaEventChannel channel;
  private final RdmaCmId id;
  private final IbvContext context;
  private final DeviceAttributes attributes;
  private boolean closed;

  private RdmaDevice(RdmaEventChannel channel, RdmaCmId id) throws IOException {
    this.channel = channel;
    this.id = id;
    this.context = id.getVerbs();
    if (context == null) {
      throw new VerbsException("find an RDMA device", Errno.ENODEV);
    }
    this.attributes = query(contextId());
  }

  /** One step of finding the device of a fresh connection id. */
  private interface Step {
    void run(RdmaEventChannel channel, long id, Arena arena);
  }

  /**
   * The device that has this address.
   *
   * @throws VerbsException EADDRNOTAVAIL or ENODEV where no RDMA device has it
   */
  public static RdmaDevice at(InetAddress local) {
    return find((channel, id, arena) ->
        Native.check(
            "bind to " + local.getHostAddress(),
            Native.bind(id, SocketAddressLayout.allocate(arena, new InetSocketAddress(local, 0)))));
  }

  /**
   * Every device that has an IPv4 address of this machine, once, in the order of their names. The
   * caller closes them.
   */
  public static List<RdmaDevice> all() {
    Map<String, RdmaDevice> devices = new TreeMap<>();
    try {
      for (InetAddress address : addresses()) {
        find(address)
            .ifPresent(device -> {
              if (devices.putIfAbsent(device.toString(), device) != null) {
                device.close();
              }
            });
      }
      return List.copyOf(devices.values());
    } catch (RuntimeException e) {
      CloseAll.of(devices.values());
      throw e;
    }
  }

  private static List<InetAddress> addresses() {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(Inet4Address.class::isInstance)
          .toList();
    } catch (SocketException e) {
      throw new VerbsException("list this machine's addresses", e);
    }
  }

  private static Optional<RdmaDevice> find(InetAddress address) {
    try {
      return Optional.of(at(address));
    } catch (VerbsException e) {
      if (e.errno() == Errno.ENODEV || e.errno() == Errno.EADDRNOTAVAIL) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * The device that reaches this address.
   *
   * @throws VerbsException ENETUNREACH, EHOSTUNREACH, ETIMEDOUT or ENODEV
   */
  public static RdmaDevice toward(InetSocketAddress remote, Duration timeout) {
    return find((channel, id, arena) -> {
      String what = "reach " + remote.getAddress().getHostAddress() + " by RDMA";
      int millis = Math.clamp(timeout.toMillis(), 1, Integer.MAX_VALUE);
      Native.check(
          what, Native.resolveAddress(id, SocketAddressLayout.allocate(arena, remote), millis));
      CmEvent event = new CmEvent();
      int count =
          Native.nextEvent(((NatRdmaEventChannel) channel).getObjId(), event.memory(), millis);
      Native.check(what, count);
      if (count == 0) {
        throw new VerbsException(what, Errno.ETIMEDOUT);
      }
      if (event.type() != CmEvent.ADDR_RESOLVED) {
        throw new VerbsException(what, Math.abs(event.status()));
      }
    });
  }

  private static RdmaDevice find(Step step) {
    RdmaEventChannel channel = EventChannels.open();
    RdmaCmId id = null;
    try (Arena arena = Arena.ofConfined()) {
      id = channel.createId(RdmaCm.RDMA_PS_TCP);
      step.run(channel, ((NatCmaIdPrivate) id).getObjId(), arena);
      return new RdmaDevice(channel, id);
    } catch (IOException e) {
      release(channel, id);
      throw new VerbsException("find an RDMA device", e);
    } catch (RuntimeException e) {
      release(channel, id);
      throw e;
    }
  }

  private static void release(RdmaEventChannel channel, RdmaCmId id) {
    try {
      if (id != null) {
        id.destroyId();
      }
      channel.destroyEventChannel();
    } catch (IOException e) {
      throw new VerbsException("release an RDMA device", e);
    }
  }

  private static DeviceAttributes query(long contextId) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(DeviceAttributes.BYTES, 8);
      Native.check("query an RDMA device", Native.queryDevice(contextId, memory));
      return DeviceAttributes.read(memory);
    }
  }

  private long contextId() {
    return ((NatIbvContext) context).getObjId();
  }

  public DeviceAttributes attributes() {
    return attributes;
  }

  public ProtectionDomain allocateProtectionDomain() {
    try {
      return new ProtectionDomain(context.allocPd());
    } catch (IOException e) {
      throw new VerbsException("allocate a protection domain", e);
    }
  }

  /**
   * Creates a completion queue with a channel of its own.
   *
   * @param entries room for completions: at least the depth of all queue pairs that complete here
   */
  public CompletionQueue createCompletionQueue(int entries) {
    try {
      IbvCompChannel events = context.createCompChannel();
      try {
        return new CompletionQueue(events, context.createCQ(events, entries, 0));
      } catch (IOException e) {
        events.destroyCompChannel();
        throw e;
      }
    } catch (IOException e) {
      throw new VerbsException("create a completion queue of " + entries + " entries", e);
    }
  }

  /**
   * Waits for something that happens to the device itself. For one thread at a time.
   *
   * @return empty at the time's end or after {@link #wakeAsyncEventWait}
   */
  public Optional<AsyncEvent> awaitAsyncEvent(Duration timeout) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(AsyncEvent.BYTES, 8);
      int millis = Math.clamp(timeout.toMillis(), 0, Integer.MAX_VALUE);
      int count = Native.nextAsyncEvent(contextId(), memory, millis);
      if (count == 0 || count == -Errno.ECANCELED) {
        return Optional.empty();
      }
      Native.check("wait for an event of the device", count);
      return Optional.of(
          new AsyncEvent(
              memory.get(JAVA_INT, 0), memory.get(JAVA_INT, 4), memory.get(JAVA_INT, 16)));
    }
  }

  /** Ends the current or the next {@link #awaitAsyncEvent}. */
  public void wakeAsyncEventWait() {
    Native.wake(contextId());
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      release(channel, id);
    }
  }

  @Override
  public String toString() {
    return attributes.name();
  }
}
