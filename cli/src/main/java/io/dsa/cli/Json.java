package io.dsa.cli;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.dsa.protocol.PoolInfo;
import io.dsa.protocol.VolumeInfo;
import io.dsa.server.DeviceProbe;
import io.dsa.server.RdmaReach;
import java.util.List;
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

  /** Latencies in microseconds. */
  record Latency(
      String operation, long count, double median, double mean, double p99, double max) {}

  record Bench(String volume, int blockBytes, String durability, List<Latency> microseconds)
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
