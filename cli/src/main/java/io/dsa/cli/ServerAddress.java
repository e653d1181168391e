package io.dsa.cli;

import java.net.InetSocketAddress;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** HOST, HOST:PORT or [IPV6]:PORT; without a port the standard one. Names are looked up later. */
final class ServerAddress implements ITypeConverter<InetSocketAddress> {
  static final int DEFAULT_PORT = 7470;

  @Override
  public InetSocketAddress convert(String text) {
    int colon = text.lastIndexOf(':');
    boolean bracketed = text.startsWith("[");
    if (bracketed ? text.endsWith("]") : colon < 0 || text.indexOf(':') != colon) {
      return of(text, text, "");
    }
    return of(text, text.substring(0, colon), text.substring(colon + 1));
  }

  private static InetSocketAddress of(String text, String host, String port) {
    String bare =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    try {
      int number = port.isEmpty() && text.equals(host) ? DEFAULT_PORT : Integer.parseInt(port);
      if (bare.isBlank() || number < 1) {
        throw new IllegalArgumentException(text);
      }
      return InetSocketAddress.createUnresolved(bare, number);
    } catch (IllegalArgumentException e) {
      throw new TypeConversionException("'" + text + "' is not HOST:PORT");
    }
  }
}
