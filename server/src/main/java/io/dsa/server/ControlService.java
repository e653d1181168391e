package io.dsa.server;

import io.dsa.protocol.AttachQueue;
import io.dsa.protocol.CloseVolume;
import io.dsa.protocol.CreateVolume;
import io.dsa.protocol.DeleteVolume;
import io.dsa.protocol.Done;
import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.ErrorReply;
import io.dsa.protocol.Heartbeat;
import io.dsa.protocol.Hello;
import io.dsa.protocol.HelloReply;
import io.dsa.protocol.InstanceId;
import io.dsa.protocol.ListVolumes;
import io.dsa.protocol.MessageCodec;
import io.dsa.protocol.OpenVolume;
import io.dsa.protocol.Persist;
import io.dsa.protocol.PrepareQueue;
import io.dsa.protocol.ProtocolException;
import io.dsa.protocol.QueueAttached;
import io.dsa.protocol.RenameVolume;
import io.dsa.protocol.Reply;
import io.dsa.protocol.Request;
import io.dsa.protocol.ResizeVolume;
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
import io.dsa.verbs.Errno;
import io.dsa.verbs.VerbsException;
import io.dsa.verbs.darpc.RpcException;
import io.dsa.verbs.darpc.RpcLimits;
import io.dsa.verbs.darpc.RpcPeer;
import io.dsa.verbs.darpc.RpcService;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers control requests. Each session's come one at a time, different sessions' in parallel. */
final class ControlService implements RpcService {
  private static final Logger LOG = LoggerFactory.getLogger(ControlService.class);

  private final ServerConfig config;
  private final RpcLimits rpcLimits;
  private final InstanceId instanceId;
  private final String version;
  private final VolumeCatalog catalog;
  private final DataPlane dataPlane;
  private final Consumer<Exception> onFailure;
  private final VolumeUsers users = new VolumeUsers();
  private final Map<Long, Session> sessions = new ConcurrentHashMap<>();

  ControlService(
      ServerConfig config,
      RpcLimits rpcLimits,
      InstanceId instanceId,
      String version,
      VolumeCatalog catalog,
      DataPlane dataPlane,
      Consumer<Exception> onFailure) {
    this.config = config;
    this.rpcLimits = rpcLimits;
    this.instanceId = instanceId;
    this.version = version;
    this.catalog = catalog;
    this.dataPlane = dataPlane;
    this.onFailure = onFailure;
  }

  @Override
  public void opened(RpcPeer peer) {
    sessions.put(
        peer.id(), new Session(peer.address().toString(), config.limits(), users, dataPlane));
  }

  @Override
  public void closed(RpcPeer peer) {
    Session session = sessions.remove(peer.id());
    if (session != null) {
      session.close();
    }
  }

  @Override
  public void failed(RpcException why) {
    onFailure.accept(why);
  }

  @Override
  public byte[] call(RpcPeer peer, byte[] request) {
    return MessageCodec.encode(answer(sessions.get(peer.id()), request));
  }

  private Reply answer(Session session, byte[] bytes) {
    try {
      Request request = MessageCodec.decodeRequest(bytes);
      if (!(request instanceof Hello)) {
        session.requireGreeting();
      }
      return answer(session, request);
    } catch (ProtocolException e) {
      return new ErrorReply(ErrorCode.BAD_REQUEST, e.getMessage());
    } catch (RequestException e) {
      return new ErrorReply(e.code(), e.getMessage());
    } catch (StorageException e) {
      return new ErrorReply(codeOf(e), e.getMessage());
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

  private Reply answer(Session session, Request request) throws InterruptedException {
    return switch (request) {
      case Hello hello -> hello(session, hello);
      case Heartbeat heartbeat -> new Done();
      case ServerInfo info ->
          ServerInfoReply.page(
              instanceId, config.name(), version, catalog.pools(), info.firstPool());
      case ListVolumes list -> VolumeList.page(catalog.after(list.afterName()));
      case ShowVolume show -> new VolumeReply(catalog.find(show.name()).info());
      case CreateVolume create ->
          new VolumeReply(catalog.create(create.name(), create.bytes(), create.pool()).info());
      case DeleteVolume delete -> delete(delete);
      case ResizeVolume resize -> new VolumeReply(resize(resize).info());
      case RenameVolume rename ->
          new VolumeReply(catalog.rename(rename.name(), rename.newName()).info());
      case OpenVolume open -> open(session, open);
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

  private Reply hello(Session session, Hello hello) {
    session.greet();
    LOG.debug("Session {} is client {}", session.peer(), hello.clientName());
    return new HelloReply(
        Math.min(hello.protocolVersion(), MessageCodec.VERSION),
        instanceId,
        config.name(),
        new SessionLimits(
            config.limits().volumesPerSession(),
            config.limits().queuesPerSession(),
            rpcLimits.pipelineDepth(),
            0));
  }

  private Reply delete(DeleteVolume delete) {
    VolumeCatalog.Located located = catalog.find(delete.name());
    return users.whileUnused(
        located.volume().id(),
        located.volume().name(),
        () -> {
          catalog.delete(located);
          users.forget(located.volume().id());
          return new Done();
        });
  }

  /** Growing leaves everybody who has the volume open at the size that they know. */
  private VolumeCatalog.Located resize(ResizeVolume resize) {
    VolumeCatalog.Located located = catalog.find(resize.name());
    Volume volume = located.volume();
    return resize.bytes() >= volume.bytes()
        ? catalog.resize(located, resize.bytes())
        : users.whileUnused(
            volume.id(), volume.name(), () -> catalog.resize(located, resize.bytes()));
  }

  private Reply open(Session session, OpenVolume open) {
    io.dsa.server.OpenVolume opened =
        session.open(
            () -> catalog.findReady(open.name()),
            open.mode(),
            open.writer().orElseGet(UUID::randomUUID),
            open.again());
    InetSocketAddress data = dataPlane.address();
    return new VolumeOpened(
        opened.handle(),
        opened.volume().bytes(),
        opened.volume().extents().size(),
        opened.pool().durability(),
        List.of(new Target(data.getAddress().getHostAddress(), data.getPort())),
        Optional.of(opened.volume().id()),
        opened.othersWrote());
  }

  private static ErrorCode codeOf(StorageException e) {
    return switch (e.category()) {
      case NO_SPACE -> ErrorCode.NO_SPACE;
      case EXISTS -> ErrorCode.VOLUME_EXISTS;
      case UNKNOWN -> ErrorCode.UNKNOWN_VOLUME;
      case INVALID -> ErrorCode.INVALID_SIZE;
      case BUSY -> ErrorCode.VOLUME_BUSY;
      case UNSUPPORTED -> ErrorCode.UNSUPPORTED;
      case NO_DEVICE, WRONG_KIND, PERMISSION, NO_POOL, NOT_BLANK, CORRUPT, TOO_NEW, IO ->
          ErrorCode.IO_ERROR;
    };
  }
}
