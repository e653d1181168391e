package io.dsa.lab.verbs;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.ibm.disni.util.NativeAffinity;
import io.dsa.lab.LabDevice;
import io.dsa.lab.RdmaResources;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Method;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The native half of DiSNI as DiSNI's Java half relies on it, each method and its errors. */
@Tag("lab")
@Timeout(60)
class NativeContractTest {
  private static final int PORT_SPACE_TCP = 0x0106;
  private static final int ADDR_RESOLVED = 0;
  private static final int ROUTE_RESOLVED = 2;
  private static final int CONNECT_REQUEST = 4;
  private static final int ESTABLISHED = 9;
  private static final int DISCONNECTED = 10;
  private static final int LOCAL_WRITE = 1;
  private static final int REMOTE_ANY = 2 | 4;
  private static final int SIGNALED = 2;
  private static final int OP_WRITE = 0;
  private static final int OP_SEND = 2;
  private static final int FLUSHED = 5;

  private final Arena arena = Arena.ofConfined();
  private Dispatcher verbs;
  private RdmaResources before;

  @BeforeEach
  void openTheDevice() throws Exception {
    verbs = new Dispatcher();
    LabDevice.open();
    before = RdmaResources.now();
  }

  @AfterEach
  void shouldLeaveNothingInTheKernel() throws InterruptedException {
    arena.close();
    assertThat(RdmaResources.within(Duration.ofSeconds(3), before)).isEqualTo(before);
  }

  /** A sockaddr_in as DiSNI writes it. */
  private MemorySegment address(int port) throws IOException {
    MemorySegment memory = arena.allocate(28, 8);
    memory.set(JAVA_SHORT, 0, (short) 2);
    memory.set(JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN), 2, (short) port);
    byte[] host = InetAddress.getByName(LabDevice.HOST).getAddress();
    MemorySegment.copy(host, 0, memory, JAVA_BYTE, 4, 4);
    return memory;
  }

  /** Waits for an event of this type and returns the id that it is about. */
  private long event(long channel, int type) throws IOException {
    MemorySegment listener = arena.allocate(JAVA_LONG);
    MemorySegment id = arena.allocate(JAVA_LONG);
    assertThat(verbs.number("_getCmEvent", channel, listener.address(), id.address(), 5000))
        .isEqualTo(type);
    assertThat(verbs.number("_ackCmEvent", type)).isZero();
    if (type == CONNECT_REQUEST) {
      assertThat(listener.get(JAVA_LONG, 0)).isPositive();
    }
    return id.get(JAVA_LONG, 0);
  }

  @Test
  void shouldTellTheSizesThatDisniIsBuiltOn() throws IOException {
    assertThat(verbs.number("_getVersion")).isEqualTo(32);
    assertThat(verbs.number("_getIbvSendWRSize")).isEqualTo(128);
    assertThat(verbs.number("_getIbvRecvWRSize")).isEqualTo(32);
    assertThat(verbs.number("_getIbvSgeSize")).isEqualTo(16);
    assertThat(verbs.number("_getIbvWCSize")).isEqualTo(48);
    assertThat(verbs.number("_getSockAddrInSize")).isEqualTo(16);
    assertThat(verbs.number("_getRemoteAddressOffset")).isEqualTo(40);
    assertThat(verbs.number("_getRKeyOffset")).isEqualTo(48);
  }

  @Test
  void shouldSetTheAffinityOfAThread() throws InterruptedException {
    List<Long> seen = new ArrayList<>();
    Thread thread =
        new Thread(() -> {
          NativeAffinity.setAffinity(1);
          seen.add(NativeAffinity.getAffinity());
        });
    thread.start();
    thread.join();

    assertThat(seen).containsExactly(1L);
  }

  /** One end of a connection: everything that DiSNI makes for it. */
  private final class End {
    private final long id;
    private final long context;
    private final long pd;
    private final long channel;
    private final long cq;
    private final long qp;
    private final MemorySegment memory = arena.allocate(4096, 4096);
    private final int localKey;
    private final int remoteKey;
    private final long mr;

    End(long id) throws IOException {
      this.id = id;
      context = verbs.id("_getContext", id);
      pd = verbs.id("_allocPd", context);
      channel = verbs.id("_createCompChannel", context);
      cq = verbs.id("_createCQ", context, channel, 16, 0);
      qp = verbs.id("_createQP", id, pd, cq, cq, 2, 8, 8, 0);
      MemorySegment out = arena.allocate(JAVA_INT, 3);
      mr =
          verbs.id(
              "_regMr",
              pd,
              memory.address(),
              4096,
              LOCAL_WRITE | REMOTE_ANY,
              out.address(),
              out.address() + 4,
              out.address() + 8);
      assertThat(mr).isPositive();
      localKey = out.get(JAVA_INT, 0);
      remoteKey = out.get(JAVA_INT, 4);
    }

    void send(int opcode, long requestId, long remote, int key) throws IOException {
      MemorySegment request = arena.allocate(128 + 16, 8);
      request.set(JAVA_LONG, 0, requestId);
      request.set(JAVA_LONG, 16, request.address() + 128);
      request.set(JAVA_INT, 24, 1);
      request.set(JAVA_INT, 28, opcode);
      request.set(JAVA_INT, 32, SIGNALED);
      request.set(JAVA_LONG, 40, remote);
      request.set(JAVA_INT, 48, key);
      element(request, 128);
      verbs.invoke("_postSend", qp, request.address());
    }

    void receive(long requestId) throws IOException {
      MemorySegment request = arena.allocate(32 + 16, 8);
      request.set(JAVA_LONG, 0, requestId);
      request.set(JAVA_LONG, 16, request.address() + 32);
      request.set(JAVA_INT, 24, 1);
      element(request, 32);
      verbs.invoke("_postRecv", qp, request.address());
    }

    private void element(MemorySegment request, long at) {
      request.set(JAVA_LONG, at, memory.address());
      request.set(JAVA_INT, at + 8, 64);
      request.set(JAVA_INT, at + 12, localKey);
    }

    /** Waits for one completion through the channel, as DiSNI does, and returns it. */
    MemorySegment completion() throws IOException {
      MemorySegment completion = arena.allocate(48, 8);
      assertThat(verbs.number("_reqNotifyCQ", cq, 0)).isZero();
      if (verbs.number("_pollCQ", cq, 1, completion.address()) == 0) {
        assertThat(verbs.number("_getCqEvent", channel, 5000)).isNotNegative();
        assertThat(verbs.number("_ackCqEvent", cq, 1)).isZero();
        assertThat(verbs.number("_pollCQ", cq, 1, completion.address())).isEqualTo(1);
      }
      return completion;
    }

    void close() throws IOException {
      assertThat(verbs.number("_destroyQP", id)).isZero();
      verbs.invoke("_deregMr", mr);
      assertThat(verbs.number("_destroyCQ", cq)).isZero();
      assertThat(verbs.number("_destroyCompChannel", channel)).isZero();
      assertThat(verbs.number("_deallocPd", pd)).isZero();
    }
  }

  @Test
  void shouldCarryAConnectionThroughItsWholeLife() throws Exception {
    final long channel = verbs.id("_createEventChannel");
    long listener = verbs.id("_createId", channel, PORT_SPACE_TCP);
    verbs.invoke("_bindAddr", listener, address(7801).address());
    verbs.invoke("_listen", listener, 4);
    long active = verbs.id("_createId", channel, PORT_SPACE_TCP);
    assertThat(verbs.id("_getContext", active)).isEqualTo(-1);
    verbs.invoke("_resolveAddr", active, 0, address(7801).address(), 2000);
    assertThat(event(channel, ADDR_RESOLVED)).isEqualTo(active);
    verbs.invoke("_resolveRoute", active, 2000);
    assertThat(event(channel, ROUTE_RESOLVED)).isEqualTo(active);
    End client = new End(active);
    verbs.invoke("_connect", active, 7, 6, 0, 0);
    long passive = event(channel, CONNECT_REQUEST);
    End server = new End(passive);
    server.receive(11);
    verbs.invoke("_accept", passive, 7, 6);
    List<Long> established = List.of(event(channel, ESTABLISHED), event(channel, ESTABLISHED));
    assertThat(established).containsExactlyInAnyOrder(active, passive);

    MemorySegment sockaddr = arena.allocate(28, 8);
    assertThat(verbs.number("_getDstAddr", active, sockaddr.address())).isZero();
    assertThat(sockaddr.get(JAVA_SHORT.withOrder(ByteOrder.BIG_ENDIAN), 2)).isEqualTo((short) 7801);
    assertThat(verbs.number("_getSrcAddr", active, sockaddr.address())).isZero();
    assertThat(verbs.number("_getContextFd", client.context)).isPositive();
    assertThat(verbs.number("_getContextNumCompVectors", client.context)).isPositive();
    assertThat(verbs.number("_getPdHandle", client.pd)).isNotNegative();
    verbs.number("_queryOdpSupport", client.context);
    verbs.number("_expPrefetchMr", client.mr, client.memory.address(), 64);
    assertThatThrownBy(() -> verbs.invoke("_modifyQP", client.qp, 0))
        .isInstanceOf(IOException.class);

    client.memory.setString(0, "one-sided");
    assertThat(verbs.number("_reqNotifyCQ", client.cq, 0)).isZero();
    client.send(OP_WRITE, 1, server.memory.address() + 128, server.remoteKey);
    assertThat(verbs.number("_getCqEvent", client.channel, 5000)).isNotNegative();
    assertThat(verbs.number("_ackCqEvent", client.cq, 1)).isZero();
    assertThat(client.completion().get(JAVA_LONG, 0)).isEqualTo(1);
    assertThat(server.memory.getString(128)).isEqualTo("one-sided");

    client.memory.setString(0, "two-sided");
    client.send(OP_SEND, 2, 0, 0);
    MemorySegment received = server.completion();
    assertThat(received.get(JAVA_LONG, 0)).isEqualTo(11);
    assertThat(received.get(JAVA_INT, 28)).isEqualTo(verbs.number("_getQpNum", server.qp));
    assertThat(server.memory.getString(0)).isEqualTo("two-sided");
    assertThat(client.completion().get(JAVA_LONG, 0)).isEqualTo(2);

    server.receive(12);
    assertThat(verbs.number("_disconnect", active)).isZero();
    assertThat(event(channel, DISCONNECTED)).isEqualTo(passive);
    assertThat(verbs.number("_disconnect", passive)).isZero();
    assertThat(event(channel, DISCONNECTED)).isEqualTo(active);
    MemorySegment flushed = server.completion();
    assertThat(flushed.get(JAVA_INT, 8)).isEqualTo(FLUSHED);
    assertThat(flushed.get(JAVA_INT, 12))
        .as("DiSNI reads the opcode of a failed completion as the queue pair's number")
        .isEqualTo(verbs.number("_getQpNum", server.qp));

    client.close();
    server.close();
    assertThat(verbs.number("_destroyEp", active)).isZero();
    assertThat(verbs.number("_destroyCmId", passive)).isZero();
    assertThat(verbs.number("_destroyCmId", listener)).isZero();
    assertThat(verbs.number("_destroyEventChannel", channel)).isZero();

    Set<String> all = new TreeSet<>();
    Dispatcher.natives().forEach(method -> all.add(method.getName()));
    all.removeIf(name -> name.endsWith("Size") || name.endsWith("Offset"));
    all.remove("_getVersion");
    assertThat(verbs.called()).containsAll(all);
  }

  @Test
  void shouldRefuseIdsThatNeverWereOrAreNoMore() throws Exception {
    long stale = verbs.id("_createEventChannel");
    verbs.number("_destroyEventChannel", stale);
    MemorySegment room = arena.allocate(4096, 64);
    for (Method method : Dispatcher.natives()) {
      if (method.getParameterCount() == 0 || method.getName().equals("_ackCmEvent")) {
        continue;
      }
      for (long id : new long[] {0, -1, 1, stale, 1L << 33, Long.MAX_VALUE, Long.MIN_VALUE}) {
        assertThat(outcome(method, id, room)).as(method.getName() + " of id " + id).isTrue();
      }
    }
  }

  /** Whether a call with a bad id fails in one of the ways that DiSNI understands. */
  private boolean outcome(Method method, long id, MemorySegment room) {
    Object[] arguments = new Object[method.getParameterCount()];
    for (int i = 0; i < arguments.length; i++) {
      arguments[i] = i == 0 ? id : method.getParameterTypes()[i] == long.class ? room.address() : 1;
    }
    try {
      Object result = verbs.invoke(method.getName(), arguments);
      return method.getName().equals("_ackCqEvent")
          || (result instanceof Number number && number.longValue() != 0);
    } catch (IOException e) {
      return e.getMessage() != null && !e.getMessage().isBlank();
    }
  }

  @Test
  void shouldRefuseAddressesThatAreNull() throws IOException {
    long channel = verbs.id("_createEventChannel");
    long id = verbs.id("_createId", channel, PORT_SPACE_TCP);
    verbs.invoke("_bindAddr", id, address(0).address());
    long pd = verbs.id("_allocPd", verbs.id("_getContext", id));

    assertThatThrownBy(() -> verbs.invoke("_bindAddr", id, 0)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> verbs.invoke("_resolveAddr", id, 0, 0, 100))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> verbs.invoke("_regMr", pd, 4096, 8, LOCAL_WRITE, 0, 0, 0))
        .isInstanceOf(IOException.class);
    MemorySegment out = arena.allocate(ValueLayout.JAVA_INT, 3);
    assertThatThrownBy(() ->
            verbs.invoke(
                "_regMr",
                pd,
                out.address(),
                -1,
                LOCAL_WRITE,
                out.address(),
                out.address(),
                out.address()))
        .isInstanceOf(IOException.class);

    verbs.invoke("_deallocPd", pd);
    verbs.invoke("_destroyCmId", id);
    verbs.invoke("_destroyEventChannel", channel);
  }

  @Test
  void shouldNameTheCallAndTheCauseOfAFailure() throws IOException {
    long channel = verbs.id("_createEventChannel");
    long first = verbs.id("_createId", channel, PORT_SPACE_TCP);
    long second = verbs.id("_createId", channel, PORT_SPACE_TCP);
    verbs.invoke("_bindAddr", first, address(7802).address());
    verbs.invoke("_listen", first, 1);

    assertThatThrownBy(
            () -> {
              verbs.invoke("_bindAddr", second, address(7802).address());
              verbs.invoke("_listen", second, 1);
            })
        .isInstanceOf(IOException.class)
        .hasMessageContaining("rdma_")
        .hasMessageContaining("in use");

    verbs.invoke("_destroyCmId", second);
    verbs.invoke("_destroyCmId", first);
    verbs.invoke("_destroyEventChannel", channel);
  }

  @Test
  void shouldTimeOutWithoutAnEvent() throws IOException {
    long channel = verbs.id("_createEventChannel");
    MemorySegment ids = arena.allocate(JAVA_LONG, 2);

    assertThat(verbs.number("_getCmEvent", channel, ids.address(), ids.address() + 8, 20))
        .isEqualTo(-1);

    verbs.invoke("_destroyEventChannel", channel);
  }
}
