package io.dsa.lab.attack;

import com.ibm.disni.verbs.IbvCQ;
import com.ibm.disni.verbs.IbvCompChannel;
import com.ibm.disni.verbs.IbvMr;
import com.ibm.disni.verbs.IbvPd;
import com.ibm.disni.verbs.IbvQP;
import com.ibm.disni.verbs.IbvQPInitAttr;
import com.ibm.disni.verbs.IbvRecvWR;
import com.ibm.disni.verbs.IbvSendWR;
import com.ibm.disni.verbs.IbvSge;
import com.ibm.disni.verbs.IbvWC;
import com.ibm.disni.verbs.RdmaCm;
import com.ibm.disni.verbs.RdmaCmEvent;
import com.ibm.disni.verbs.RdmaCmId;
import com.ibm.disni.verbs.RdmaConnParam;
import com.ibm.disni.verbs.RdmaEventChannel;
import com.ibm.disni.verbs.SVCPollCq;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedList;
import java.util.List;
import java.util.Optional;

/**
 * A control connection on which DaRPC's own frame is the attacker's to choose: a ticket and a
 * length before each message, and whether there is room for replies at all. For one thread at a
 * time.
 */
final class RawRpc implements AutoCloseable {
  /** A reply, or how a send went that failed. */
  record Event(int status, Optional<ByteBuffer> reply) {}

  /** Types of events: enum rdma_cm_event_type of rdma_get_cm_event(3). */
  private static final int ADDR_RESOLVED = 0;

  private static final int ROUTE_RESOLVED = 2;
  private static final int ESTABLISHED = 9;
  private static final int DISCONNECTED = 10;

  private static final int STEP_MILLIS = 5_000;
  private static final int BUFFER = 16 << 10;
  private static final int SENDS = 64;
  private static final int FRAME = 2 * Integer.BYTES;
  private static final byte RETRIES = 6;

  private final RdmaEventChannel channel;
  private final RdmaCmId id;
  private final IbvPd domain;
  private final IbvCompChannel completionChannel;
  private final IbvCQ completionQueue;
  private final IbvQP queuePair;
  private final ByteBuffer memory;
  private final IbvMr region;
  private final SVCPollCq poll;
  private final IbvWC[] completions = {new IbvWC()};
  private final int receives;
  private int sent;

  private RawRpc(InetSocketAddress server, int receives) throws IOException {
    this.receives = receives;
    channel = RdmaEventChannel.createEventChannel();
    id = channel.createId(RdmaCm.RDMA_PS_TCP);
    id.resolveAddr(null, server, STEP_MILLIS);
    expect(ADDR_RESOLVED);
    id.resolveRoute(STEP_MILLIS);
    expect(ROUTE_RESOLVED);
    domain = id.getVerbs().allocPd();
    completionChannel = id.getVerbs().createCompChannel();
    completionQueue = id.getVerbs().createCQ(completionChannel, SENDS + receives, 0);
    queuePair = id.createQP(domain, attributes());
    memory = ByteBuffer.allocateDirect((SENDS + receives) * BUFFER);
    region = domain.regMr(memory, IbvMr.IBV_ACCESS_LOCAL_WRITE).execute().free().getMr();
    poll = completionQueue.poll(completions, completions.length);
    for (int i = 0; i < receives; i++) {
      postReceive(i);
    }
  }

  private void establish() throws IOException {
    RdmaConnParam parameters = new RdmaConnParam();
    parameters.setRetry_count(RETRIES);
    parameters.setRnr_retry_count(RETRIES);
    id.connect(parameters);
    expect(ESTABLISHED);
  }

  /**
   * Connects.
   *
   * @param receives replies that there is room for at a time; 0 for none ever
   */
  static RawRpc connect(AttackedServer server, int receives) throws IOException {
    RawRpc made = new RawRpc(server.control(), receives);
    try {
      made.establish();
      return made;
    } catch (IOException e) {
      made.close();
      throw e;
    }
  }

  private IbvQPInitAttr attributes() {
    IbvQPInitAttr attributes = new IbvQPInitAttr();
    attributes.cap().setMax_send_wr(SENDS);
    attributes.cap().setMax_send_sge(1);
    attributes.cap().setMax_recv_wr(Math.max(1, receives));
    attributes.cap().setMax_recv_sge(1);
    attributes.setQp_type(IbvQP.IBV_QPT_RC);
    attributes.setSend_cq(completionQueue);
    attributes.setRecv_cq(completionQueue);
    return attributes;
  }

  private void expect(int type) throws IOException {
    RdmaCmEvent event = channel.getCmEvent(STEP_MILLIS);
    if (event == null) {
      throw new IOException("no event " + type + " in time");
    }
    int is = event.getEvent();
    event.ackEvent();
    if (is != type) {
      throw new IOException("event " + is + " where " + type + " was due");
    }
  }

  /** Sends a message as the server expects it, but for the ticket. */
  boolean send(int ticket, byte[] message) throws IOException {
    return send(ticket, message.length, message);
  }

  /**
   * Sends without waiting.
   *
   * @param length what the frame says
   * @return false when the queue pair takes no more: it has failed
   */
  boolean send(int ticket, int length, byte[] message) throws IOException {
    ByteBuffer frame = ByteBuffer.allocate(FRAME + message.length);
    return sendBytes(frame.putInt(ticket).putInt(length).put(message).array());
  }

  /** Sends bytes without any frame. */
  boolean sendBytes(byte[] bytes) throws IOException {
    int slot = receives + sent++ % SENDS;
    memory.put(slot * BUFFER, bytes);
    IbvSendWR request = new IbvSendWR();
    request.setWr_id(slot);
    request.setOpcode(IbvSendWR.IBV_WR_SEND);
    request.setSend_flags(IbvSendWR.IBV_SEND_SIGNALED);
    request.setSg_list(element(slot, bytes.length));
    request.setNum_sge(1);
    try {
      queuePair.postSend(new ArrayList<>(List.of(request)), null).execute().free();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void postReceive(int slot) throws IOException {
    IbvRecvWR request = new IbvRecvWR();
    request.setWr_id(slot);
    request.setSg_list(element(slot, BUFFER));
    request.setNum_sge(1);
    queuePair.postRecv(new ArrayList<>(List.of(request)), null).execute().free();
  }

  @SuppressWarnings({"JdkObsolete", "NonApiType"}) // DiSNI takes no other list
  private LinkedList<IbvSge> element(int slot, int length) {
    IbvSge element = new IbvSge();
    element.setAddr(region.getAddr() + (long) slot * BUFFER);
    element.setLength(length);
    element.setLkey(region.getLkey());
    return new LinkedList<>(List.of(element));
  }

  /** The next reply, behind its ticket and length, or failure; empty at the time's end. */
  Optional<Event> next(Duration time) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < deadline) {
      if (poll.execute().getPolls() == 0) {
        Thread.sleep(1);
        continue;
      }
      IbvWC completion = completions[0];
      int slot = (int) completion.getWr_id();
      if (completion.getStatus() != 0) {
        return Optional.of(new Event(completion.getStatus(), Optional.empty()));
      }
      if (slot < receives) {
        byte[] reply = new byte[completion.getByte_len()];
        memory.get(slot * BUFFER, reply);
        postReceive(slot);
        return Optional.of(new Event(0, Optional.of(ByteBuffer.wrap(reply))));
      }
    }
    return Optional.empty();
  }

  /**
   * Whether the server ends the connection within this time; replies that still come are dropped.
   */
  boolean ends(Duration time) throws IOException {
    long deadline = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < deadline) {
      RdmaCmEvent event = channel.getCmEvent(200);
      if (event != null) {
        int type = event.getEvent();
        event.ackEvent();
        if (type == DISCONNECTED) {
          return true;
        }
      }
    }
    return false;
  }

  @Override
  public void close() throws IOException {
    try {
      poll.free();
      int _ = id.disconnect();
    } catch (IOException e) {
      // The server was first.
    }
    int _ = id.destroyQP();
    region.deregMr().execute().free();
    int _ = completionQueue.destroyCQ();
    int _ = completionChannel.destroyCompChannel();
    try {
      int _ = domain.deallocPd();
    } catch (Exception e) {
      throw new IOException(e);
    }
    int _ = id.destroyId();
    int _ = channel.destroyEventChannel();
  }
}
