/**
 * Who may use a server, and how: {@link io.dsa.server.access.Users} keeps users, what they may do
 * and what recognises their secrets, in a {@link io.dsa.server.access.StateDirectory}. Knows
 * nothing of connections, volumes or RDMA.
 *
 * <p>Threads: what is public may be used by any thread.
 */
package io.dsa.server.access;
