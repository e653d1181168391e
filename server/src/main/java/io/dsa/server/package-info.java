/**
 * The DSA server: pairs the extents of volumes with memory regions and grants windows on them.
 *
 * <p>{@link io.dsa.server.DsaServer} is the one entry point. Control requests run on virtual
 * threads, one at a time for each session; connection events of the data plane run on one thread.
 * No thread takes part in moving data: clients reach the storage by one-sided RDMA.
 */
package io.dsa.server;
