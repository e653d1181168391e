package io.dsa.lab.rpc;

import io.dsa.verbs.darpc.RpcPeer;
import io.dsa.verbs.darpc.RpcService;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Answers with what it got, unless that is one of the commands below. Counts everything. */
class EchoService implements RpcService {
  final AtomicInteger opened = new AtomicInteger();
  final AtomicInteger calls = new AtomicInteger();
  final AtomicInteger closed = new AtomicInteger();
  final AtomicInteger protocolErrors = new AtomicInteger();
  final Set<Long> live = ConcurrentHashMap.newKeySet();

  @Override
  public void opened(RpcPeer peer) {
    opened.incrementAndGet();
    if (!live.add(peer.id())) {
      protocolErrors.incrementAndGet();
    }
  }

  @Override
  public byte[] call(RpcPeer peer, byte[] request) {
    calls.incrementAndGet();
    if (!live.contains(peer.id())) {
      protocolErrors.incrementAndGet();
    }
    String command = request.length < 32 ? new String(request, StandardCharsets.ISO_8859_1) : "";
    if (command.startsWith("sleep ")) {
      try {
        Thread.sleep(Long.parseLong(command.substring(6)));
      } catch (InterruptedException e) {
        protocolErrors.incrementAndGet();
      }
    } else if (command.equals("throw")) {
      throw new IllegalStateException("on purpose");
    } else if (command.equals("null")) {
      return null;
    } else if (command.equals("long")) {
      return new byte[1 << 20];
    } else if (command.equals("close")) {
      peer.close();
    } else if (command.equals("where")) {
      return peer.address().toString().getBytes(StandardCharsets.UTF_8);
    }
    return request;
  }

  @Override
  public void closed(RpcPeer peer) {
    closed.incrementAndGet();
    if (!live.remove(peer.id())) {
      protocolErrors.incrementAndGet();
    }
  }
}
