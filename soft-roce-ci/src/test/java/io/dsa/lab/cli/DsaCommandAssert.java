package io.dsa.lab.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.assertj.core.api.AbstractAssert;

/** What users may expect of a command, whether it works or fails. */
final class DsaCommandAssert extends AbstractAssert<DsaCommandAssert, DsaCommand> {
  private DsaCommandAssert(DsaCommand actual) {
    super(actual, DsaCommandAssert.class);
  }

  static DsaCommandAssert assertThatCommand(DsaCommand actual) {
    return new DsaCommandAssert(actual).as("%s", actual);
  }

  DsaCommandAssert succeeded() {
    assertThat(actual.status()).as("%s", actual).isZero();
    assertThat(actual.err()).as("stderr").isEmpty();
    return this;
  }

  DsaCommandAssert printed(String... words) {
    assertThat(actual.out()).as("stdout").contains(words);
    return this;
  }

  /** With this status, in time, and in one line that has all the words. */
  DsaCommandAssert failed(int status, String... words) throws IOException, InterruptedException {
    assertThat(actual.status()).as("%s", actual).isEqualTo(status);
    assertThat(actual.err().lines()).as("%s", actual).hasSize(1);
    assertThat(actual.err()).startsWith("dsa: ");
    assertThat(words).allSatisfy(word -> assertThat(actual.err()).contains(word));
    assertThat(actual.out()).as("stdout").isEmpty();
    assertThat(actual.failing()).as("%s", actual).isLessThan(DsaCommand.ERROR_BOUND);
    return this;
  }
}
