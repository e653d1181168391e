package io.dsa.server.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class NearestNameTest {
  private static final List<String> KNOWN = List.of("force", "overlap-seconds", "name");

  @ParameterizedTest
  @CsvSource({
    "forse, force",
    "Force, force",
    "forc, force",
    "nmae, name",
    "overlap-secs, overlap-seconds",
    "overlap_second, overlap-seconds",
  })
  void shouldFindWhatIsMeant(String given, String meant) {
    assertThat(NearestName.of(given, KNOWN)).contains(meant);
  }

  @ParameterizedTest
  @CsvSource({"''", "x", "size", "unforced"})
  void shouldGuessNothingFromAfar(String given) {
    assertThat(NearestName.of(given, KNOWN)).isEmpty();
  }

  @Test
  void shouldHoldToABound() {
    assertThat(NearestName.of("nmae", KNOWN, _ -> 1)).isEmpty();
    assertThat(NearestName.of("nam", KNOWN, _ -> 1)).contains("name");
    assertThat(NearestName.of("name", List.of())).isEmpty();
  }
}
