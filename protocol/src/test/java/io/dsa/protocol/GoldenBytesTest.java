package io.dsa.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The bytes on the wire are checked in, so that a change of them cannot go unseen. {@code
 * -Ddsa.golden=DIRECTORY} writes them there instead, for a message that is new.
 */
class GoldenBytesTest {
  private static final String WRITE_TO = System.getProperty("dsa.golden", "");

  @TestFactory
  Stream<DynamicTest> requestsHaveTheirGoldenBytes() {
    return Samples.requests().entrySet().stream()
        .map(e ->
            DynamicTest.dynamicTest(
                e.getKey(),
                () -> {
                  byte[] golden = golden(e.getKey(), MessageCodec.encode(e.getValue()));
                  assertThat(MessageCodec.encode(e.getValue())).isEqualTo(golden);
                  assertThat(MessageCodec.decodeRequest(golden)).isEqualTo(e.getValue());
                }));
  }

  @TestFactory
  Stream<DynamicTest> repliesHaveTheirGoldenBytes() {
    return Samples.replies().entrySet().stream()
        .map(e ->
            DynamicTest.dynamicTest(
                e.getKey(),
                () -> {
                  byte[] golden = golden(e.getKey(), MessageCodec.encode(e.getValue()));
                  assertThat(MessageCodec.encode(e.getValue())).isEqualTo(golden);
                  assertThat(MessageCodec.decodeReply(golden)).isEqualTo(e.getValue());
                }));
  }

  @Test
  void connectDataHasItsGoldenBytes() throws Exception {
    ConnectData data =
        new ConnectData(new QueueToken(0x0123_4567_89AB_CDEFL, 0xFEDC_BA98_7654_3210L));
    byte[] golden = golden("connect-data", data.encode());
    assertThat(data.encode()).isEqualTo(golden).hasSize(ConnectData.BYTES);
    assertThat(ConnectData.decode(golden)).isEqualTo(data);
  }

  @Test
  void everyTypeOfMessageHasASample() {
    List<Class<?>> covered =
        Stream.<Object>concat(
                Samples.requests().values().stream(), Samples.replies().values().stream())
            .<Class<?>>map(Object::getClass)
            .distinct()
            .toList();
    List<Class<?>> all =
        Stream.of(Request.class.getPermittedSubclasses(), Reply.class.getPermittedSubclasses())
            .flatMap(Stream::of)
            .<Class<?>>map(c -> c)
            .filter(c -> c != UnknownRequest.class)
            .toList();
    assertThat(covered).containsExactlyInAnyOrderElementsOf(all);
  }

  private static byte[] golden(String name, byte[] now) throws IOException {
    if (!WRITE_TO.isEmpty()) {
      StringBuilder out = new StringBuilder();
      for (int i = 0; i < now.length; i += 16) {
        out.append(HexFormat.ofDelimiter(" ").formatHex(now, i, Math.min(i + 16, now.length)));
        out.append('\n');
      }
      Files.writeString(Path.of(WRITE_TO, name + ".hex"), out.toString());
      return now;
    }
    try (InputStream in = GoldenBytesTest.class.getResourceAsStream("golden/" + name + ".hex")) {
      assertThat(in).as("golden/%s.hex", name).isNotNull();
      String hex = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
    }
  }
}
