/**
 * Verbs of rdma-core in Java: protection domains, memory regions and windows, queue pairs,
 * completion queues and connections.
 *
 * <p>Names are those of the man pages of rdma-core (ibv_*(3), rdma_*(3)). Whoever creates an object
 * closes it, children before parents; {@code close()} is idempotent. A thread owns a queue pair and
 * its completion queue; everything else is safe for use by many threads. An object that is closed
 * while another thread uses it gives that thread an error, never a crash.
 *
 * <p>Underneath are DiSNI's objects and the native library {@code libdisni.so}, which carries
 * DiSNI's own native methods and the functions of {@code dsa_verbs.h}. The JVM looks for it in
 * {@code java.library.path}; the {@code dsa} command sets that, an embedding application does so
 * itself and also passes {@code --enable-native-access=ALL-UNNAMED} and {@code --add-exports
 * java.base/sun.nio.ch=ALL-UNNAMED}.
 */
package io.dsa.verbs;
