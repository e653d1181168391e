package io.dsa.server;

import io.dsa.protocol.AttachQueue;
import io.dsa.protocol.Authenticate;
import io.dsa.protocol.Bytes32;
import io.dsa.protocol.CloseVolume;
import io.dsa.protocol.Done;
import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.ErrorReply;
import io.dsa.protocol.Heartbeat;
import io.dsa.protocol.Hello;
import io.dsa.protocol.HelloReply;
import io.dsa.protocol.InstanceId;
import io.dsa.protocol.ListVolumes;
import io.dsa.protocol.MessageCodec;
import io.dsa.protocol.OpenMode;
import io.dsa.protocol.OpenVolume;
import io.dsa.protocol.Persist;
import io.dsa.protocol.PrepareQueue;
import io.dsa.protocol.ProtocolException;
import io.dsa.protocol.QueueAttached;
import io.dsa.protocol.Reply;
import io.dsa.protocol.Request;
import io.dsa.protocol.ServerInfo;
import io.dsa.protocol.ServerInfoReply;
import io.dsa.protocol.SessionLimits;
import io.dsa.protocol.ShowVolume;
import io.dsa.protocol.Target;
import io.dsa.protocol.UnknownRequest;
import io.dsa.protocol.VolumeList;
import io.dsa.protocol.VolumeOpened;
import io.dsa.protocol.VolumeReply;
import io.dsa.sal.StorageException;
import io.dsa.sal.Volume;
import io.dsa.server.access.Access;
import io.dsa.server.access.Quota;
import io.dsa.server.access.User;
import io.dsa.server.admin.Sessions;
import io.dsa.verbs.CloseAll;
import io.dsa.verbs.Errno;
import io.dsa.verbs.VerbsException;
import io.dsa.verbs.darpc.RpcException;
import io.dsa.verbs.darpc.RpcLimits;
import io.dsa.verbs.darpc.RpcPeer;
import io.dsa.verbs.darpc.RpcService;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers control requests. Each session's come one at a time, different sessions' in parallel. */
final class ControlService implements RpcService, Sessions {
  private static final Logger LOG = LoggerFactory.getLogger(ControlService.class);

  /** How long a connection may stand on which nobody has proven who it is. */
  private static final Duration HANDSHAKE_TIME = Duration.ofSeconds(15);

  /** What a client that closes a volume in this moment may take for that. */
  private static final Duration GIVING_WAY = Duration.ofSeconds(2);

  private final ServerConfig config;
  private final RpcLimits rpcLimits;
  private final InstanceId instanceId;
  private final String version;
  private final VolumeCatalog catalog;
  private final DataPlane dataPlane;
  private final Consumer<Exception> onFailure;
  private final Access access;
  private final Leases leases;
  private final QuotaUse quotas = new QuotaUse();
  private final VolumeUsers users;
  private final Map<Long, Session> sessions = new ConcurrentHashMap<>();
  private final List<InstanceId> continued;
  private final Underway underway = new Underway();
  private volatile boolean unclean;

  ControlService(
      ServerConfig config,
      RpcLimits rpcLimits,
      InstanceId instanceId,
      List<InstanceId> continued,
      String version,
      Access access,
      Leases leases,
      VolumeCatalog catalog,
      VolumeUsers users,
      DataPlane dataPlane,
      Consumer<Exception> onFailure) {
    this.config = config;
    this.rpcLimits = rpcLimits;
    this.instanceId = instanceId;
    this.continued = continued;
    this.version = version;
    this.access = access;
    this.leases = leases;
    this.catalog = catalog;
    this.users = users;
    this.dataPlane = dataPlane;
    this.onFailure = onFailure;
    access.addListener(new UserChanges());
  }

  @Override
  public void opened(RpcPeer peer) {
    Session session = new Session(peer, new Handshake(access), config.limits(), users, dataPlane);
    session.keepWhile(leases.grant(HANDSHAKE_TIME, () -> expired(session)));
    sessions.put(peer.id(), session);
  }

  private static void expired(Session session) {
    LOG.info("Session {} is ended: nothing was heard of it in time", session.peer());
    try {
      session.end();
    } catch (RuntimeException e) {
      LOG.error("Session {} could not be ended cleanly", session.peer(), e);
    }
  }

  @Override
  public void closed(RpcPeer peer) {
    Session session = sessions.remove(peer.id());
    if (session != null) {
      try {
        session.close();
      } catch (RuntimeException e) {
        unclean = true;
        throw e;
      }
    }
  }

  /**
   * Begins nothing new, and waits for what was begun, such as flushes that the server carries out.
   *
   * @return whether all of that has ended
   */
  boolean drain(Duration most) {
    return underway.drain(most);
  }

  /** Whether every session has ended and left nothing behind. */
  boolean isLeft() {
    return sessions.isEmpty() && !unclean;
  }

  @Override
  public void failed(RpcException why) {
    onFailure.accept(why);
  }

  @Override
  public byte[] call(RpcPeer peer, byte[] request) {
    Session session = sessions.get(peer.id());
    byte[] reply = MessageCodec.encode(answer(session, request));
    if (session.isRefused()) {
      // After this reply, which says why.
      peer.close();
    }
    return reply;
  }

  private Reply answer(Session session, byte[] bytes) {
    try {
      Request request = MessageCodec.decodeRequest(bytes);
      return switch (request) {
        case Hello hello -> session.handshake().challenge(hello, bytes);
        case Authenticate authenticate -> begin(session, authenticate);
        default -> answerInTime(session, request);
      };
    } catch (ProtocolException e) {
      return new ErrorReply(ErrorCode.BAD_REQUEST, e.getMessage());
    } catch (RequestException e) {
      return new ErrorReply(e.code(), e.getMessage());
    } catch (StorageException e) {
      return new ErrorReply(RequestException.codeOf(e), e.getMessage());
    } catch (VerbsException e) {
      LOG.warn("Session {}: {}", session.peer(), e.getMessage());
      ErrorCode code = e.errno() == Errno.EINVAL ? ErrorCode.UNSUPPORTED : ErrorCode.RESOURCES;
      return new ErrorReply(code, e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new ErrorReply(ErrorCode.SHUTTING_DOWN, "the server is stopping");
    } catch (RuntimeException e) {
      LOG.error("A request of session {} failed", session.peer(), e);
      return new ErrorReply(ErrorCode.INTERNAL, "a defect in the server; its log says more");
    }
  }

  /** Only what comes from a user that is known keeps a session alive. */
  private Reply answerInTime(Session session, Request request) throws InterruptedException {
    User user = currentUser(session);
    Leases.Lease lease = session.lease();
    if (!lease.begin()) {
      throw new RequestException(
          ErrorCode.SHUTTING_DOWN, "the session is over: nothing was heard of it in time");
    }
    try {
      return answerUnlessDraining(session, user, request);
    } finally {
      lease.answered();
    }
  }

  private Reply answerUnlessDraining(Session session, User user, Request request)
      throws InterruptedException {
    if (!underway.begin(endsSomething(request))) {
      throw new RequestException(
          ErrorCode.SHUTTING_DOWN, "the server is stopping, and begins nothing new");
    }
    try {
      return answer(session, user, request);
    } finally {
      underway.end();
    }
  }

  /** Whether a request is of what was begun before; all others begin something. */
  private static boolean endsSomething(Request request) {
    return request instanceof Persist || request instanceof CloseVolume;
  }

  private Reply answer(Session session, User user, Request request) throws InterruptedException {
    UserView view = new UserView(user, catalog);
    return switch (request) {
      case Hello _, Authenticate _ -> throw new IllegalStateException("answered before");
      case Heartbeat _ -> new Done();
      case ServerInfo info -> {
        view.requireAdmin("listing pools");
        yield ServerInfoReply.page(
            instanceId, config.name(), version, catalog.pools(), info.firstPool());
      }
      case ListVolumes list -> VolumeList.page(view.after(list.afterName()));
      case ShowVolume show -> new VolumeReply(view.find(show.name()).info());
      case OpenVolume open -> open(session, view, open);
      case PrepareQueue prepare -> session.prepareQueue(prepare.volumeHandle());
      case AttachQueue attach -> QueueAttached.page(session.attach(attach), attach.firstGrant());
      case Persist persist -> {
        session.volume(persist.volumeHandle()).persist(persist.offset(), persist.length());
        yield new Done();
      }
      case CloseVolume close -> {
        session.closeVolume(close.volumeHandle());
        yield new Done();
      }
      case UnknownRequest unknown ->
          new ErrorReply(
              ErrorCode.UNSUPPORTED, "this server does not know request type " + unknown.type());
    };
  }

  /** Who asks, with the rights of this moment. */
  private User currentUser(Session session) {
    return access.current(session.user()).orElseThrow(Handshake::failure);
  }

  private Reply begin(Session session, Authenticate request) {
    Handshake handshake = session.handshake();
    User user = handshake.admit(request.proof()).user();
    session.begin(new Allowance(user, access, quotas));
    if (access.current(user).isEmpty()) {
      // Removed in this moment, perhaps before the session could be seen.
      session.close();
      throw Handshake.failure();
    }
    LOG.debug("Session {} is client {}", session.peer(), handshake.clientName());
    Duration lease = Duration.ofSeconds(config.limits().leaseSeconds());
    session.lease().become(lease);
    return handshake.sign(
        new HelloReply(
            handshake.version(),
            instanceId,
            config.name(),
            new SessionLimits(
                config.limits().volumesPerSession(),
                Math.min(
                    config.limits().queuesPerSession(),
                    user.quotas().of(Quota.QUEUES).orElse(Integer.MAX_VALUE)),
                rpcLimits.pipelineDepth(),
                (int) lease.toMillis()),
            Bytes32.ZEROS,
            continued));
  }

  private Reply open(Session session, UserView view, OpenVolume open) {
    if (open.takeOver()) {
      takeOver(session, view.findToOpen(open.name(), open.mode()).volume(), open.mode());
    }
    io.dsa.server.OpenVolume opened =
        session.open(
            () -> view.findToOpen(open.name(), open.mode()),
            open.mode(),
            open.writer().orElseGet(UUID::randomUUID),
            open.again());
    if (!currentUser(session).mayOpen(opened.volume().id(), open.mode())) {
      // The right was taken in this moment, perhaps before the open volume could be seen.
      session.closeVolume(opened.handle());
      throw view.lacks(User.rightToOpen(open.mode()), open.name());
    }
    InetSocketAddress data = config.dataAddress();
    return new VolumeOpened(
        opened.handle(),
        opened.volume().bytes(),
        opened.volume().extents().size(),
        opened.pool().durability(),
        List.of(new Target(data.getAddress().getHostAddress(), data.getPort())),
        Optional.of(opened.volume().id()),
        opened.othersWrote());
  }

  /**
   * Takes a volume from those who keep others from opening it so; first their windows go. Whoever
   * would be refused all the same takes nothing from anybody.
   */
  private void takeOver(Session by, Volume volume, OpenMode mode) {
    by.requireOpenable(volume, mode);
    users.requireNotLeaving(volume.id(), volume.name());
    List<AutoCloseable> steps = new ArrayList<>();
    sessions.values().stream()
        .filter(session -> session != by)
        .forEach(session -> steps.add(() -> session.giveWay(volume, mode)));
    CloseAll.of(steps);
    if (!users.awaitOpenable(volume.id(), mode, GIVING_WAY)) {
      LOG.warn("Volume {} does not come free for {}", volume.name(), by.peer());
    }
  }

  @Override
  public List<Description> sessions() {
    return sessions.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .flatMap(entry -> entry.getValue().describe(entry.getKey()).stream())
        .toList();
  }

  @Override
  public boolean kick(long id) {
    Session session = sessions.get(id);
    if (session == null) {
      return false;
    }
    session.end();
    return true;
  }

  /** Closes a volume that is being deleted in every session; then no window on it is left. */
  void takeFromAll(Volume volume) {
    List<AutoCloseable> steps = new ArrayList<>();
    sessions.values().forEach(session -> steps.add(() -> session.closeDeleted(volume)));
    CloseAll.of(steps);
  }

  /** Takes from users at once what is no longer theirs. */
  private final class UserChanges implements Access.Listener {
    @Override
    public void removed(User user) {
      of(user, Session::end);
    }

    @Override
    public void changed(User user) {
      of(user, session -> session.closeForbidden(user));
    }

    private void of(User user, Consumer<Session> what) {
      List<AutoCloseable> steps = new ArrayList<>();
      sessions.values().stream()
          .filter(session -> session.isOf(user))
          .forEach(session -> steps.add(() -> what.accept(session)));
      CloseAll.of(steps);
    }
  }
}
