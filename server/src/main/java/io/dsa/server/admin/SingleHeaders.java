package io.dsa.server.admin;

import io.dsa.protocol.ErrorCode;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Optional;

/**
 * The headers that say one thing. Where one is there twice, it is open which of them counts, and
 * whoever stands between may have gone by the other one.
 */
final class SingleHeaders {
  private static final List<AsciiString> NAMES =
      List.of(
          AsciiString.cached("Authorization"),
          AsciiString.cached("Content-Length"),
          AsciiString.cached("Content-Type"),
          AsciiString.cached("Expect"),
          AsciiString.cached("Host"),
          AsciiString.cached("Transfer-Encoding"));

  private SingleHeaders() {}

  /**
   * Refuses a request that can be read in two ways; empty for every other one. The answer names the
   * header and shows no value, which may be a secret.
   */
  static Optional<AdminResponse> refusal(HttpHeaders headers) {
    for (AsciiString name : NAMES) {
      int times = headers.getAll(name).size();
      if (times > 1) {
        return Optional.of(
            refused("the header " + name + " is there " + times + " times; send it once"));
      }
    }
    if (headers.contains(HttpHeaderNames.CONTENT_LENGTH)
        && headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
      return Optional.of(
          refused(
              "the headers Content-Length and Transfer-Encoding both say where the body ends; send"
                  + " one of them"));
    }
    return Optional.empty();
  }

  private static AdminResponse refused(String detail) {
    return Problem.of(400, ErrorCode.BAD_REQUEST, detail);
  }
}
