package io.dsa.protocol;

import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** One message of each type, by the name of its file of golden bytes. */
final class Samples {
  private static final Set<DurabilityMethod> ALL = EnumSet.allOf(DurabilityMethod.class);
  private static final InstanceId INSTANCE =
      new InstanceId(0x0011_2233_4455_6677L, 0x8899_AABB_CCDD_EEFFL);
  private static final QueueToken TOKEN =
      new QueueToken(0x0123_4567_89AB_CDEFL, 0xFEDC_BA98_7654_3210L);
  private static final VolumeInfo ORDERS =
      new VolumeInfo("orders", 64L << 20, "devdax:/dev/dax0.0", 1, ALL, VolumeState.READY);
  private static final VolumeInfo GRUESSE =
      new VolumeInfo("gr\u00fc\u00dfe", 1L, "memory:256MiB", 1, Set.of(), VolumeState.CREATING);

  private Samples() {}

  private static Bytes32 from(int first) {
    byte[] bytes = new byte[Bytes32.BYTES];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (first + i);
    }
    return Bytes32.of(bytes);
  }

  static Map<String, Request> requests() {
    Map<String, Request> all = new LinkedHashMap<>();
    all.put("hello", new Hello(1, "dsa cli", ALL, "ada", from(0x40)));
    all.put("hello-of-nobody", new Hello(1, "dsa cli", ALL, "", from(0x40)));
    all.put("authenticate", new Authenticate(from(0xC0)));
    all.put("heartbeat", new Heartbeat());
    all.put("server-info", new ServerInfo(2));
    all.put("list-volumes", new ListVolumes(""));
    all.put("list-volumes-after", new ListVolumes("gr\u00fc\u00dfe"));
    all.put("show-volume", new ShowVolume("orders"));
    all.put(
        "open-volume",
        new OpenVolume("orders", OpenMode.READ_WRITE, Optional.empty(), false, false));
    all.put(
        "open-volume-with-writer",
        new OpenVolume(
            "orders",
            OpenMode.READ_WRITE,
            Optional.of(new UUID(0x0102_0304_0506_0708L, 0x090A_0B0C_0D0E_0F10L)),
            true,
            false));
    all.put(
        "open-volume-taking-over",
        new OpenVolume(
            "orders",
            OpenMode.READ_WRITE,
            Optional.of(new UUID(0x0102_0304_0506_0708L, 0x090A_0B0C_0D0E_0F10L)),
            false,
            true));
    all.put("prepare-queue", new PrepareQueue(0x1122_3344_5566_7788L));
    all.put("attach-queue", new AttachQueue(TOKEN, 127));
    all.put("persist", new Persist(0x1122_3344_5566_7788L, 4096, 65536));
    all.put("close-volume", new CloseVolume(0x1122_3344_5566_7788L));
    return Collections.unmodifiableMap(all);
  }

  static Map<String, Reply> replies() {
    Map<String, Reply> all = new LinkedHashMap<>();
    all.put("done", new Done());
    all.put("challenge", new Challenge(from(0x80), 1, false));
    all.put("challenge-insecure", new Challenge(from(0x80), 1, true));
    all.put(
        "hello-reply",
        new HelloReply(1, INSTANCE, "host1", new SessionLimits(64, 16, 32, 30_000), from(0xE0)));
    all.put(
        "hello-reply-continued",
        new HelloReply(
            1,
            INSTANCE,
            "host1",
            new SessionLimits(64, 16, 32, 30_000),
            from(0xE0),
            List.of(
                new InstanceId(0x0102_0304_0506_0708L, 0x090A_0B0C_0D0E_0F10L),
                new InstanceId(0x1112_1314_1516_1718L, 0x191A_1B1C_1D1E_1F20L))));
    all.put(
        "server-info-reply",
        new ServerInfoReply(
            INSTANCE,
            "host1",
            "0.1.0",
            List.of(
                new PoolInfo("devdax:/dev/dax0.0", 1L << 30, 1L << 29, Persistence.CPU_CACHE),
                new PoolInfo("memory:256MiB", 256L << 20, 0, Persistence.VOLATILE)),
            false));
    all.put("volume-reply", new VolumeReply(ORDERS));
    all.put("volume-list", new VolumeList(List.of(GRUESSE, ORDERS), true));
    all.put(
        "volume-opened",
        new VolumeOpened(
            0x1122_3344_5566_7788L,
            64L << 20,
            2,
            EnumSet.of(DurabilityMethod.RDMA_FLUSH, DurabilityMethod.SERVER_PERSIST),
            List.of(new Target("10.9.0.1", 18516), new Target("", 18517)),
            Optional.empty(),
            false));
    all.put(
        "volume-opened-with-id",
        new VolumeOpened(
            1,
            1L << 20,
            1,
            EnumSet.noneOf(DurabilityMethod.class),
            List.of(new Target("", 18516)),
            Optional.of(new UUID(0x0011_2233_4455_6677L, 0x8899_AABB_CCDD_EEFFL)),
            false));
    all.put(
        "volume-opened-after-others",
        new VolumeOpened(
            2,
            1L << 20,
            1,
            EnumSet.noneOf(DurabilityMethod.class),
            List.of(new Target("", 18516)),
            Optional.empty(),
            true));
    all.put("queue-prepared", new QueuePrepared(TOKEN, 1, 10_000));
    all.put(
        "queue-attached",
        new QueueAttached(
            1,
            3,
            List.of(
                new ExtentGrant(0, 2L << 20, 2L << 20, 0x7F00_0020_0000L, 0xCAFE_0001),
                new ExtentGrant(1, 4L << 20, 60L << 20, 0x7F00_0080_0000L, 0xCAFE_0002))));
    all.put("error-reply", new ErrorReply(ErrorCode.UNKNOWN_VOLUME, "no volume 'orders'"));
    return Collections.unmodifiableMap(all);
  }
}
