package io.dsa.verbs;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;

/** Writes sockaddr_in and sockaddr_in6 of ip(7) and ipv6(7). */
final class SocketAddressLayout {
  private static final short AF_INET = 2;
  private static final short AF_INET6 = 10;

  private SocketAddressLayout() {}

  static MemorySegment allocate(Arena arena, InetSocketAddress address) {
    InetAddress host = address.getAddress();
    byte[] bytes = host.getAddress();
    boolean ipv6 = host instanceof Inet6Address;
    MemorySegment memory = arena.allocate(ipv6 ? 28 : 16, 8);
    memory.set(JAVA_SHORT, 0, ipv6 ? AF_INET6 : AF_INET);
    memory.set(JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN), 2, (short) address.getPort());
    MemorySegment.copy(bytes, 0, memory, JAVA_BYTE, ipv6 ? 8 : 4, bytes.length);
    if (host instanceof Inet6Address scoped) {
      memory.set(JAVA_INT_UNALIGNED, 24, scoped.getScopeId());
    }
    return memory;
  }
}
