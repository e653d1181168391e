package io.dsa.server;

import io.dsa.protocol.ConnectData;
import io.dsa.protocol.ProtocolException;
import io.dsa.protocol.QueueToken;
import io.dsa.verbs.CloseAll;
import io.dsa.verbs.ConnectionHandler;
import io.dsa.verbs.ConnectionManager;
import io.dsa.verbs.ConnectionRequest;
import io.dsa.verbs.Listener;
import io.dsa.verbs.ProtectionDomain;
import io.dsa.verbs.QueuePair;
import io.dsa.verbs.RdmaDevice;
import io.dsa.verbs.Refusal;
import io.dsa.verbs.Seldom;
import io.dsa.verbs.VerbsException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Admits data queues: a connection needs a token that a session was given and nobody has used. The
 * connection manager's thread admits; closing, which waits for the device, runs on a thread of its
 * own.
 */
final class DataPlane implements ConnectionHandler, AutoCloseable {
  /** How long a token is good for a connection. */
  static final int TOKEN_VALID_MILLIS = 10_000;

  private static final Logger LOG = LoggerFactory.getLogger(DataPlane.class);
  private static final int BACKLOG = 128;
  private static final Duration BETWEEN_WARNINGS = Duration.ofSeconds(1);

  private final RdmaDevice device;
  private final ProtectionDomain domain;
  private final RegionTable regions;
  private final ConnectionManager connections;
  private final Map<QueueToken, ServedQueue> expected = new ConcurrentHashMap<>();
  private final ScheduledExecutorService reaper;
  private final Consumer<Exception> onFailure;

  /** Whoever reaches the port can be refused as often as he likes. */
  private final Seldom refusals = new Seldom(BETWEEN_WARNINGS, System::nanoTime);

  private Listener listener;

  private DataPlane(RdmaDevice device, ProtectionDomain domain, Consumer<Exception> onFailure) {
    this.device = device;
    this.domain = domain;
    this.onFailure = onFailure;
    this.regions = new RegionTable(domain, device.attributes().maxRegionBytes());
    this.connections = ConnectionManager.start("dsa-data-connections");
    this.reaper =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("dsa-queue-reaper").daemon().factory());
  }

  /**
   * Begins to admit.
   *
   * @param onFailure hears why nobody is admitted any more
   */
  static DataPlane listen(
      RdmaDevice device,
      ProtectionDomain domain,
      InetSocketAddress address,
      Consumer<Exception> onFailure) {
    DataPlane plane = new DataPlane(device, domain, onFailure);
    try {
      plane.listener = plane.connections.listen(address, BACKLOG, plane);
      return plane;
    } catch (RuntimeException e) {
      plane.close();
      throw e;
    }
  }

  /** Lets one connection with this token in, for as long as tokens are valid. */
  ServedQueue expect(QueueToken token, OpenVolume volume, Allowance allowance, Runnable onClose) {
    ServedQueue queue =
        new ServedQueue(
            volume,
            regions,
            allowance,
            () -> {
              expected.remove(token);
              onClose.run();
            });
    expected.put(token, queue);
    queue.expireBy(reaper.schedule(() -> expire(token), TOKEN_VALID_MILLIS, TimeUnit.MILLISECONDS));
    return queue;
  }

  private void expire(QueueToken token) {
    ServedQueue queue = expected.remove(token);
    if (queue != null) {
      close(queue);
    }
  }

  @Override
  public void requested(ConnectionRequest request) {
    ServedQueue queue;
    try {
      queue = expected.remove(ConnectData.decode(request.privateData()).token());
    } catch (ProtocolException e) {
      warn(e.getMessage());
      request.reject("not a DSA data queue".getBytes(StandardCharsets.UTF_8));
      return;
    }
    if (queue == null) {
      warn("its token was never given, is used up or has expired");
      request.reject("unknown token".getBytes(StandardCharsets.UTF_8));
      return;
    }
    try {
      queue.accept(request, device, domain);
    } catch (RuntimeException e) {
      warn(e.getMessage());
      if (e instanceof VerbsException) {
        request.reject(Refusal.NO_RESOURCES);
      }
      reaper.execute(() -> close(queue));
    }
  }

  private void warn(String why) {
    long times = refusals.happened();
    if (times == 1) {
      LOG.warn("Refused a data connection: {}", why);
    } else if (times > 1) {
      LOG.warn("Refused {} data connections, the last one since {}", times, why);
    }
  }

  @Override
  public void established(QueuePair queuePair) {
    ((ServedQueue) queuePair.attachment()).established();
  }

  @Override
  public void disconnected(QueuePair queuePair) {
    ServedQueue queue = (ServedQueue) queuePair.attachment();
    reaper.execute(() -> close(queue));
  }

  @Override
  public void listenerLost(Listener lost, VerbsException why) {
    onFailure.accept(why);
  }

  private static void close(ServedQueue queue) {
    try {
      queue.close();
    } catch (RuntimeException e) {
      LOG.error("A data queue could not be closed cleanly", e);
    }
  }

  /** Sessions, and so their queues, are closed before. */
  @Override
  public void close() {
    CloseAll.inOrder(
        () -> {
          if (listener != null) {
            listener.close();
          }
        },
        reaper,
        connections);
  }
}
