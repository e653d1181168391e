package io.dsa.verbs;

import static java.lang.foreign.ValueLayout.JAVA_INT;

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
  private final long channel;
  private final long id;
  private final long context;
  private final DeviceAttributes attributes;
  private boolean closed;

  private RdmaDevice(long channel, long id) {
    this.channel = channel;
    this.id = id;
    this.context = Native.context(id);
    Native.check("find an RDMA device", context);
    this.attributes = query(context);
  }

  /** One step of finding the device of a fresh connection id. */
  private interface Step {
    void run(long channel, long id, Arena arena);
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
    String what = "reach " + remote.getAddress().getHostAddress() + " by RDMA";
    long deadline = System.nanoTime() + WaitTime.millis(timeout) * 1_000_000L;
    return find((channel, id, arena) -> {
      MemorySegment address = SocketAddressLayout.allocate(arena, remote);
      CmEvent event = new CmEvent();
      do {
        Native.check(what, Native.resolveAddress(id, address, AddressResolution.STEP_MILLIS));
        int count =
            Native.nextEvent(channel, event.memory(), Math.max(1, WaitTime.millis(timeout)));
        Native.check(what, count);
        if (count == 0) {
          throw new VerbsException(what, Errno.ETIMEDOUT);
        }
      } while (event.type() == CmEvent.ADDR_ERROR
          && AddressResolution.goesOn(event.status(), deadline));
      if (event.type() != CmEvent.ADDR_RESOLVED) {
        throw new VerbsException(what, Math.abs(event.status()));
      }
    });
  }

  private static RdmaDevice find(Step step) {
    long channel = EventChannels.open();
    long id = -1;
    try (Arena arena = Arena.ofConfined()) {
      id = Native.createId(channel);
      Native.check("create a connection id", id);
      step.run(channel, id, arena);
      return new RdmaDevice(channel, id);
    } catch (RuntimeException | Error e) {
      try {
        release(channel, id);
      } catch (RuntimeException again) {
        e.addSuppressed(again);
      }
      throw e;
    }
  }

  private static void release(long channel, long id) {
    CloseAll.inOrder(
        () -> {
          if (id >= 0) {
            Native.check("release an RDMA device", Native.destroyId(id));
          }
        },
        () -> EventChannels.close(channel));
  }

  private static DeviceAttributes query(long contextId) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(DeviceAttributes.BYTES, 8);
      Native.check("query an RDMA device", Native.queryDevice(contextId, memory));
      return DeviceAttributes.read(memory);
    }
  }

  public DeviceAttributes attributes() {
    return attributes;
  }

  public ProtectionDomain allocateProtectionDomain() {
    return ProtectionDomain.allocate(context);
  }

  /**
   * Creates a completion queue with a channel of its own.
   *
   * @param entries room for completions: at least the depth of all queue pairs that complete here
   */
  public CompletionQueue createCompletionQueue(int entries) {
    return CompletionQueue.create(context, entries);
  }

  /**
   * Waits for something that happens to the device itself. For one thread at a time.
   *
   * @return empty at the time's end or after {@link #wakeAsyncEventWait}
   */
  public Optional<AsyncEvent> awaitAsyncEvent(Duration timeout) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(AsyncEvent.BYTES, 8);
      int count = Native.nextAsyncEvent(context, memory, WaitTime.millis(timeout));
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
    Native.wake(context);
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
