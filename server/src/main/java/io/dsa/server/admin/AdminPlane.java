package io.dsa.server.admin;

import static io.dsa.server.admin.AdminException.Category.ADDRESS;
import static io.dsa.server.admin.AdminException.Category.KEYSTORE;

import io.dsa.verbs.Seldom;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The admin plane while it is open. Thread-safe. */
@SuppressWarnings("FutureReturnValueIgnored") // Of closing, after which there is nothing to do.
public final class AdminPlane implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AdminPlane.class);
  private static final int BACKLOG = 128;

  /** Whoever is refused can try again at once. */
  private static final Duration BETWEEN_NEWS = Duration.ofSeconds(1);

  private final AdminLimits limits;
  private final SslContext tls;
  private final String fingerprint;
  private final EventLoopGroup loop;
  private final AdminWorkers workers;
  private final AuditLog audit = new AuditLog();

  /** On the event loop. */
  private final Places places;

  private final Seldom refusals = new Seldom(BETWEEN_NEWS, System::nanoTime);

  /** Those that are open, each with the handler that knows what it is doing. */
  private final Set<Channel> connections = ConcurrentHashMap.newKeySet();

  private Channel listener;
  private volatile boolean closing;

  /** Null until it is opened. */
  private Dispatcher dispatcher;

  private AdminPlane(AdminLimits limits, AdminCertificate certificate) {
    this.limits = limits;
    places = new Places(limits.connections(), limits.connectionsOfHost());
    tls = tls(certificate);
    fingerprint = certificate.fingerprint();
    loop =
        new MultiThreadIoEventLoopGroup(
            1,
            Thread.ofPlatform().daemon().name("dsa-admin-io").factory(),
            NioIoHandler.newFactory());
    // A loop with nothing scheduled wakes up every second to look whether something is.
    loop.scheduleAtFixedRate(() -> {}, 1, 1, TimeUnit.HOURS);
    workers = new AdminWorkers(limits.workers());
  }

  /** Every resource that there is. */
  private static RouteTable routes(Administration administration) {
    RouteTable table = new RouteTable();
    PoolRoutes.add(table, administration.pools());
    VolumeRoutes.add(table, administration.volumes());
    SessionRoutes.add(table, administration.sessions());
    UserRoutes.add(table, administration.users(), administration.volumes());
    return table;
  }

  /**
   * Gets everything ready that needs no server yet, which is what takes long of a start.
   *
   * @throws AdminException in one line
   */
  public static AdminPlane prepare(AdminCertificate certificate) {
    return new AdminPlane(AdminLimits.DEFAULT, certificate);
  }

  /**
   * Opens it, once; when this returns, requests are answered. To be closed too if it throws.
   *
   * @throws AdminException in one line
   */
  public void open(InetSocketAddress address, Administration administration) {
    dispatcher = new Dispatcher(routes(administration), Gate.of(administration.users()), audit);
    listen(address);
  }

  /** As {@link #prepare} and {@link #open(InetSocketAddress, Administration)}. */
  public static AdminPlane open(
      InetSocketAddress address, AdminCertificate certificate, Administration administration) {
    return open(address, certificate, administration, AdminLimits.DEFAULT);
  }

  static AdminPlane open(
      InetSocketAddress address,
      AdminCertificate certificate,
      Administration administration,
      AdminLimits limits) {
    AdminPlane plane = new AdminPlane(limits, certificate);
    try {
      plane.open(address, administration);
      return plane;
    } catch (RuntimeException e) {
      plane.close();
      throw e;
    }
  }

  private static SslContext tls(AdminCertificate certificate) {
    try {
      return SslContextBuilder.forServer(certificate.keys())
          .sslProvider(SslProvider.JDK)
          .protocols("TLSv1.3")
          // No client has a certificate, and reading those that Java trusts takes long.
          .trustManager(new java.security.cert.X509Certificate[0])
          .build();
    } catch (SSLException e) {
      throw new AdminException(KEYSTORE, "TLS cannot be used: " + e.getMessage(), e);
    }
  }

  private void listen(InetSocketAddress address) {
    ChannelFuture bound =
        new ServerBootstrap()
            .group(loop)
            .channel(NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG)
            .childOption(ChannelOption.TCP_NODELAY, true)
            // A connection reads when it wants to, so that nobody can make it hold more.
            .childOption(ChannelOption.AUTO_READ, false)
            .childOption(ChannelOption.ALLOCATOR, new UnpooledByteBufAllocator(false))
            .childHandler(
                new ChannelInitializer<SocketChannel>() {
                  @Override
                  protected void initChannel(SocketChannel channel) {
                    accept(channel);
                  }
                })
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new AdminException(
          ADDRESS,
          "admin: "
              + address.getAddress().getHostAddress()
              + ":"
              + address.getPort()
              + ": "
              + bound.cause().getMessage()
              + "; stop what uses the port, or name another address in the configuration's admin",
          bound.cause());
    }
    listener = bound.channel();
  }

  /** On the event loop. */
  private void accept(SocketChannel channel) {
    // Null for one that has gone already.
    InetSocketAddress peer = channel.remoteAddress();
    if (peer == null || closing) {
      channel.close();
      return;
    }
    InetAddress host = peer.getAddress();
    if (!places.enter(host)) {
      refused(host);
      channel.close();
      return;
    }
    connections.add(channel);
    channel
        .closeFuture()
        .addListener(closed -> {
          connections.remove(channel);
          places.leave(host);
        });
    SslHandler handler = tls.newHandler(channel.alloc());
    handler.setHandshakeTimeoutMillis(limits.requestTime().toMillis());
    // Closing is no reason to wait for somebody who does not read.
    handler.setCloseNotifyFlushTimeoutMillis(1000);
    channel
        .pipeline()
        .addLast(handler)
        .addLast(
            new HttpServerCodec(
                new HttpDecoderConfig()
                    // No body whose end is told in two ways, whatever the JVM's options say.
                    .setAllowDuplicateContentLengths(false)
                    .setUseRfc9112TransferEncoding(true)
                    .setMaxInitialLineLength(AdminLimits.LINE_BYTES)
                    .setMaxHeaderSize(AdminLimits.HEADER_BYTES)))
        .addLast(
            new AdminConnection(
                host.getHostAddress(), limits, audit, dispatcher, workers, () -> closing));
  }

  private void refused(InetAddress host) {
    long times = refusals.happened();
    if (times > 0) {
      LOG.warn(
          "Refused {} admin connection(s), the last one from {}: it has {} of the {} that an address"
              + " may have, and all have {} of {}",
          times,
          host.getHostAddress(),
          places.of(host),
          limits.connectionsOfHost(),
          places.all(),
          limits.connections());
    }
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return (InetSocketAddress) listener.localAddress();
  }

  /** SHA-256 of the certificate, 64 hexadecimal digits. */
  public String fingerprint() {
    return fingerprint;
  }

  /**
   * Takes no more connections, lets what is being answered come to its end for some seconds, and
   * closes everything. Idempotent.
   */
  @Override
  public synchronized void close() {
    if (closing) {
      return;
    }
    closing = true;
    if (listener != null) {
      listener.close().awaitUninterruptibly(limits.closeTime().toMillis());
    }
    boolean interrupted = false;
    try {
      int answering = workers.close(limits.closeTime());
      if (answering > 0) {
        LOG.warn("{} admin requests are still being answered", answering);
      }
    } catch (InterruptedException e) {
      interrupted = true;
    }
    long deadline = System.nanoTime() + limits.closeTime().toNanos();
    // What workers had the loop write comes before this in its queue; a loop that is told to end
    // closes its channels before it looks at that.
    Future<List<Channel>> open =
        loop.submit(() -> {
          connections.forEach(AdminPlane::closeWhenWritten);
          return List.copyOf(connections);
        });
    if (open.awaitUninterruptibly(limits.closeTime().toMillis()) && open.isSuccess()) {
      for (Channel writing : open.getNow()) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
        writing.closeFuture().awaitUninterruptibly(Math.max(0, left));
      }
    }
    loop.shutdownGracefully(50, 1000, TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(limits.closeTime().toMillis());
    audit.close();
    long untold = refusals.rest();
    if (untold > 0) {
      LOG.warn("Refused {} more admin connection(s) since the last such line", untold);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void closeWhenWritten(Channel channel) {
    AdminConnection connection = channel.pipeline().get(AdminConnection.class);
    if (connection == null || connection.isIdle()) {
      channel.close();
    }
  }
}
