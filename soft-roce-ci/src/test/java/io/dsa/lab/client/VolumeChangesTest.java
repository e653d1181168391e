package io.dsa.lab.client;

import static io.dsa.protocol.OpenMode.READ_ONLY;
import static io.dsa.protocol.OpenMode.READ_WRITE;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.dsa.client.DsaClient;
import io.dsa.client.DsaException;
import io.dsa.client.DsaException.Category;
import io.dsa.client.IoQueue;
import io.dsa.client.IoStatus;
import io.dsa.client.RegisteredBuffer;
import io.dsa.client.Volume;
import io.dsa.client.admin.DsaAdmin;
import io.dsa.lab.LabAccess;
import io.dsa.lab.LabAdmin;
import io.dsa.lab.LabDevice;
import io.dsa.lab.RdmaResources;
import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.VolumeInfo;
import io.dsa.protocol.VolumeState;
import io.dsa.server.DsaServer;
import io.dsa.server.ServerConfig;
import io.dsa.server.admin.RefusedException;
import io.dsa.server.admin.Volumes;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Volumes are created, resized, renamed and deleted beside those that use them. */
@Tag("lab")
@Timeout(120)
final class VolumeChangesTest {
  private static final InetSocketAddress ADDRESS = new InetSocketAddress(LabDevice.HOST, 7620);
  private static final String LARGE_POOL = "memory:3GiB";
  private static final String SMALL_POOL = "memory:16MiB";
  private static final long MIB = 1 << 20;

  private static RdmaResources before;
  private static DsaServer server;
  private static DsaAdmin admin;

  private final Transfers transfers = new Transfers();
  private DsaClient client;

  @BeforeAll
  static void startServer() {
    LabDevice.open();
    before = RdmaResources.now();
    server =
        DsaServer.start(
            new ServerConfig(
                "changes",
                ADDRESS,
                7621,
                List.of(LARGE_POOL, SMALL_POOL),
                false,
                ServerConfig.Limits.DEFAULT,
                LabAccess.stateDirectory(),
                LabAdmin.plane(ADDRESS)));
    admin = LabAdmin.of(ADDRESS);
  }

  @AfterAll
  static void shouldLeaveNothingInTheKernel() throws InterruptedException {
    admin.close();
    server.close();
    assertThat(RdmaResources.within(Duration.ofSeconds(3), before)).isEqualTo(before);
  }

  @BeforeEach
  void connect() {
    client = DsaClient.connect(ADDRESS, LabAccess.clientOptions());
  }

  @AfterEach
  void deleteAll() {
    client.close();
    admin.volumes().forEach(volume -> admin.deleteVolume(volume.name()));
  }

  private void fill(String name, long offset, int length, int value) {
    try (Volume volume = client.open(name, READ_WRITE);
        RegisteredBuffer buffer = client.allocate(length);
        IoQueue queue = volume.openQueue(4)) {
      buffer.memory().fill((byte) value);
      assertThat(queue.write(offset, buffer, 0, length, 1)).isEqualTo(IoStatus.OK);
      assertThat(transfers.drain(queue)).isEqualTo(Map.of(1L, IoStatus.OK));
    }
  }

  /** What every byte of a range is, which must be the same. */
  private int valueOf(String name, long offset, int length) {
    try (Volume volume = client.open(name, READ_ONLY);
        RegisteredBuffer buffer = client.allocate(length);
        IoQueue queue = volume.openQueue(4)) {
      assertThat(queue.read(offset, buffer, 0, length, 1)).isEqualTo(IoStatus.OK);
      assertThat(transfers.drain(queue)).isEqualTo(Map.of(1L, IoStatus.OK));
      byte value = buffer.memory().get(JAVA_BYTE, 0);
      for (long i = 1; i < length; i++) {
        assertThat(buffer.memory().get(JAVA_BYTE, i)).isEqualTo(value);
      }
      return value;
    }
  }

  private static Category categoryOf(Runnable call) {
    return catchThrowableOfType(DsaException.class, call::run).category();
  }

  private static ErrorCode codeOf(Runnable call) {
    return catchThrowableOfType(RefusedException.class, call::run).code();
  }

  @Test
  void shouldGrowAndReadZerosBehindTheOldEnd() {
    admin.createVolume("v", MIB + 5, SMALL_POOL);
    fill("v", 0, (int) MIB + 5, 7);

    assertThat(admin.resizeVolume("v", 4 * MIB).bytes()).isEqualTo(4 * MIB);

    assertThat(client.volume("v").bytes()).isEqualTo(4 * MIB);
    assertThat(valueOf("v", MIB, 5)).isEqualTo(7);
    assertThat(valueOf("v", MIB + 5, 65_536)).isZero();
    assertThat(valueOf("v", 4 * MIB - 65_536, 65_536)).isZero();
  }

  @Test
  void shouldNotShowAgainWhatWasCutOff() {
    admin.createVolume("v", 4 * MIB);
    fill("v", 0, (int) (4 * MIB), 9);

    admin.resizeVolume("v", 100);
    admin.resizeVolume("v", 4 * MIB);

    assertThat(valueOf("v", 0, 100)).isEqualTo(9);
    assertThat(valueOf("v", 100, 65_536)).isZero();
    assertThat(valueOf("v", 4 * MIB - 65_536, 65_536)).isZero();
  }

  @Test
  void shouldLetThoseWhoHaveItOpenGoOnWhenItGrows() {
    admin.createVolume("v", MIB);
    try (Volume open = client.open("v", READ_WRITE);
        RegisteredBuffer buffer = client.allocate(4096);
        IoQueue queue = open.openQueue(4)) {
      admin.resizeVolume("v", 8 * MIB);

      assertThat(open.bytes()).isEqualTo(MIB);
      assertThat(queue.write(MIB - 4096, buffer, 0, 4096, 1)).isEqualTo(IoStatus.OK);
      assertThat(transfers.drain(queue)).isEqualTo(Map.of(1L, IoStatus.OK));
      try (Volume again = client.open("v", READ_ONLY);
          IoQueue larger = again.openQueue(4)) {
        assertThat(larger.read(8 * MIB - 4096, buffer, 0, 4096, 2)).isEqualTo(IoStatus.OK);
        assertThat(transfers.drain(larger)).isEqualTo(Map.of(2L, IoStatus.OK));
      }
    }
  }

  @Test
  void shouldNotShrinkUnderThoseWhoHaveItOpen() {
    admin.createVolume("v", 4 * MIB);
    try (Volume open = client.open("v", READ_ONLY)) {
      assertThat(open.bytes()).isEqualTo(4 * MIB);
      assertThat(categoryOf(() -> admin.resizeVolume("v", MIB))).isEqualTo(Category.BUSY);
    }
    assertThat(client.volume("v").bytes()).isEqualTo(4 * MIB);
    assertThat(admin.resizeVolume("v", MIB).bytes()).isEqualTo(MIB);
  }

  @Test
  void shouldRenameUnderThoseWhoHaveItOpen() {
    admin.createVolume("old", MIB);
    admin.createVolume("taken", MIB);
    try (Volume open = client.open("old", READ_WRITE);
        RegisteredBuffer buffer = client.allocate(4096);
        IoQueue queue = open.openQueue(4)) {
      assertThat(categoryOf(() -> admin.renameVolume("old", "taken"))).isEqualTo(Category.EXISTS);
      assertThat(categoryOf(() -> admin.renameVolume("none", "x")))
          .isEqualTo(Category.UNKNOWN_VOLUME);

      assertThat(admin.renameVolume("old", "new").name()).isEqualTo("new");

      assertThat(queue.write(0, buffer, 0, 4096, 1)).isEqualTo(IoStatus.OK);
      assertThat(transfers.drain(queue)).isEqualTo(Map.of(1L, IoStatus.OK));
      assertThat(categoryOf(() -> client.open("new", READ_WRITE))).isEqualTo(Category.BUSY);
    }
    assertThat(client.volumes()).extracting(VolumeInfo::name).containsExactly("new", "taken");
  }

  @Test
  void shouldCreateWhereItIsAskedTo() {
    assertThat(admin.createVolume("a", MIB, SMALL_POOL).pool()).isEqualTo(SMALL_POOL);
    assertThat(admin.createVolume("b", MIB).pool()).isEqualTo(LARGE_POOL);
    assertThat(categoryOf(() -> admin.createVolume("c", MIB, "memory:1MiB")))
        .isEqualTo(Category.UNKNOWN_VOLUME);
    assertThat(categoryOf(() -> admin.createVolume("a", MIB, LARGE_POOL)))
        .isEqualTo(Category.EXISTS);
    assertThat(categoryOf(() -> admin.createVolume("d", 1 << 30, SMALL_POOL)))
        .isEqualTo(Category.NO_SPACE);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 4096})
  void shouldRefuseASizeThatMakesNoSense(long bytes) {
    admin.createVolume("v", MIB);

    assertThat(categoryOf(() -> admin.resizeVolume("v", bytes)))
        .isIn(Category.INVALID, Category.NO_SPACE);
    assertThat(categoryOf(() -> admin.createVolume("w", bytes)))
        .isIn(Category.INVALID, Category.NO_SPACE);

    assertThat(client.volumes()).extracting(VolumeInfo::bytes).containsExactly(MIB);
  }

  @Test
  @Tag("machine")
  void shouldServeOthersWhileALargeVolumeIsZeroed() throws Exception {
    CompletableFuture<VolumeInfo> large =
        CompletableFuture.supplyAsync(() -> admin.createVolume("large", 2304 * MIB));
    while (client.volumes().isEmpty()) {
      Thread.onSpinWait();
    }

    // Not over HTTPS, whose first requests take about as long here as the zeroing.
    Volumes volumes = server.volumes();
    assertThat(client.volume("large").state()).isEqualTo(VolumeState.CREATING);
    assertThat(categoryOf(() -> client.open("large", READ_ONLY))).isEqualTo(Category.BUSY);
    assertThat(codeOf(() -> volumes.delete(volumes.find("large"), false)))
        .isEqualTo(ErrorCode.VOLUME_BUSY);
    assertThat(codeOf(() -> volumes.create("large", MIB, ""))).isEqualTo(ErrorCode.VOLUME_EXISTS);
    volumes.create("small", MIB, "");
    fill("small", 0, 4096, 3);
    assertThat(large).isNotDone();

    assertThat(large.get(60, TimeUnit.SECONDS).state()).isEqualTo(VolumeState.READY);
  }

  @Test
  @Tag("machine")
  void shouldServeAVolumeOfMoreThanTwoGibibytes() {
    long bytes = 2304 * MIB;
    admin.createVolume("large", bytes);
    // Each over a border of regions, where there is one.
    long[] offsets = {0, 1024 * MIB - 4096, 2048 * MIB - 4096, bytes - 8192};
    for (int i = 0; i < offsets.length; i++) {
      fill("large", offsets[i], 8192, i + 1);
    }
    for (int i = 0; i < offsets.length; i++) {
      assertThat(valueOf("large", offsets[i], 8192)).isEqualTo(i + 1);
    }
  }
}
