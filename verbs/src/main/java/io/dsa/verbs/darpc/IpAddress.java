package io.dsa.verbs.darpc;

import io.dsa.verbs.darpc.RpcException.Reason;
import java.net.Inet4Address;
import java.net.InetSocketAddress;

/** What DiSNI can address: IPv4. */
final class IpAddress {
  private IpAddress() {}

  static void require(InetSocketAddress address, String what) {
    if (address.isUnresolved()) {
      throw new RpcException(Reason.UNREACHABLE, what + ": unknown host");
    }
    if (!(address.getAddress() instanceof Inet4Address)) {
      throw new RpcException(Reason.FAILED, what + ": only IPv4 addresses can be used");
    }
  }
}
