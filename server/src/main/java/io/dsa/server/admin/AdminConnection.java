package io.dsa.server.admin;

import io.dsa.protocol.ErrorCode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection: reads a request as a whole, has it answered by a worker, writes the answer, and
 * only then reads on. Every step has a deadline, after which the connection is closed. Runs on the
 * event loop, but for the answering.
 */
@SuppressWarnings(
    "FutureReturnValueIgnored") // What failed to be written or closed is closed by then.
final class AdminConnection extends ChannelInboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(AdminConnection.class);

  private final String host;
  private final AdminLimits limits;
  private final AuditLog audit;
  private final Dispatcher dispatcher;
  private final AdminWorkers workers;
  private final BooleanSupplier closing;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();

  /** What came while a request was being answered: at most what one read of the socket brought. */
  private final Deque<Object> pending = new ArrayDeque<>();

  /** The request that is being read; null before one. */
  private HttpRequest head;

  /** Whether a request is being answered, so that nothing is read. */
  private boolean answering;

  /** Of a body that is too large: what came of it. */
  private long discarded;

  private Future<?> deadline;

  AdminConnection(
      String host,
      AdminLimits limits,
      AuditLog audit,
      Dispatcher dispatcher,
      AdminWorkers workers,
      BooleanSupplier closing) {
    this.host = host;
    this.audit = audit;
    this.limits = limits;
    this.dispatcher = dispatcher;
    this.workers = workers;
    this.closing = closing;
  }

  /** Before TLS is there, whose time is of the one for the first request. */
  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    awaitRequest(ctx);
  }

  private void awaitRequest(ChannelHandlerContext ctx) {
    head = null;
    body.reset();
    discarded = 0;
    within(ctx, limits.requestTime().toMillis());
    readPending(ctx);
    if (!answering) {
      ctx.read();
    }
  }

  private void within(ChannelHandlerContext ctx, long millis) {
    stopWaiting();
    deadline =
        ctx.executor()
            .schedule(
                () -> {
                  LOG.debug("{} took longer than {} ms", ctx.channel().remoteAddress(), millis);
                  ctx.close();
                },
                millis,
                TimeUnit.MILLISECONDS);
  }

  private void stopWaiting() {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    pending.add(message);
    readPending(ctx);
  }

  private void readPending(ChannelHandlerContext ctx) {
    while (!answering && !pending.isEmpty()) {
      Object message = pending.remove();
      try {
        read(ctx, (HttpObject) message);
      } finally {
        ReferenceCountUtil.release(message);
      }
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (!answering) {
      ctx.read();
    }
  }

  private void read(ChannelHandlerContext ctx, HttpObject part) {
    if (part.decoderResult().isFailure()) {
      refuseMalformed(ctx, part);
      return;
    }
    if (part instanceof HttpRequest request) {
      head = request;
      if (!greet(ctx, request)) {
        return;
      }
    }
    if (part instanceof HttpContent content) {
      take(content.content());
      if (discarded > AdminLimits.DISCARDED_BYTES
          || (discarded > 0 && part instanceof LastHttpContent)) {
        refuse(ctx, tooLarge());
        return;
      }
      if (part instanceof LastHttpContent) {
        answer(ctx);
      }
    }
  }

  private void refuseMalformed(ChannelHandlerContext ctx, HttpObject part) {
    Optional<AdminResponse> ambiguous = Optional.empty();
    if (part instanceof HttpRequest request) {
      ambiguous = SingleHeaders.refusal(request.headers());
      // Of any other one that its decoder gives up, what it made of it is not what was sent.
      head = ambiguous.isPresent() ? request : null;
    }
    refuse(ctx, malformed(part.decoderResult(), ambiguous));
  }

  /** What the request says of itself before its body; false if that was the end of it. */
  private boolean greet(ChannelHandlerContext ctx, HttpRequest request) {
    long announced = HttpUtil.getContentLength(request, 0L);
    if (request.headers().contains(HttpHeaderNames.EXPECT)) {
      Optional<AdminResponse> ambiguous = SingleHeaders.refusal(request.headers());
      if (ambiguous.isPresent()) {
        // He waits too.
        refuse(ctx, ambiguous.get());
        return false;
      }
      if (announced > limits.requestBytes()) {
        // He waits for leave to send it.
        refuse(ctx, tooLarge());
        return false;
      }
      if (HttpUtil.is100ContinueExpected(request)) {
        ctx.writeAndFlush(
            new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.CONTINUE));
      }
    }
    return true;
  }

  private void take(ByteBuf content) {
    int bytes = content.readableBytes();
    if (discarded > 0 || body.size() + bytes > limits.requestBytes()) {
      discarded += body.size() + (long) bytes;
      body.reset();
      return;
    }
    byte[] copy = new byte[bytes];
    content.readBytes(copy);
    body.writeBytes(copy);
  }

  private AdminResponse tooLarge() {
    return Problem.of(
        413,
        ErrorCode.BAD_REQUEST,
        "the body has more than " + limits.requestBytes() + " bytes, the most that is read");
  }

  private static AdminResponse malformed(DecoderResult result, Optional<AdminResponse> ambiguous) {
    return switch (result.cause()) {
      case TooLongHttpLineException e ->
          Problem.of(
              414,
              ErrorCode.BAD_REQUEST,
              "the first line has more than " + AdminLimits.LINE_BYTES + " bytes");
      case TooLongHttpHeaderException e ->
          Problem.of(
              431,
              ErrorCode.BAD_REQUEST,
              "the headers have more than " + AdminLimits.HEADER_BYTES + " bytes");
      case TooLongFrameException e ->
          Problem.of(400, ErrorCode.BAD_REQUEST, "a chunk's first line is too long");
      default ->
          ambiguous.orElseGet(() -> Problem.of(400, ErrorCode.BAD_REQUEST, "that is no HTTP/1.1"));
    };
  }

  /** For what cannot be answered in order: whatever follows on this connection has no meaning. */
  private void refuse(ChannelHandlerContext ctx, AdminResponse problem) {
    answering = true;
    audit.unread(host, request(), problem);
    write(ctx, problem, false);
  }

  private String request() {
    return head == null ? "no request" : AuditLog.request(head.method().name(), head.uri());
  }

  private void answer(ChannelHandlerContext ctx) {
    // Not before its body is read: who still sends would not get to read why he is cut off.
    Optional<AdminResponse> ambiguous = SingleHeaders.refusal(head.headers());
    if (ambiguous.isPresent()) {
      refuse(ctx, ambiguous.get());
      return;
    }
    answering = true;
    stopWaiting();
    boolean keepAlive = HttpUtil.isKeepAlive(head);
    Dispatcher.Incoming incoming =
        new Dispatcher.Incoming(
            host,
            head.method().name(),
            head.uri(),
            head.headers().get(HttpHeaderNames.AUTHORIZATION, ""),
            head.headers().get(HttpHeaderNames.CONTENT_TYPE, ""),
            body.toByteArray());
    boolean taken =
        workers.answer(
            () -> dispatcher.answer(incoming),
            response -> onLoop(ctx, () -> write(ctx, response, keepAlive)));
    if (!taken) {
      AdminResponse busy =
          Problem.of(503, ErrorCode.LIMIT, "too many requests are being answered; try again")
              .with("retry-after", "1");
      audit.unread(host, request(), busy);
      write(ctx, busy, keepAlive);
    }
  }

  private static void onLoop(ChannelHandlerContext ctx, Runnable task) {
    try {
      ctx.executor().execute(task);
    } catch (RejectedExecutionException ended) {
      // The plane has closed without waiting any longer, and every connection with it.
    }
  }

  private void write(ChannelHandlerContext ctx, AdminResponse answer, boolean keepAlive) {
    boolean goOn = keepAlive && !closing.getAsBoolean();
    within(ctx, limits.writeTime().toMillis());
    ChannelFuture written = ctx.writeAndFlush(http(answer, goOn));
    if (goOn) {
      written.addListener((ChannelFuture done) -> {
        if (done.isSuccess()) {
          answering = false;
          awaitRequest(ctx);
        } else {
          ctx.close();
        }
      });
    } else {
      written.addListener(ChannelFutureListener.CLOSE);
    }
  }

  private static FullHttpResponse http(AdminResponse answer, boolean keepAlive) {
    FullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(answer.status()),
            Unpooled.wrappedBuffer(answer.body()));
    answer.headers().forEach(response.headers()::set);
    if (!answer.mediaType().isEmpty()) {
      response.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.mediaType());
    }
    if (answer.status() != HttpResponseStatus.NO_CONTENT.code()) {
      response.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, answer.body().length);
    }
    // Answers can have secrets in them.
    response.headers().set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    response.headers().set("x-content-type-options", "nosniff");
    if (!keepAlive) {
      response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
    }
    return response;
  }

  /** Whether no request is being answered; on the event loop. */
  boolean isIdle() {
    return !answering;
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    stopWaiting();
    pending.forEach(ReferenceCountUtil::release);
    pending.clear();
  }

  /** A peer that speaks no TLS, or is gone: nothing that an operator could act upon. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    LOG.debug("{}: {}", ctx.channel().remoteAddress(), cause.toString());
    ctx.close();
  }
}
