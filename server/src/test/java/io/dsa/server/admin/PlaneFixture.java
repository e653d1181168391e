package io.dsa.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Optional;

/** An admin plane on a port of its own, over a server that has an admin and a user. */
final class PlaneFixture implements AutoCloseable {
  static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  final FakeServer fake;
  final AdminPlane plane;

  /** As the users of those names. */
  final AdminClient admin;

  final AdminClient reader;

  PlaneFixture(Path parent) {
    this(parent, AdminLimits.DEFAULT);
  }

  /**
   * Opens it.
   *
   * @param parent of the state directory that is made
   */
  PlaneFixture(Path parent, AdminLimits limits) {
    fake = new FakeServer(parent.resolve("state"));
    plane = open(limits);
    admin = client("admin");
    reader = client("reader");
  }

  /** Making a key takes a process of its own, and no test is about which one it is. */
  private static final class Kept {
    static final AdminCertificate CERTIFICATE = AdminCertificate.passing(ANY_PORT);
  }

  /** Another plane of the same server, for the test to close. */
  AdminPlane open(AdminLimits limits) {
    return AdminPlane.open(ANY_PORT, Kept.CERTIFICATE, fake.administration(), limits);
  }

  /** Another one, which lets everybody in. */
  AdminPlane openToAll() {
    return AdminPlane.open(
        ANY_PORT, Kept.CERTIFICATE, fake.administration(Optional.empty()), AdminLimits.DEFAULT);
  }

  /** Tries to open another one at this address. */
  AdminPlane openAt(InetSocketAddress address) {
    return AdminPlane.open(address, Kept.CERTIFICATE, fake.administration());
  }

  InetSocketAddress address() {
    return plane.address();
  }

  /** A client more, for the test to close. */
  AdminClient client(String user) {
    return new AdminClient(plane.address(), fake.bearer(user));
  }

  /** One that sends this as Authorization, or nothing where it is empty. */
  AdminClient stranger(String authorization) {
    return new AdminClient(plane.address(), authorization);
  }

  static void assertProblem(AdminClient.Answer answer, int status, String code, String... parts) {
    assertThat(answer.status()).isEqualTo(status);
    assertThat(answer.mediaType()).isEqualTo("application/problem+json");
    assertThat(answer.code()).isEqualTo(code);
    assertThat(answer.json().number("status")).isEqualTo(status);
    assertThat(answer.json().text("title")).isNotBlank();
    String detail = answer.json().text("detail");
    assertThat(detail).isNotBlank().doesNotContain("\n");
    for (String part : parts) {
      assertThat(detail).contains(part);
    }
    assertThat(answer.header("cache-control")).isEqualTo("no-store");
  }

  /** Idempotent, as far as a test has closed a part. */
  @Override
  public void close() {
    fake.release.countDown();
    admin.close();
    reader.close();
    plane.close();
    fake.close();
  }
}
