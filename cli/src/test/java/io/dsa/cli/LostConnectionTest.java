package io.dsa.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.client.DsaException;
import io.dsa.client.DsaException.Category;
import io.dsa.client.IoStatus;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class LostConnectionTest {
  private static final String SERVER = "host1:7470";
  private final List<String> asked = new ArrayList<>();

  private String run(LostConnection.Work<String> work, RuntimeException answer) throws IOException {
    return LostConnection.explained(
        work,
        () -> {
          asked.add(SERVER);
          if (answer != null) {
            throw answer;
          }
        },
        loss -> LostConnection.refused(SERVER, "ada", loss));
  }

  private static DsaException of(Category category) {
    return new DsaException(category, "in the words of the library");
  }

  private static LostConnection.Work<String> failing(RuntimeException e) {
    return () -> {
      throw e;
    };
  }

  static Stream<RuntimeException> losses() {
    return Stream.of(
        of(Category.DISCONNECTED),
        of(Category.REFUSED),
        StatusFailure.of(IoStatus.DISCONNECTED, SERVER, "v", 0),
        StatusFailure.of(IoStatus.ACCESS_DENIED, SERVER, "v", 0));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void shouldSayThatTheUserIsNotLetInAnyMore(RuntimeException loss) {
    assertThatThrownBy(() -> run(failing(loss), of(Category.NOT_PERMITTED)))
        .hasCause(loss)
        .isInstanceOfSatisfying(
            CliException.class,
            e -> {
              assertThat(e.exitCode()).isEqualTo(ExitCode.NOT_PERMITTED);
              assertThat(e.exitCode().status()).isEqualTo(20);
            })
        .hasMessage(
            "server host1:7470: the connection was ended, and user ada is not let in any more: it was"
                + " removed, or has another secret");
    assertThat(asked).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void shouldSayWhatWasLostWhereTheServerLetsItInAgain(RuntimeException loss) {
    assertThatThrownBy(() -> run(failing(loss), null)).isSameAs(loss);
    assertThat(asked).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(value = Category.class, mode = EnumSource.Mode.EXCLUDE, names = "NOT_PERMITTED")
  void shouldTakeNothingElseForARefusal(Category category) {
    RuntimeException loss = of(Category.DISCONNECTED);

    assertThatThrownBy(() -> run(failing(loss), of(category))).isSameAs(loss);
  }

  @ParameterizedTest
  @EnumSource(
      value = Category.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"DISCONNECTED", "REFUSED"})
  void shouldAskAboutNothingButALoss(Category category) {
    RuntimeException failure = of(category);

    assertThatThrownBy(() -> run(failing(failure), of(Category.NOT_PERMITTED))).isSameAs(failure);
    assertThat(asked).isEmpty();
  }

  @Test
  void shouldAskNothingWhereAllIsWell() throws IOException {
    assertThat(run(() -> "done", of(Category.NOT_PERMITTED))).isEqualTo("done");
    assertThatThrownBy(() ->
            run(
                () -> {
                  throw new IOException("the file");
                },
                of(Category.NOT_PERMITTED)))
        .isInstanceOf(IOException.class);
    assertThat(asked).isEmpty();
  }
}
