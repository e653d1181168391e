package io.dsa.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.protocol.HelloReply;
import io.dsa.protocol.InstanceId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HandoverTest {
  private static final String BOOT = "5b5c0f6e-0f4e-4b0e-8f9e-3a0a4a3f8f11";
  private static final InstanceId FIRST = InstanceId.random();
  private static final InstanceId SECOND = InstanceId.random();

  @TempDir private Path directory;
  private StateDirectory state;

  @BeforeEach
  void open() {
    state = StateDirectory.open(directory.resolve("state"));
  }

  @AfterEach
  void close() {
    state.close();
  }

  @Test
  void shouldContinueEveryRunOfAnUnbrokenLine() {
    Handover.take(state, BOOT).leave(FIRST);
    Handover second = Handover.take(state, BOOT);
    assertThat(second.continued()).containsExactly(FIRST);
    second.leave(SECOND);
    assertThat(Handover.take(state, BOOT).continued()).containsExactly(SECOND, FIRST);
  }

  @Test
  void shouldBeTakenOnce() {
    Handover.take(state, BOOT).leave(FIRST);
    assertThat(Handover.take(state, BOOT).continued()).isNotEmpty();
    // This run crashed: it left nothing.
    assertThat(Handover.take(state, BOOT).continued()).isEmpty();
  }

  @Test
  void shouldBePutBackByARunThatServedNobody() {
    Handover.take(state, BOOT).leave(FIRST);
    Handover.take(state, BOOT).putBack();
    assertThat(Handover.take(state, BOOT).continued()).containsExactly(FIRST);
    Handover.take(state, BOOT).putBack();
    assertThat(state.handover()).doesNotExist();
  }

  @Test
  void shouldPromiseNothingOverAnotherBoot() {
    Handover.take(state, BOOT).leave(FIRST);
    assertThat(Handover.take(state, "another").continued()).isEmpty();
  }

  @Test
  void shouldForgetTheEarliestOfALongLine() {
    for (int i = 0; i < HelloReply.MAX_CONTINUED + 3; i++) {
      Handover.take(state, BOOT).leave(InstanceId.random());
    }
    Handover last = Handover.take(state, BOOT);
    assertThat(last.continued()).hasSize(HelloReply.MAX_CONTINUED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", BOOT, BOOT + "\n", BOOT + "\nnothing\n", BOOT + "\n \n", "\n\n\n"})
  void shouldPromiseNothingByAFileThatMakesNoSense(String text) throws IOException {
    Files.writeString(state.handover(), text);
    assertThat(Handover.take(state, BOOT).continued()).isEmpty();
    assertThat(state.handover()).doesNotExist();
  }

  /**
   * A damaged file keeps no server from starting: its clients hear that they have to write again.
   */
  @Test
  void shouldPromiseNothingByAFileThatIsNoText() throws IOException {
    Files.write(state.handover(), new byte[] {(byte) 0xff, (byte) 0xc3, 0x28, 0, (byte) 0x80});
    assertThat(Handover.take(state, BOOT).continued()).isEmpty();
    assertThat(state.handover()).doesNotExist();
  }
}
