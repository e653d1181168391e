/**
 * The words that both ends speak over the control connection: one record for each message, {@link
 * io.dsa.protocol.MessageCodec} between records and bytes, {@link io.dsa.protocol.ConnectData} for
 * data queues. No I/O.
 *
 * <p>Threads: every type is immutable and every function without state, so any thread may use any
 * of it; the package-private reader and writer belong to one call.
 *
 * <p>Units: sizes and offsets are in bytes, times in milliseconds. Numbers on the wire are
 * big-endian. docs/protocol.md describes it byte by byte.
 */
package io.dsa.protocol;
