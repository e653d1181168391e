package io.dsa.lab.cli;

import static io.dsa.lab.cli.DsaCommandAssert.assertThatCommand;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.client.DsaClient;
import io.dsa.client.DsaException;
import io.dsa.client.IoQueue;
import io.dsa.client.IoStatus;
import io.dsa.client.RegisteredBuffer;
import io.dsa.client.Volume;
import io.dsa.lab.LabDevice;
import io.dsa.lab.RdmaResources;
import io.dsa.protocol.OpenMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The memory regions of a server: one for all who have a volume open, and none left over. */
@Tag("lab")
@Timeout(120)
final class RegionsTest {
  private static final Path CGROUPS = Path.of("/sys/fs/cgroup");
  private static final Path GROUP = CGROUPS.resolve("dsa-regions-test");

  private RdmaResources before;

  @BeforeEach
  void remember() {
    LabDevice.open();
    before = RdmaResources.now();
  }

  @AfterEach
  void shouldLeaveNothing() throws InterruptedException {
    assertThat(RdmaResources.within(Duration.ofSeconds(10), before)).isEqualTo(before);
  }

  private static int regions() {
    return RdmaResources.now().counts().get("mr");
  }

  @Test
  void shouldBeSharedByAllAndGoWithTheLast() throws Exception {
    try (DsaServerProcess server = DsaServerProcess.start("memory:64MiB");
        DsaClient first = server.connect();
        DsaClient second = server.connect()) {
      server.admin().createVolume("v", 4 << 20);
      final int idle = regions();

      Volume here = first.open("v", OpenMode.READ_ONLY);
      IoQueue one = here.openQueue(1);
      int opened = regions();
      IoQueue two = here.openQueue(1);
      // What a client registers for each of its queues, since both ends are on this machine.
      int ofClient = regions() - opened;
      assertThat(opened - idle).as("the extent's region").isEqualTo(ofClient + 1);

      Volume there = second.open("v", OpenMode.READ_ONLY);
      IoQueue three = there.openQueue(1);
      assertThat(regions() - idle).isEqualTo(3 * ofClient + 1);

      one.close();
      two.close();
      here.close();
      assertThat(regions() - idle).isEqualTo(ofClient + 1);
      three.close();
      there.close();
      assertThat(regions()).isEqualTo(idle);
    }
  }

  /** The kernel's own limit on what a group of processes may have of an RDMA device. */
  @Test
  void shouldSayThatTheyRunOutAndServeOn() throws Exception {
    makeGroup();
    try (DsaServerProcess server = DsaServerProcess.startBy(inGroup(), "memory:64MiB");
        DsaClient client = server.connect()) {
      server.admin().createVolume("used", 4 << 20);
      server.admin().createVolume("wanted", 4 << 20);
      try (Volume used = client.open("used", OpenMode.READ_WRITE);
          Volume wanted = client.open("wanted", OpenMode.READ_WRITE);
          IoQueue queue = used.openQueue(1);
          RegisteredBuffer buffer = client.allocate(4096)) {
        Limit now = Limit.current();
        List<DsaException> refusals = new ArrayList<>();
        // One more object each time: a completion queue, a queue pair, a region, a window.
        for (int spare = 0; spare < 8; spare++) {
          now.plus(spare).set();
          try (IoQueue made = wanted.openQueue(1)) {
            assertThat(made.depth()).isEqualTo(1);
            break;
          } catch (DsaException e) {
            refusals.add(e);
          }
        }
        assertThat(refusals)
            .hasSizeBetween(3, 7)
            .allSatisfy(e -> assertThat(e.category()).isEqualTo(DsaException.Category.LIMIT));
        assertThat(queue.write(0, buffer, 0, 4096, 1)).isEqualTo(IoStatus.OK);
        assertThat(
                queue.await(
                    (token, status) -> assertThat(status).isEqualTo(IoStatus.OK),
                    Duration.ofSeconds(5)))
            .isEqualTo(1);
      } finally {
        Files.writeString(GROUP.resolve("rdma.max"), Limit.current().device() + " hca_object=max");
      }
      assertThatCommand(
              DsaCommand.run("put", "/etc/passwd", "wanted", "--server", server.address()))
          .succeeded();
    }
    Files.delete(GROUP);
  }

  private static void makeGroup() throws Exception {
    if (!Files.exists(CGROUPS.resolve("cgroup.controllers"))) {
      assertThat(
              new ProcessBuilder("mount", "-t", "cgroup2", "cgroup2", CGROUPS.toString())
                  .start()
                  .waitFor())
          .isZero();
    }
    Files.writeString(CGROUPS.resolve("cgroup.subtree_control"), "+rdma");
    Files.createDirectories(GROUP);
  }

  private static List<String> inGroup() {
    return List.of("sh", "-c", "echo $$ >" + GROUP + "/cgroup.procs; exec \"$@\"", "sh");
  }

  private record Limit(String device, int objects) {
    private static final Pattern USED = Pattern.compile("(\\S+) .*hca_object=([1-9]\\d*)");

    static Limit current() throws IOException {
      MatchResult used =
          USED.matcher(Files.readString(GROUP.resolve("rdma.current")))
              .results()
              .findFirst()
              .orElseThrow();
      return new Limit(used.group(1), Integer.parseInt(used.group(2)));
    }

    Limit plus(int spare) {
      return new Limit(device, objects + spare);
    }

    void set() throws IOException {
      Files.writeString(GROUP.resolve("rdma.max"), device + " hca_object=" + objects);
    }
  }
}
