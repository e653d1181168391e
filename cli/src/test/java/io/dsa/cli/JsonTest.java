package io.dsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.protocol.DurabilityMethod;
import io.dsa.protocol.Persistence;
import io.dsa.protocol.PoolInfo;
import io.dsa.protocol.VolumeInfo;
import io.dsa.protocol.VolumeState;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Scripts depend on these very forms: a change that breaks one raises the apiVersion. */
final class JsonTest {
  private static final VolumeInfo DURABLE =
      new VolumeInfo(
          "v",
          67_108_864,
          "devdax:/dev/dax0.0",
          1,
          Set.of(DurabilityMethod.SERVER_PERSIST, DurabilityMethod.RDMA_FLUSH),
          VolumeState.READY);

  @Test
  void shouldWriteVolumes() {
    VolumeInfo fleeting =
        new VolumeInfo("w", 4096, "memory:16MiB", 1, Set.of(), VolumeState.CREATING);

    String json =
        Json.write(new Json.VolumeList(List.of(Json.Volume.of(DURABLE), Json.Volume.of(fleeting))));

    assertThat(json)
        .isEqualTo(
            """
            {"apiVersion":1,"kind":"VolumeList","volumes":[\
            {"name":"v","bytes":67108864,"pool":"devdax:/dev/dax0.0","extents":1,"state":"ready",\
            "volatile":false,"durability":["rdma-flush","server-persist"]},\
            {"name":"w","bytes":4096,"pool":"memory:16MiB","extents":1,"state":"creating",\
            "volatile":true,"durability":[]}]}\
            """);
  }

  @Test
  void shouldWriteOneVolume() {
    assertThat(Json.write(new Json.OneVolume(Json.Volume.of(DURABLE))))
        .startsWith("{\"apiVersion\":1,\"kind\":\"OneVolume\",\"volume\":{\"name\":\"v\",");
  }

  @Test
  void shouldWritePools() {
    Json.Pool pool =
        Json.Pool.of(new PoolInfo("devdax:/dev/dax0.0", 1000, 600, Persistence.MEMORY_CONTROLLER));

    assertThat(Json.write(new Json.PoolList("host1:7470", "an-instance", List.of(pool))))
        .isEqualTo(
            """
            {"apiVersion":1,"kind":"PoolList","server":"host1:7470","instance":"an-instance",\
            "pools":[{"uri":"devdax:/dev/dax0.0","capacity":1000,"free":600,\
            "persistence":"memory-controller"}]}\
            """);
  }

  @Test
  void shouldWriteATransfer() {
    assertThat(Json.write(new Json.Transfer("put", "v", "/f", 7, 0.5, null)))
        .isEqualTo(
            """
            {"apiVersion":1,"kind":"Transfer","verb":"put","volume":"v","file":"/f","bytes":7,\
            "seconds":0.5,"durability":null}\
            """);
  }

  @Test
  void shouldWriteABench() {
    Json.Latency write =
        new Json.Latency(
            "durable write", 10, 100, 409_600, 50, 57.5, 58.25, 100, 155, 180, 190, 200);

    assertThat(
            Json.write(
                new Json.Bench(
                    "v",
                    "durable-write",
                    "random",
                    "spin",
                    4096,
                    2,
                    3,
                    4,
                    "rdma-flush",
                    0.1,
                    List.of(write),
                    10L,
                    0)))
        .isEqualTo(
            """
            {"apiVersion":1,"kind":"Bench","volume":"v","mode":"durable-write",\
            "order":"random","waiting":"spin","blockBytes":4096,"depth":2,"threads":3,"queues":4,\
            "durability":"rdma-flush","seconds":0.1,"microseconds":[{"operation":"durable write",\
            "count":10,"iops":100.0,"bytesPerSecond":409600.0,"min":50.0,"median":57.5,\
            "mean":58.25,"p90":100.0,"p99":155.0,"p999":180.0,"p9999":190.0,"max":200.0}],\
            "verified":10,"reconnects":0}\
            """);
  }
}
