package io.dsa.sal;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The bytes of docs/pool-format.md, so that a change of them cannot go unseen. */
class PoolFormatTest {
  private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

  private static final String HEADER =
      """
      44 53 41 50 4f 4f 4c 00 00 00 00 01 00 00 00 01
      01 02 03 04 05 06 07 08 00 11 22 33 44 55 66 77
      88 99 aa bb cc dd ee ff 00 00 00 00 40 00 00 00
      00 00 00 00 00 20 00 00 00 00 00 00 3f e0 00 00
      00 00 00 00 00 02 f0 00 00 00 00 00 00 02 d0 00
      00 00 00 00 00 00 00 51 ca fe ba be 00 20 00 00
      00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
      00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00
      """;

  private static final String CATALOG =
      """
      00 04 70 6f 6f 6c 00 00 00 01
      00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff
      00 00 00 00 00 20 00 01 02 00 03 76 c3 bc
      00 00 00 02
      00 00 00 00 00 60 00 00 00 00 00 00 00 20 00 00
      00 00 00 00 00 20 00 00 00 00 00 00 00 20 00 00
      """;

  @Test
  void shouldHaveTheDocumentedHeader() {
    SlotHeader header =
        new SlotHeader(1, 0x0102_0304_0506_0708L, ID, PoolLayout.of(1L << 30), 0x51, 0xCAFE_BABE);
    byte[] expected = bytes(HEADER);
    ByteBuffer.wrap(expected).putInt(124, SlotHeader.checksum(expected, 124));
    assertThat(header.encode()).isEqualTo(expected);
    assertThat(SlotHeader.decode(expected, 1)).isEqualTo(new SlotHeader.Reading.Header(header));
  }

  @Test
  void shouldHaveTheDocumentedChecksum() {
    // The check value of CRC-32C in every catalogue of CRCs.
    assertThat(
            SlotHeader.checksum(
                "123456789".getBytes(java.nio.charset.StandardCharsets.US_ASCII), 9))
        .isEqualTo(0xE306_9283);
  }

  @Test
  void shouldHaveTheDocumentedCatalog() throws Exception {
    Volume volume =
        new Volume(
            ID,
            "v\u00fc",
            0x20_0001,
            List.of(new Extent(0x60_0000, 0x20_0000), new Extent(0x20_0000, 0x20_0000)),
            VolumeState.READY);
    assertThat(Catalog.empty("pool").with(volume).encode()).isEqualTo(bytes(CATALOG));
    Catalog decoded = Catalog.decode(ByteBuffer.wrap(bytes(CATALOG)), PoolLayout.of(8 << 20));
    assertThat(decoded.volumes().values()).containsExactly(volume);
    assertThat(decoded.poolName()).isEqualTo("pool");
  }

  @Test
  void shouldHaveTheDocumentedLayout() {
    assertThat(PoolLayout.of(1L << 30))
        .isEqualTo(new PoolLayout(1L << 30, 184_320, 2 << 20, (1L << 30) - (2 << 20)));
    assertThat(PoolLayout.of(1L << 40))
        .isEqualTo(new PoolLayout(1L << 40, 64 << 20, 130 << 20, (1L << 40) - (130 << 20)));
    assertThat(PoolLayout.of((8 << 20) + 12_345).dataLength()).isEqualTo(6 << 20);
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
  }
}
