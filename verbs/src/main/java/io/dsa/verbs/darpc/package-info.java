/**
 * Calls between a client and a server over RDMA SEND, by DaRPC: the control plane's transport. It
 * carries opaque bytes, and knows neither storage nor the messages of a protocol.
 *
 * <p>A message is the payload behind its length, in DaRPC's fixed buffers:
 *
 * <pre>
 *      0        1        2        3
 *  0 | ticket, big endian (DaRPC's)      |
 *  4 | length of the payload, big endian |
 *  8 | payload ...                         at most {@link io.dsa.verbs.darpc.RpcLimits#maxMessageBytes()}
 * </pre>
 *
 * Both ends must be made with the same {@link io.dsa.verbs.darpc.RpcLimits#maxMessageBytes()}, and
 * the server with a {@link io.dsa.verbs.darpc.RpcLimits#pipelineDepth()} not below the client's.
 *
 * <h2>Threads</h2>
 *
 * <ul>
 *   <li>Every public method may be called from every thread, callbacks included.
 *   <li>User code (the service, what hangs on a future, {@code onClosed}) runs on virtual threads,
 *       never on a thread that this package needs: it may block and may close anything. A service
 *       that blocks inside native code holds one of the JVM's few carrier threads meanwhile.
 *   <li>One listener or client owns a connection-event thread (DiSNI's), a completion thread and,
 *       for the server, a keeper thread that accepts, times and buries connections. All are
 *       daemons, and all block: an idle client or server wakes up every few seconds at most.
 *   <li>{@code close} waits for the resources in the device to be freed, at most about two seconds.
 * </ul>
 *
 * <h2>Dead peers</h2>
 *
 * The end of a process, however it ended, is noticed within milliseconds. The loss of a host or of
 * its link is noticed only by a message that is not acknowledged: users who must know send
 * something now and then.
 */
package io.dsa.verbs.darpc;
