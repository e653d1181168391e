package io.dsa.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MessageCodecTest {
  private static final String HEADER_OF_HEARTBEAT = "44534150 0001 0002 00000000 00000000";

  @Test
  void shouldSkipUnknownOptions() throws Exception {
    for (Request request : Samples.requests().values()) {
      byte[] bytes = withOption(MessageCodec.encode(request));
      assertThat(MessageCodec.decodeRequest(bytes)).isEqualTo(request);
    }
    for (Reply reply : Samples.replies().values()) {
      byte[] bytes = withOption(MessageCodec.encode(reply));
      assertThat(MessageCodec.decodeReply(bytes)).isEqualTo(reply);
    }
  }

  @Test
  void shouldSkipUnknownOptionsOfStructures() throws Exception {
    FieldWriter out = new FieldWriter();
    out.int32(MessageCodec.MAGIC).u16(1).u16(MessageCodec.TYPE_VOLUME_REPLY).int32(0).int32(0);
    VolumeInfo volume = new VolumeInfo("v", 1, "memory:4MiB", 1, Set.of(), VolumeState.READY);
    int start = out.begin();
    volume.encode(out);
    out.u16(0x77).u16(3).u8(1).u8(2).u8(3);
    out.end(start);
    out.int32At(12, out.position() - 16);
    assertThat(MessageCodec.decodeReply(out.toBytes())).isEqualTo(new VolumeReply(volume));
  }

  @Test
  void shouldRefuseATruncatedOption() {
    byte[] bytes = withOption(MessageCodec.encode(new Heartbeat()));
    bytes[15]--;
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> MessageCodec.decodeRequest(bytes))
        .withMessageContaining("option 32767 needs 2 bytes");
  }

  @Test
  void shouldDecodeAnUnknownRequestAndRefuseAnUnknownReply() throws Exception {
    byte[] request = bytes("44534150 0007 7001 00000000 00000003 010203");
    assertThat(MessageCodec.decodeRequest(request)).isEqualTo(new UnknownRequest(0x7001, 7));
    byte[] reply = bytes("44534150 0007 F001 00000000 00000003 010203");
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> MessageCodec.decodeReply(reply))
        .withMessageContaining("0xf001")
        .withMessageContaining("version 7");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MessageCodec.encode(new UnknownRequest(0x7001, 7)));
  }

  @Test
  void shouldIgnoreFlagsAndANewerVersion() throws Exception {
    byte[] heartbeat = bytes("44534150 0009 0002 FFFFFFFF 00000000");
    assertThat(MessageCodec.decodeRequest(heartbeat)).isEqualTo(new Heartbeat());
  }

  @Test
  void shouldIgnoreWhatFollowsTheBody() throws Exception {
    byte[] padded = Arrays.copyOf(MessageCodec.encode(new ListVolumes("a")), 4096);
    Arrays.fill(padded, 20, 4096, (byte) 0xEE);
    assertThat(MessageCodec.decodeRequest(padded)).isEqualTo(new ListVolumes("a"));
  }

  @Test
  void shouldDecodeFromThePositionOfABufferAndLeaveIt() throws Exception {
    ByteBuffer direct = ByteBuffer.allocateDirect(64);
    direct.position(7).put(MessageCodec.encode(new ServerInfo(5))).flip().position(7);
    assertThat(MessageCodec.decodeRequest(direct)).isEqualTo(new ServerInfo(5));
    assertThat(direct.position()).isEqualTo(7);
    ByteBuffer reply = ByteBuffer.wrap(MessageCodec.encode(new Done()));
    assertThat(MessageCodec.decodeReply(reply)).isEqualTo(new Done());
  }

  @Test
  void shouldNameWhatIsWrongWithAHeader() {
    refused("", "begins with 16 bytes, here are 0");
    refused("47455420 2F20 4854 54502F31 2E310D0A", "not a DSA message: begins with 0x47455420");
    refused("44534150 0000 0002 00000000 00000000", "version 0");
    refused("44534150 0001 0002 00000000 00000001", "says 1 bytes and 0 came");
    refused("44534150 0001 0002 00000000 FFFFFFFF", "says 4294967295");
    refused("44534150 0001 0002 00000000 00000FF1", "at most 4080 bytes");
  }

  @Test
  void shouldNameTheFieldThatIsWrong() {
    refused("44534150 0001 0013 00000000 00000004 0005 6162", "volume name needs 5 bytes and 2");
    refused("44534150 0001 0013 00000000 00000004 0002 C328", "volume name is not UTF-8");
    refused("44534150 0001 0020 00000000 00000004 0001 61 09", "unknown open mode 9");
    refused(
        "44534150 0001 0001 00000000 0000002A 0000 0000 00000000 0000" + "00".repeat(32),
        "protocol version is 0");
    refused(
        "44534150 0001 0001 00000000 0000000A 0001 0000 00000000 0041", "user name needs 65 bytes");
    refused("44534150 0001 0004 00000000 0000001F" + "00".repeat(31), "proof needs 32 bytes");
  }

  @Test
  void shouldRefuseRepliesThatMakeNoSense() {
    byte[] reply =
        MessageCodec.encode(new QueueAttached(0, 1, List.of(new ExtentGrant(0, 0, 4096, 1, 1))));
    reply[23] = 0; // no grants in all, one here
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> MessageCodec.decodeReply(reply))
        .withMessageContaining("more than the queue's 0 in all");
  }

  @Test
  void shouldKeepCodesOfANewerPeerDecodable() throws Exception {
    byte[] error = MessageCodec.encode(new ErrorReply(ErrorCode.LIMIT, "no more"));
    error[16] = (byte) 0xAB;
    assertThat(MessageCodec.decodeReply(error))
        .isEqualTo(new ErrorReply(ErrorCode.UNRECOGNISED, "no more"));
  }

  @Test
  void shouldCutAnErrorMessageBetweenCodePoints() throws Exception {
    String longText = "\uD83D\uDE00".repeat(300) + '\uD83D';
    ErrorReply reply = new ErrorReply(ErrorCode.INTERNAL, longText);
    assertThat(reply.message()).isEqualTo("\uD83D\uDE00".repeat(256));
    assertThat(new ErrorReply(ErrorCode.INTERNAL, "half \uD83D").message()).isEqualTo("half ?");
    assertThat(MessageCodec.decodeReply(MessageCodec.encode(reply))).isEqualTo(reply);
  }

  @Test
  void shouldRefuseTextThatDoesNotFitItsField() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new OpenVolume("x".repeat(256), OpenMode.READ_ONLY, Optional.empty(), false, false))
        .withMessage("volume name is 256 bytes in UTF-8, more than 255");
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new OpenVolume("\uD800", OpenMode.READ_ONLY, Optional.empty(), false, false))
        .withMessage("volume name has half a surrogate pair");
  }

  @Test
  void shouldHaveDistinctStableErrorCodes() {
    assertThat(ErrorCode.values()).extracting(ErrorCode::wire).doesNotHaveDuplicates();
    assertThat(ErrorCode.UNKNOWN_VOLUME.wire()).isEqualTo(1);
    assertThat(ErrorCode.VERSION.wire()).isEqualTo(19);
    assertThat(ErrorCode.NOT_PERMITTED.wire()).isEqualTo(21);
    for (ErrorCode code : ErrorCode.values()) {
      assertThat(ErrorCode.fromWire(code.wire())).isEqualTo(code);
    }
  }

  @Test
  void shouldPreferTheBestMethodBothHave() {
    Set<DurabilityMethod> all = Set.of(DurabilityMethod.values());
    assertThat(DurabilityMethod.best(all, all)).contains(DurabilityMethod.RDMA_FLUSH);
    assertThat(DurabilityMethod.best(all, Set.of(DurabilityMethod.SERVER_PERSIST)))
        .contains(DurabilityMethod.SERVER_PERSIST);
    assertThat(DurabilityMethod.best(all, Set.of())).isEmpty();
  }

  @Test
  void shouldDropDurabilityBitsItDoesNotKnow() throws Exception {
    byte[] hello = MessageCodec.encode(new Hello(1, "", Set.of(), "", Bytes32.ZEROS));
    Arrays.fill(hello, 20, 24, (byte) 0xFF);
    assertThat(((Hello) MessageCodec.decodeRequest(hello)).durability())
        .containsExactly(DurabilityMethod.values());
  }

  @Test
  void shouldPageGrants() {
    List<ExtentGrant> all = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      all.add(new ExtentGrant(0, (long) i << 21, 1L << 21, i, i));
    }
    List<ExtentGrant> got = new ArrayList<>();
    QueueAttached page;
    do {
      page = QueueAttached.page(all, got.size());
      assertThat(MessageCodec.encode(page).length).isLessThanOrEqualTo(4096);
      got.addAll(page.grants());
    } while (page.more());
    assertThat(got).isEqualTo(all);
    assertThat(QueueAttached.page(all, 0).grants()).hasSize(QueueAttached.MAX_GRANTS);
    assertThat(QueueAttached.page(all, 300).grants()).isEmpty();
    assertThat(QueueAttached.page(all, 300).more()).isFalse();
  }

  @Test
  void shouldPageNothingBeyondTheEnd() throws Exception {
    List<ExtentGrant> one = List.of(new ExtentGrant(0, 0, 4096, 1, 1));
    for (int first : new int[] {1, 2, Integer.MAX_VALUE}) {
      QueueAttached page = QueueAttached.page(one, first);
      assertThat(page).isEqualTo(new QueueAttached(first, 1, List.of()));
      assertThat(page.more()).isFalse();
      assertThat(MessageCodec.decodeReply(MessageCodec.encode(page))).isEqualTo(page);
    }
  }

  @Test
  void shouldRefuseAnIndexThatNoListHas() {
    byte[] attach = MessageCodec.encode(new AttachQueue(QueueToken.random(), Integer.MAX_VALUE));
    attach[32] = (byte) 0x80;
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> MessageCodec.decodeRequest(attach))
        .withMessageContaining("first grant is -2130706433");
    byte[] info = MessageCodec.encode(new ServerInfo(0));
    info[16] = (byte) 0x80;
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> MessageCodec.decodeRequest(info))
        .withMessageContaining("first pool is -2147483648");
  }

  @Test
  void shouldPageTheLargestVolumes() {
    VolumeInfo largest =
        new VolumeInfo("n".repeat(255), 1, "p".repeat(1024), 1, Set.of(), VolumeState.READY);
    VolumeList page = VolumeList.page(Collections.nCopies(10, largest));
    assertThat(page.volumes()).hasSize(3);
    assertThat(page.more()).isTrue();
    assertThat(MessageCodec.encode(page).length).isLessThanOrEqualTo(4096);
    assertThat(VolumeList.page(List.of()).more()).isFalse();
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> MessageCodec.encode(new VolumeList(Collections.nCopies(10, largest), false)))
        .withMessageContaining("at most 4096 bytes");
  }

  @Test
  void shouldPagePools() {
    PoolInfo pool = new PoolInfo("p".repeat(1024), 1, 1, Persistence.VOLATILE);
    InstanceId id = InstanceId.random();
    List<PoolInfo> pools = Collections.nCopies(5, pool);
    ServerInfoReply first = ServerInfoReply.page(id, "n".repeat(255), "v".repeat(255), pools, 0);
    assertThat(first.pools()).hasSize(3);
    assertThat(first.more()).isTrue();
    assertThat(MessageCodec.encode(first).length).isLessThanOrEqualTo(4096);
    ServerInfoReply second = ServerInfoReply.page(id, "n", "v", pools, 3);
    assertThat(second.pools()).hasSize(2);
    assertThat(second.more()).isFalse();
    assertThat(ServerInfoReply.page(id, "n", "v", pools, -1).pools()).isEmpty();
  }

  @Test
  void shouldNotGiveSecretsToLogs() {
    QueueToken token = QueueToken.random();
    assertThat(new QueuePrepared(token, 0, 1).toString())
        .doesNotContain(Long.toString(token.high()))
        .doesNotContain(Long.toHexString(token.low()));
    assertThat(new ExtentGrant(0, 0, 1, 2, 987_654_321).toString()).doesNotContain("987654321");
    assertThat(QueueToken.random()).isNotEqualTo(token);
  }

  @Test
  void shouldIgnorePaddingAfterConnectData() throws Exception {
    ConnectData data = new ConnectData(QueueToken.random());
    assertThat(ConnectData.decode(Arrays.copyOf(data.encode(), 56))).isEqualTo(data);
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> ConnectData.decode(new byte[56]))
        .withMessageContaining("not a DSA data queue");
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> ConnectData.decode(new byte[0]));
  }

  private static void refused(String hex, String why) {
    assertThatExceptionOfType(ProtocolException.class)
        .isThrownBy(() -> MessageCodec.decodeRequest(bytes(hex)))
        .withMessageContaining(why);
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  /** Returns a message with an option that nobody knows, two bytes long, at the end of its body. */
  private static byte[] withOption(byte[] message) {
    ByteBuffer out = ByteBuffer.allocate(message.length + 6);
    out.put(message).putShort((short) 0x7FFF).putShort((short) 2).putShort((short) 0x1234);
    out.putInt(12, message.length - 16 + 6);
    return out.array();
  }

  @Test
  void shouldEncodeAHeartbeatAsNothingButAHeader() {
    assertThat(MessageCodec.encode(new Heartbeat())).isEqualTo(bytes(HEADER_OF_HEARTBEAT));
  }
}
