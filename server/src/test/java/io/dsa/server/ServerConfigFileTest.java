package io.dsa.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ServerConfigFileTest {
  private static final String GOOD = "listen: 10.9.0.1:7000\npools: [devdax:/dev/dax0.0]\n";

  @Test
  void shouldFillInWhatIsNotSaid() {
    ServerConfig config = ServerConfigFile.parse(GOOD);

    assertThat(config.listen().getPort()).isEqualTo(7000);
    assertThat(config.dataPort()).isEqualTo(7001);
    assertThat(config.name()).isEqualTo("10.9.0.1");
    assertThat(config.pools()).containsExactly("devdax:/dev/dax0.0");
    assertThat(config.limits()).isEqualTo(ServerConfig.Limits.DEFAULT);
    assertThat(config.stateDirectory()).isEqualTo(Path.of("/var/lib/dsa"));
  }

  @Test
  void shouldTakeTheDefaultPort() {
    ServerConfig config = ServerConfigFile.parse("listen: 10.9.0.1\npools: [memory:2MiB]");

    assertThat(config.listen().getPort()).isEqualTo(ServerConfig.DEFAULT_PORT);
  }

  @Test
  void shouldReadWhereTheStateIs() {
    ServerConfig config = ServerConfigFile.parse(GOOD + "state-directory: /srv/dsa\n");

    assertThat(config.stateDirectory()).isEqualTo(Path.of("/srv/dsa"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "10.9.0.1", "172.16.0.1", "192.168.1.1", "169.254.0.1"})
  void shouldLetALaboratoryBeInsecure(String host) {
    ServerConfig config = ServerConfigFile.parse("{listen: '" + host + "', pools: [a:b]}");

    assertThatCode(config::requireLaboratory).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @ValueSource(strings = {"8.8.8.8", "172.32.0.1", "192.169.0.1", "11.0.0.1", "100.64.0.1"})
  void shouldLetNothingElseBeInsecure(String host) {
    ServerConfig config = ServerConfigFile.parse("{listen: '" + host + "', pools: [a:b]}");

    assertThatThrownBy(config::requireLaboratory)
        .isInstanceOf(ServerException.class)
        .message()
        .contains("--insecure", host)
        .hasLineCount(1);
  }

  @Test
  void shouldReadLimits() {
    ServerConfig config = ServerConfigFile.parse(GOOD + "limits: {sessions: 3}\n");

    assertThat(config.limits().sessions()).isEqualTo(3);
    assertThat(config.limits().queuesPerSession())
        .isEqualTo(ServerConfig.Limits.DEFAULT.queuesPerSession());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          listen: 10.9.0.1:1                                   | pools: is missing
          pools: [a:b]                                         | listen: is missing
          {listen: 10.9.0.1:1, pools: []}                      | name at least one device
          {listen: 10.9.0.1:1, pools: [a, a]}                  | named twice
          {listen: 10.9.0.1:1, pools: a}                       | expected a list
          {listen: 10.9.0.1:x, pools: [a]}                     | expected HOST:PORT
          {listen: 10.9.0.1:70000, pools: [a]}                 | expected HOST:PORT
          {listen: 10.9.0.1:0, pools: [a]}                     | not within 1 to 65535
          {listen: 10.9.0.1:65535, pools: [a]}                 | not within 1 to 65535
          {listen: 0.0.0.0:1, pools: [a]}                      | address of an RDMA device
          {listen: 10.9.0.1:5, data-port: 5, pools: [a]}       | control plane's own port
          {listen: 10.9.0.1:5, limits: {sessions: 0}, pools: [a]} | limits.sessions is 0, but must be 1 to 4096
          {listen: 10.9.0.1:5, limits: {queues-per-session: 0}, pools: [a]} | limits.queues-per-session is 0
          {listen: 10.9.0.1:5, limits: {volumes-per-session: 0}, pools: [a]} | limits.volumes-per-session is 0
          {listen: 10.9.0.1:5, limits: {lease-seconds: 0}, pools: [a]} | limits.lease-seconds is 0, but must be 1 to 3600
          {listen: 10.9.0.1:5, limits: {lease-seconds: -1}, pools: [a]} | limits.lease-seconds is -1
          {listen: 10.9.0.1:5, limits: {lease-seconds: 3601}, pools: [a]} | limits.lease-seconds is 3601
          {listen: 10.9.0.1:5, limits: {lease-seconds: 1.5}, pools: [a]} | limits.lease-seconds: expected a whole number
          {listen: 10.9.0.1:5, limits: {sessions: }, pools: [a]} | limits.sessions: expected a whole number
          {listen: 10.9.0.1:5, sessions: 5, pools: [a]} | unknown key 'sessions'; it is 'limits.sessions': write 'limits:' on a line, and 'sessions:' below it, set in
          {listen: 10.9.0.1:5, lease-seconds: 0, pools: [a]} | unknown key 'lease-seconds'; it is 'limits.lease-seconds'
          {listen: 10.9.0.1:5, limits.sessions: 5, pools: [a]} | unknown key 'limits.sessions'; it is 'limits.sessions': write
          {listen: 10.9.0.1:5, sesions: 5, pools: [a]} | unknown key 'sesions'; did you mean 'limits.sessions'
          {listen: 10.9.0.1:5, limits: {pools: [a]}} | unknown key 'pools' under 'limits'; 'pools' stands by itself
          {listen: 10.9.0.1:5, limits: {limits.sessions: 1}, pools: [a]} | it is 'limits.sessions': write
          {listen: 10.9.0.1:5, limits: {pool: [a]}} | unknown key 'pool' under 'limits'; did you mean 'pools'
          {listen: 10.9.0.1:5, state-directory: dsa, pools: [a]} | name it from / on
          {listen: 10.9.0.1:5, state-directory: 7, pools: [a]} | state-directory: expected text
          {listen: 10.9.0.1:5, state-directry: /a, pools: [a]} | did you mean 'state-directory'
          {listen: 10.9.0.1:5, insecure: true, pools: [a]}     | unknown key 'insecure'
          {listen: 10.9.0.1:5, limits: {sesions: 1}, pools: [a]} | did you mean 'sessions'
          {listen: 10.9.0.1:5, pool: [a]}                      | did you mean 'pools'
          {listen: 10.9.0.1:5, zebra-crossing: [a]}            | unknown key 'zebra-crossing'
          {listen: 10.9.0.1:5, listen: 10.9.0.1:6, pools: [a]} | is not YAML
          {listen                                              | is not YAML
          just words                                           | expected keys and values
          """)
  void shouldRefuseInOneLine(String text, String reason) {
    assertThatThrownBy(() -> ServerConfigFile.parse(text))
        .isInstanceOf(ServerException.class)
        .message()
        .contains(reason)
        .doesNotContain("\n");
  }

  @Test
  void shouldNameTheFileThatIsMissing(@TempDir Path directory) {
    Path file = directory.resolve("none.yaml");

    assertThatThrownBy(() -> ServerConfigFile.read(file))
        .hasMessage(file + ": no such file; docs/operations.md shows one to begin with");
  }

  @Test
  void shouldNameTheFileThatIsNotText(@TempDir Path directory) throws IOException {
    Path file = Files.write(directory.resolve("binary.yaml"), new byte[] {(byte) 0xff, 0, 1});

    assertThatThrownBy(() -> ServerConfigFile.read(file)).hasMessageContaining("not UTF-8");
  }

  private static final String REQUIRED = "listen: 127.0.0.1\npools: ['memory:4MiB']\n";

  @Test
  void shouldBeAdministeredFromThisMachineUnlessToldOtherwise() {
    assertThat(ServerConfigFile.parse(REQUIRED).admin().orElseThrow())
        .isEqualTo(ServerConfig.Admin.DEFAULT);
    assertThat(ServerConfigFile.parse(REQUIRED + "admin: off\n").admin()).isEmpty();
    ServerConfig.Admin own =
        ServerConfigFile.parse(REQUIRED + "admin: 127.0.0.1:7\nadmin-keystore: /etc/dsa/key.p12\n")
            .admin()
            .orElseThrow();
    assertThat(own.address().getPort()).isEqualTo(7);
    assertThat(own.keystore()).contains(Path.of("/etc/dsa/key.p12"));
    assertThat(
            ServerConfigFile.parse(REQUIRED + "admin: 127.0.0.1\n")
                .admin()
                .orElseThrow()
                .address()
                .getPort())
        .isEqualTo(ServerConfig.DEFAULT_ADMIN_PORT);
  }

  @ParameterizedTest
  @CsvSource({
    "admin: [], admin: expected text",
    "admin: false, admin: expected text",
    "admin: no-such-host.invalid, admin: the host no-such-host.invalid is unknown",
    "admin: '127.0.0.1:x', 'admin: expected HOST:PORT'",
    "admin: '127.0.0.1:0', 'admin: the port 0'",
    "admin-keystore: key.p12, admin-keystore: key.p12 depends",
    "adnim: off, did you mean 'admin'"
  })
  void shouldSayWhatIsWrongWithTheAdminPlane(String line, String expected) {
    assertThatThrownBy(() -> ServerConfigFile.parse(REQUIRED + line + "\n"))
        .isInstanceOf(ServerException.class)
        .hasMessageContaining(expected);
  }
}
