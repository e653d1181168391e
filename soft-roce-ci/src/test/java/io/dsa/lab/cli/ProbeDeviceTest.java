package io.dsa.lab.cli;

import static io.dsa.lab.cli.DsaCommandAssert.assertThatCommand;
import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.lab.LabDevice;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** What {@code dsa device probe} finds out about each medium, with the RDMA device of the lab. */
@Tag("lab")
@Tag("machine")
@Timeout(120)
final class ProbeDeviceTest {
  private static DsaCommand probe(String... arguments) throws Exception {
    String[] command = new String[arguments.length + 2];
    command[0] = "device";
    command[1] = "probe";
    System.arraycopy(arguments, 0, command, 2, arguments.length);
    return DsaCommand.inProcess(command);
  }

  private static JsonNode reach(DsaCommand probe) {
    assertThat(probe.json().path("kind").stringValue()).isEqualTo("DeviceReport");
    assertThat(probe.json().path("rdma")).isNotEmpty();
    return probe.json().path("rdma").path(0);
  }

  @Test
  void shouldSayThatTheNvdimmCanBeServedAndFlushed() throws Exception {
    DsaCommand probe = probe(LabDevice.dax(), "-o", "json");

    assertThatCommand(probe).succeeded();
    assertThat(probe.json().path("persistence").stringValue()).isEqualTo("memory-controller");
    assertThat(probe.json().path("writeBack").stringValue()).isEqualTo("cache-lines");
    assertThat(probe.json().path("alignment").longValue()).isEqualTo(2 << 20);
    assertThat(probe.json().path("capacity").longValue()).isGreaterThan(1 << 29);
    JsonNode reach = reach(probe);
    assertThat(reach.path("served").booleanValue()).isTrue();
    assertThat(reach.path("registration").stringValue()).isEqualTo("pinned");
    assertThat(reach.path("durability").values().stream().map(JsonNode::stringValue))
        .containsExactlyInAnyOrder("rdma-flush", "server-persist");
  }

  @Test
  void shouldSayThatMemoryIsNeverDurable() throws Exception {
    assertThatCommand(probe("memory:64MiB"))
        .succeeded()
        .printed("DRAM", "volatile", "never durable");
  }

  @Test
  void shouldServeAFileWhosePagesAreMemory() throws Exception {
    try (LabFile file = LabFile.in("/dev/shm")) {
      assertThatCommand(probe(file.uri())).succeeded().printed("tmpfs", "volatile", "pinned");
    }
  }

  @Test
  void shouldServeAFileInHugePages() throws Exception {
    try (LabFile file = LabFile.onNew("hugetlbfs")) {
      DsaCommand probe = probe(file.uri(), "-o", "json");
      assertThatCommand(probe).succeeded();
      assertThat(probe.json().path("alignment").longValue()).isEqualTo(2 << 20);
      assertThat(reach(probe).path("registration").stringValue()).isEqualTo("pinned");
      assertThat(reach(probe).path("durability")).isEmpty();
    }
  }

  @Test
  void shouldSayWhyAFileOnADaxMountIsOutOfReachAndWhatIsNot() throws Exception {
    try (LabFile file = LabFile.onNew("fsdax")) {
      DsaCommand probe = probe(file.uri(), "-o", "json");
      assertThat(probe.status()).as("%s", probe).isEqualTo(13);
      assertThat(probe.json().path("medium").stringValue()).contains("ext4 (/dev/pmem1), DAX");
      assertThat(probe.json().path("persistence").stringValue()).isEqualTo("memory-controller");
      assertThat(probe.json().path("writeBack").stringValue()).isEqualTo("cache-lines");
      assertUnserved(reach(probe), "may move them", "create-namespace -m devdax");
    }
  }

  @Test
  void shouldSayWhyAFileInThePageCacheIsOutOfReachAndWhatIsNot() throws Exception {
    try (LabFile file = LabFile.onNew("ext4")) {
      DsaCommand probe = probe(file.uri(), "-o", "json");
      assertThat(probe.status()).as("%s", probe).isEqualTo(13);
      assertThat(probe.json().path("medium").stringValue()).contains("page cache");
      assertThat(probe.json().path("persistence").stringValue()).isEqualTo("device");
      assertThat(probe.json().path("writeBack").stringValue()).isEqualTo("msync");
      assertUnserved(reach(probe), "writes out to a disk", "use devdax:");
    }
  }

  private static void assertUnserved(JsonNode reach, String... words) {
    assertThat(reach.path("served").booleanValue()).isFalse();
    assertThat(reach.path("registration").stringValue()).isEqualTo("none");
    assertThat(reach.path("durability")).isEmpty();
    assertThat(reach.path("refusal").stringValue()).contains(words);
  }

  /** The lab's own root is such a file system. */
  @Test
  void shouldRefuseAFileSystemThatItDoesNotKnow() throws Exception {
    try (LabFile file = LabFile.in("/var/tmp")) {
      assertThatCommand(probe(file.uri())).failed(13, file.uri(), "overlay");
    }
  }

  @Test
  void shouldNameWhatIsNotThere() throws Exception {
    assertThatCommand(probe("devdax:/dev/dax99.9")).failed(17, "/dev/dax99.9");
    assertThatCommand(probe("frob:x")).failed(12, "frob", "devdax");
  }
}
