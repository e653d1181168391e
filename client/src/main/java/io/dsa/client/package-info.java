/**
 * The DSA client: opens volumes on a server and moves data by one-sided RDMA.
 *
 * <p>{@link io.dsa.client.DsaClient} is the entry point. {@code DsaClient} and {@code Volume} may
 * be used by many threads, and a volume has threads of its own, its lanes, on which no code of
 * users runs; an {@code IoQueue} belongs to the thread that uses it first. Whoever opens something
 * closes it; closing a parent closes what is still open below it. Hot calls answer with {@link
 * io.dsa.client.IoStatus}, everything else throws {@link io.dsa.client.DsaException}.
 */
package io.dsa.client;
