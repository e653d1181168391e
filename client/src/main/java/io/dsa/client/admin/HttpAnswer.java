package io.dsa.client.admin;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;

/**
 * What a server answers over HTTP/1.1, to the extent that DSA's does: a status, headers, and a body
 * whose length is said.
 */
record HttpAnswer(int status, byte[] body) {
  private static final int MAX_HEAD_BYTES = 16 << 10;

  /** A listing of some hundred thousand volumes. */
  private static final int MAX_BODY_BYTES = 64 << 20;

  private static final int NO_CONTENT = 204;

  boolean isSuccess() {
    return status / 100 == 2;
  }

  /**
   * Reads one.
   *
   * @throws IOException in one line if it is none, is larger than anything that a server says, or
   *     ends early
   */
  static HttpAnswer read(InputStream in) throws IOException {
    List<String> head = head(in).lines().toList();
    int status = status(head.isEmpty() ? "" : head.getFirst());
    long length = status == NO_CONTENT ? 0 : -1;
    for (String line : head) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).equalsIgnoreCase("content-length")) {
        length = number(line.substring(colon + 1).strip());
      }
    }
    if (length < 0 || length > MAX_BODY_BYTES) {
      throw new IOException("it answers without a length that makes sense");
    }
    byte[] body = in.readNBytes((int) length);
    if (body.length < length) {
      throw new EOFException("it ended in the middle of an answer");
    }
    return new HttpAnswer(status, body);
  }

  /** Up to the empty line; byte by byte, since TLS has read the record ahead. */
  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < MAX_HEAD_BYTES) {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("it ended without an answer");
      }
      head.append((char) next);
      int end = head.length() - 4;
      if (next == '\n' && end >= 0 && head.indexOf("\r\n\r\n", end) == end) {
        return head.substring(0, end);
      }
    }
    throw new IOException("its answer has more than " + MAX_HEAD_BYTES + " bytes of headers");
  }

  private static int status(String line) throws IOException {
    if (line.startsWith("HTTP/1.1 ") && line.length() >= 12) {
      long status = number(line.substring(9, 12));
      if (status >= 200) {
        return (int) status;
      }
    }
    throw new IOException("it does not speak HTTP/1.1");
  }

  private static long number(String digits) {
    try {
      return Long.parseLong(digits);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** Without what may be a secret. */
  @Override
  public String toString() {
    return "HttpAnswer[" + status + ", " + body.length + " bytes]";
  }
}
