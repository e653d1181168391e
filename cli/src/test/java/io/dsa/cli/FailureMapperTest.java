package io.dsa.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.dsa.sal.StorageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class FailureMapperTest {
  @ParameterizedTest
  @EnumSource
  void shouldGiveEveryFailureOfStorageACodeAndItsOwnWords(StorageException.Category category) {
    FailureMapper.Failure failure =
        FailureMapper.describe(new StorageException(category, "the thing, and what to do"));

    assertThat(failure.exitCode()).isNotIn(ExitCode.OK, ExitCode.INTERNAL, ExitCode.USAGE);
    String remedy =
        switch (category) {
          case CORRUPT -> "; 'dsa pool check' shows what is wrong and what is left";
          case TOO_NEW -> "; use the DSA that formatted it, or a newer one";
          default -> "";
        };
    assertThat(failure.line()).isEqualTo("the thing, and what to do" + remedy);
  }

  @Test
  void shouldLookBehindTheWrapperOfAnIoFailure() {
    FailureMapper.Failure failure =
        FailureMapper.describe(new UncheckedIOException(new AccessDeniedException("/x")));

    assertThat(failure).isEqualTo(new FailureMapper.Failure(ExitCode.IO, "/x: permission denied"));
  }

  @Test
  void shouldSayWhatToInstallWhereTheLibraryDoesNotLoad() {
    Throwable missing =
        new ExceptionInInitializerError(
            new UnsatisfiedLinkError("librdmacm.so.1: cannot open shared object file"));

    FailureMapper.Failure failure = FailureMapper.describe(missing);

    assertThat(failure.exitCode()).isEqualTo(ExitCode.NO_DEVICE);
    assertThat(failure.line()).contains("librdmacm.so.1").contains("rdma-core");
  }

  @Test
  void shouldPrintOneLineWhateverTheMessageHolds() {
    StringWriter err = new StringWriter();

    int status =
        FailureMapper.report(
            new IOException("two\nlines and \033[31mred\033[0m"), new PrintWriter(err), false);

    assertThat(status).isEqualTo(ExitCode.IO.status());
    assertThat(err.toString())
        .isEqualTo("dsa: two lines and ?[31mred?[0m" + System.lineSeparator());
  }

  @Test
  void shouldCallWhatItDoesNotKnowADefect() {
    FailureMapper.Failure failure = FailureMapper.describe(new IllegalStateException("oops"));

    assertThat(failure.exitCode()).isEqualTo(ExitCode.INTERNAL);
    assertThat(failure.line()).contains("oops").contains("--verbose");
  }

  @Test
  void shouldGiveEveryExitCodeANumberOfItsOwn() {
    Set<Integer> numbers = new HashSet<>();
    for (ExitCode code : ExitCode.values()) {
      assertThat(numbers.add(code.status())).as("%s", code).isTrue();
      // From 126 on they belong to shells and signals.
      assertThat(code.status()).isBetween(0, 125);
    }
  }
}
