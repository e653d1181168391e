package io.dsa.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.client.DsaException;
import io.dsa.client.DsaException.Category;
import io.dsa.client.IoStatus;
import io.dsa.protocol.ErrorCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowingConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class LostConnectionTest {
  private static final String SERVER = "host1:7470";
  private final List<String> asked = new ArrayList<>();

  private LostConnection connection(RuntimeException answer) {
    return new LostConnection(
        SERVER,
        "ada",
        () -> {
          asked.add(SERVER);
          if (answer != null) {
            throw answer;
          }
        });
  }

  private String run(LostConnection.Work<String> work, RuntimeException answer) throws IOException {
    LostConnection connection = connection(answer);
    return connection.explained(() -> {
      connection.made();
      return work.run();
    });
  }

  private static DsaException notLetIn() {
    return new DsaException(ErrorCode.AUTHENTICATION_FAILED, "authentication failed");
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
    assertThatThrownBy(() -> run(failing(loss), notLetIn()))
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
  void shouldSayThatTheServerIsThereWhereItLetsTheUserInAgain(RuntimeException loss) {
    assertThatThrownBy(() -> run(failing(loss), null))
        .satisfies(
            saying(
                loss,
                "; the server is there: it was restarted, an admin ended the session, or the network"
                    + " failed"));
    assertThat(asked).hasSize(1);
  }

  private static ThrowingConsumer<Throwable> saying(RuntimeException loss, String more) {
    return thrown -> {
      assertThat(FailureMapper.describe(thrown))
          .isEqualTo(new FailureMapper.Failure(ExitCode.DISCONNECTED, loss.getMessage() + more));
      assertThat(thrown).hasCause(loss);
    };
  }

  /** It says by itself what to do. */
  @Test
  void shouldSayARefusalAsItIsWhereTheServerIsGone() {
    RuntimeException refused = of(Category.REFUSED);

    assertThatThrownBy(() -> run(failing(refused), of(Category.UNREACHABLE))).isSameAs(refused);
  }

  /** As a benchmark does that connects again by itself. */
  @Test
  void shouldSayThatTheUserIsNotLetInAnyMoreWhereTheWorkHearsIt() {
    RuntimeException heard = notLetIn();

    assertThatThrownBy(() -> run(failing(heard), null))
        .hasCause(heard)
        .hasMessageContaining("user ada is not let in any more");
    assertThat(asked).isEmpty();
  }

  /** Who was never let in has perhaps the wrong secret. */
  @Test
  void shouldSayAsItIsThatTheUserWasNotLetInAtFirst() {
    RuntimeException heard = notLetIn();

    assertThatThrownBy(() -> connection(null).explained(failing(heard))).isSameAs(heard);
  }

  /** What is not said by the server, or says something else of it, is no matter of the user's. */
  static Stream<RuntimeException> otherRefusals() {
    return Stream.of(
        new DsaException(Category.NOT_PERMITTED, "server h:1 cannot prove that it knows user ada"),
        new DsaException(Category.NOT_PERMITTED, "server h:1 authenticates nobody"),
        new DsaException(ErrorCode.NOT_PERMITTED, "user ada lacks the right 'write' on volume v"),
        new CliException(ExitCode.NOT_PERMITTED, "server h:1 asks who you are"));
  }

  @ParameterizedTest
  @MethodSource("otherRefusals")
  void shouldShowAnotherRefusalAsItIs(RuntimeException answer) {
    RuntimeException loss = of(Category.DISCONNECTED);

    assertThatThrownBy(() -> run(failing(loss), answer))
        .isSameAs(answer)
        .hasSuppressedException(loss);
    assertThat(FailureMapper.describe(answer))
        .isEqualTo(new FailureMapper.Failure(ExitCode.NOT_PERMITTED, answer.getMessage()));
  }

  @ParameterizedTest
  @EnumSource(value = Category.class, mode = EnumSource.Mode.EXCLUDE, names = "NOT_PERMITTED")
  void shouldTakeNothingElseForARefusal(Category category) {
    RuntimeException loss = of(Category.DISCONNECTED);

    assertThatThrownBy(() -> run(failing(loss), of(category)))
        .satisfies(saying(loss, "; is the server still running?"));
  }

  @ParameterizedTest
  @EnumSource(
      value = Category.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"DISCONNECTED", "REFUSED"})
  void shouldAskAboutNothingButALoss(Category category) {
    RuntimeException failure = of(category);

    assertThatThrownBy(() -> run(failing(failure), notLetIn())).isSameAs(failure);
    assertThat(asked).isEmpty();
  }

  @Test
  void shouldNotLoseTheLossToADefect() {
    RuntimeException loss = of(Category.DISCONNECTED);
    RuntimeException defect = new IllegalStateException("oops");

    assertThatThrownBy(() -> run(failing(loss), defect))
        .satisfies(saying(loss, "; is the server still running?"));
    assertThat(loss).hasSuppressedException(defect);
  }

  /** Where nobody listens, the command is over at once. */
  @Test
  void shouldNotAskAgainWhereTheFirstConnectionWasRefused() {
    RuntimeException refused = of(Category.REFUSED);

    assertThatThrownBy(() -> connection(notLetIn()).explained(failing(refused))).isSameAs(refused);
    assertThat(asked).isEmpty();
  }

  @Test
  void shouldAskNothingWhereAllIsWell() throws IOException {
    assertThat(run(() -> "done", notLetIn())).isEqualTo("done");
    assertThatThrownBy(() ->
            run(
                () -> {
                  throw new IOException("the file");
                },
                notLetIn()))
        .isInstanceOf(IOException.class);
    assertThat(asked).isEmpty();
  }
}
