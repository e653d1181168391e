package io.dsa.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dsa.client.admin.IssuedSecret;
import io.dsa.client.admin.SessionInfo;
import io.dsa.client.admin.UserInfo;
import io.dsa.protocol.PoolInfo;
import io.dsa.protocol.VolumeInfo;
import io.dsa.sal.Finding;
import io.dsa.sal.PoolContents;
import io.dsa.sal.PoolInspection;
import io.dsa.sal.SlotContents;
import io.dsa.server.DeviceProbe;
import io.dsa.server.RdmaReach;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What {@code -o json} prints: one object with {@code apiVersion}, {@code kind} and the fields of a
 * record. Fields are only ever added; anything else raises the version. Sizes are in bytes.
 */
final class Json {
  static final int API_VERSION = 1;

  private Json() {}

  /** The kinds of output. */
  sealed interface Document {}

  record Pool(String uri, long capacity, long free, String persistence) {
    static Pool of(PoolInfo pool) {
      return new Pool(pool.uri(), pool.capacity(), pool.free(), Words.of(pool.persistence()));
    }
  }

  record PoolList(String server, String instance, List<Pool> pools) implements Document {}

  /** A volume as its pool's metadata says, while no server has it. */
  record StoredVolume(
      String name,
      UUID id,
      long bytes,
      long allocated,
      int extents,
      String state,
      List<Space> space) {
    static StoredVolume of(io.dsa.sal.Volume volume) {
      return new StoredVolume(
          volume.name(),
          volume.id(),
          volume.bytes(),
          volume.allocated(),
          volume.extents().size(),
          Words.of(volume.state()),
          volume.extents().stream().map(e -> new Space(e.poolOffset(), e.length())).toList());
    }
  }

  /** A part of a volume on the device, in the order of the volume. */
  record Space(long offset, long length) {}

  record PoolDescription(
      String uri,
      UUID id,
      String name,
      int formatVersion,
      long generation,
      long capacity,
      long free,
      List<StoredVolume> volumes)
      implements Document {
    static PoolDescription of(String uri, PoolContents pool) {
      return new PoolDescription(
          uri,
          pool.id(),
          pool.name(),
          pool.formatVersion(),
          pool.generation(),
          pool.capacity(),
          pool.free(),
          pool.volumes().stream().map(StoredVolume::of).toList());
    }
  }

  /**
   * What can be read of one metadata slot.
   *
   * @param generation null where there is no header
   */
  record PoolSlot(
      int slot, String state, Long generation, long volumesSaid, List<StoredVolume> volumes) {
    static PoolSlot of(SlotContents slot) {
      return new PoolSlot(
          slot.slot(),
          Words.of(slot.state()),
          slot.generation().isPresent() ? slot.generation().getAsLong() : null,
          slot.volumesSaid(),
          slot.volumes().stream().map(StoredVolume::of).toList());
    }
  }

  /**
   * Something that a check noticed.
   *
   * @param slot null where it is in none
   * @param offset on the device; null where it is nowhere in particular
   */
  record PoolFinding(String severity, Integer slot, Long offset, String what, String meaning) {
    static PoolFinding of(Finding finding) {
      return new PoolFinding(
          Words.of(finding.severity()),
          finding.slot().isPresent() ? finding.slot().getAsInt() : null,
          finding.offset().isPresent() ? finding.offset().getAsLong() : null,
          finding.what(),
          finding.meaning());
    }
  }

  record PoolCheck(
      String uri,
      boolean sound,
      boolean usable,
      long deviceCapacity,
      List<PoolSlot> slots,
      List<PoolFinding> findings)
      implements Document {
    static PoolCheck of(PoolInspection inspection) {
      return new PoolCheck(
          inspection.uri(),
          inspection.isSound(),
          inspection.contents().isPresent(),
          inspection.deviceCapacity(),
          inspection.slots().stream().map(PoolSlot::of).toList(),
          inspection.findings().stream().map(PoolFinding::of).toList());
    }
  }

  record FormattedPool(String uri, String name, long capacity) implements Document {}

  record Volume(
      String name,
      long bytes,
      String pool,
      int extents,
      String state,
      @JsonProperty("volatile") boolean isVolatile,
      List<String> durability) {
    static Volume of(VolumeInfo volume) {
      return new Volume(
          volume.name(),
          volume.bytes(),
          volume.pool(),
          volume.extents(),
          Words.of(volume.state()),
          volume.isVolatile(),
          volume.durability().stream().map(Words::of).toList());
    }
  }

  /**
   * How one RDMA device reaches a storage device.
   *
   * @param refusal why it cannot be served and what to do; null where it can
   */
  record Reach(
      String rdmaDevice,
      boolean served,
      String registration,
      List<String> durability,
      String refusal) {
    static Reach of(RdmaReach reach) {
      return new Reach(
          reach.rdmaDevice(),
          reach.isServed(),
          Words.of(reach.registration()),
          reach.durability().stream().sorted().map(Words::of).toList(),
          reach.isServed() ? null : reach.refusal());
    }
  }

  /**
   * What a storage device is.
   *
   * @param contents what it holds; null where it is blank
   */
  record DeviceReport(
      String uri,
      String medium,
      long capacity,
      long alignment,
      String access,
      String persistence,
      String writeBack,
      @JsonProperty("transient") boolean isTransient,
      String contents,
      List<Reach> rdma)
      implements Document {
    static DeviceReport of(DeviceProbe probe) {
      return new DeviceReport(
          probe.uri(),
          probe.medium(),
          probe.capacity(),
          probe.alignment(),
          Words.of(probe.access()),
          Words.of(probe.persistence()),
          Words.of(probe.writeBack()),
          probe.isTransient(),
          probe.contents().orElse(null),
          probe.rdma().stream().map(Reach::of).toList());
    }
  }

  /** What a user may do with one volume. */
  record Rights(String volume, List<String> rights) {}

  /**
   * A user.
   *
   * @param maxSessions null, as the others, where the server's own limit stands
   */
  record User(
      String name,
      boolean admin,
      Integer maxSessions,
      Integer maxQueues,
      Integer maxWindows,
      List<Rights> rights) {
    static User of(UserInfo user) {
      return new User(
          user.name(),
          user.admin(),
          bound(user.quotas().sessions()),
          bound(user.quotas().queues()),
          bound(user.quotas().windows()),
          user.rights().stream().map(of -> new Rights(of.volume(), of.rights())).toList());
    }

    private static Integer bound(OptionalInt quota) {
      return quota.isPresent() ? quota.getAsInt() : null;
    }
  }

  record UserList(List<User> users) implements Document {}

  record OneUser(User user) implements Document {}

  /**
   * A user's new secret.
   *
   * @param credentials what belongs into a file of credentials
   */
  record UserSecret(User user, String credentials) implements Document {
    static UserSecret of(IssuedSecret issued) {
      return new UserSecret(User.of(issued.user()), issued.user().name() + ":" + issued.secret());
    }
  }

  /** A volume that a session has open. */
  record OpenedVolume(String volume, String mode) {}

  record Session(
      long id, String user, String client, String address, int queues, List<OpenedVolume> volumes) {
    static Session of(SessionInfo session) {
      return new Session(
          session.id(),
          session.user(),
          session.client(),
          session.address(),
          session.queues(),
          session.volumes().stream()
              .map(open -> new OpenedVolume(open.volume(), Words.of(open.mode())))
              .toList());
    }
  }

  record SessionList(List<Session> sessions) implements Document {}

  record VolumeList(List<Volume> volumes) implements Document {}

  record OneVolume(Volume volume) implements Document {}

  /**
   * What put and get moved.
   *
   * @param durability how the end of a put was made durable; null for a get or a volatile volume
   */
  record Transfer(
      String verb, String volume, String file, long bytes, double seconds, String durability)
      implements Document {}

  /** Of one kind of request; all from {@code min} on are latencies in microseconds. */
  record Latency(
      String operation,
      long count,
      double iops,
      double bytesPerSecond,
      double min,
      double median,
      double mean,
      double p90,
      double p99,
      double p999,
      double p9999,
      double max) {}

  /**
   * What dsa bench found.
   *
   * @param queues of each thread
   * @param durability how writes were made durable; null where none was
   * @param seconds in which requests were measured
   * @param verified blocks that were read and found right; null without --verify
   */
  record Bench(
      String volume,
      String mode,
      String order,
      String waiting,
      int blockBytes,
      int depth,
      int threads,
      int queues,
      String durability,
      double seconds,
      List<Latency> microseconds,
      Long verified,
      int reconnects)
      implements Document {}

  /** One line. */
  static String write(Document body) {
    JsonMapper mapper = new JsonMapper();
    ObjectNode document = mapper.createObjectNode();
    document.put("apiVersion", API_VERSION).put("kind", body.getClass().getSimpleName());
    document.setAll(mapper.<ObjectNode>valueToTree(body));
    return mapper.writeValueAsString(document);
  }
}
