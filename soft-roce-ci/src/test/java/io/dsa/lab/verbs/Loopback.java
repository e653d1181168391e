package io.dsa.lab.verbs;

import io.dsa.lab.LabDevice;
import io.dsa.verbs.CloseAll;
import io.dsa.verbs.CompletionQueue;
import io.dsa.verbs.CompletionStatus;
import io.dsa.verbs.Completions;
import io.dsa.verbs.ConnectionHandler;
import io.dsa.verbs.ConnectionManager;
import io.dsa.verbs.ConnectionRequest;
import io.dsa.verbs.Listener;
import io.dsa.verbs.ProtectionDomain;
import io.dsa.verbs.QueuePair;
import io.dsa.verbs.QueuePairOptions;
import io.dsa.verbs.RdmaDevice;
import io.dsa.verbs.WorkRequests;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A server end that accepts everyone and client ends connected to it, all in this process. */
final class Loopback implements ConnectionHandler, AutoCloseable {
  /** A connected pair of queue pairs and the queues that they complete on. */
  record Pair(
      QueuePair client, CompletionQueue clientQueue, QueuePair server, CompletionQueue serverQueue)
      implements AutoCloseable {
    @Override
    public void close() {
      CloseAll.inOrder(client, clientQueue, server, serverQueue);
    }
  }

  static final Duration SOON = Duration.ofSeconds(5);

  final RdmaDevice device;
  final ProtectionDomain serverDomain;
  final ProtectionDomain clientDomain;
  final ConnectionManager connections;
  final Listener listener;
  final CountDownLatch lostByClient = new CountDownLatch(1);
  final BlockingQueue<QueuePair> disconnected = new LinkedBlockingQueue<>();
  final List<byte[]> privateData = new ArrayList<>();
  private final BlockingQueue<QueuePair> accepted = new LinkedBlockingQueue<>();
  private final BlockingQueue<CompletionQueue> queues = new LinkedBlockingQueue<>();
  private final List<CompletionQueue> opened = new CopyOnWriteArrayList<>();
  volatile byte[] refuseWith;
  volatile Error throwInstead;

  Loopback() throws Exception {
    InetAddress host = InetAddress.getByName(LabDevice.HOST);
    device = RdmaDevice.at(host);
    serverDomain = device.allocateProtectionDomain();
    clientDomain = device.allocateProtectionDomain();
    connections = ConnectionManager.start("loopback");
    listener = connections.listen(new InetSocketAddress(host, 0), 8, this);
  }

  @Override
  public void requested(ConnectionRequest request) {
    if (throwInstead != null) {
      throw throwInstead;
    }
    privateData.add(request.privateData());
    if (refuseWith != null) {
      request.reject(refuseWith);
      return;
    }
    CompletionQueue queue = device.createCompletionQueue(32);
    opened.add(queue);
    queues.add(queue);
    request.accept(new QueuePairOptions(serverDomain, queue, 8, 1), queue);
  }

  @Override
  public void established(QueuePair queuePair) {
    accepted.add(queuePair);
  }

  @Override
  public void disconnected(QueuePair queuePair) {
    disconnected.add(queuePair);
  }

  Pair connect(byte[] data) throws InterruptedException {
    CompletionQueue queue = device.createCompletionQueue(64);
    QueuePair client;
    try {
      client =
          connections.connect(
              listener.address(),
              new QueuePairOptions(clientDomain, queue, 16, 1),
              data,
              SOON,
              lostByClient::countDown);
    } catch (RuntimeException e) {
      queue.close();
      throw e;
    }
    QueuePair server = accepted.poll(SOON.toMillis(), TimeUnit.MILLISECONDS);
    return new Pair(client, queue, server, queues.take());
  }

  /** Posts one batch and returns the status of its one signaled request, or the first failure. */
  static int run(QueuePair queuePair, CompletionQueue queue, WorkRequests batch) {
    int errno = queuePair.post(batch);
    if (errno != 0) {
      throw new AssertionError("post failed with errno " + errno);
    }
    return completion(queue).status(0);
  }

  static Completions completion(CompletionQueue queue) {
    Completions completions = new Completions(1);
    long deadline = System.nanoTime() + SOON.toNanos();
    while (queue.poll(completions) == 0) {
      queue.requestNotification();
      if (queue.poll(completions) > 0) {
        break;
      }
      if (System.nanoTime() > deadline) {
        throw new AssertionError("no completion within " + SOON);
      }
      queue.awaitEvent(Duration.ofMillis(500));
    }
    return completions;
  }

  static void succeed(QueuePair queuePair, CompletionQueue queue, WorkRequests batch) {
    int status = run(queuePair, queue, batch);
    if (status != CompletionStatus.SUCCESS) {
      throw new AssertionError(CompletionStatus.text(status));
    }
  }

  @Override
  public void close() {
    CloseAll.inOrder(
        listener, connections, () -> CloseAll.of(opened), serverDomain, clientDomain, device);
  }
}
