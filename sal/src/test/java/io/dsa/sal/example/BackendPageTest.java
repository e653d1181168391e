package io.dsa.sal.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * The page on adding a backend shows this package, to the letter. {@code -Ddsa.docs.write=true}
 * makes it do so.
 */
class BackendPageTest {
  private static final Path PROJECT = Path.of("..");
  private static final Path PAGE = PROJECT.resolve("docs/adding-a-backend.md");

  /** A line that is a file's name, and the block that shows the file. */
  private static final Pattern SHOWN =
      Pattern.compile(
          "^`(sal/src/test/[^`]+)`\n\n```(\\w*)\n.*?^```$", Pattern.MULTILINE | Pattern.DOTALL);

  @Test
  void shouldShowWhatIsTested() throws IOException {
    String page = Files.readString(PAGE);
    String current =
        SHOWN.matcher(page).replaceAll(shown -> Matcher.quoteReplacement(block(shown)));
    if (Boolean.getBoolean("dsa.docs.write")) {
      Files.writeString(PAGE, current);
      page = current;
    }
    assertThat(SHOWN.matcher(page).results()).hasSize(4);
    assertThat(page).isEqualTo(current);
  }

  private static String block(MatchResult shown) {
    try {
      return "`%s`\n\n```%s\n%s```"
          .formatted(
              shown.group(1), shown.group(2), Files.readString(PROJECT.resolve(shown.group(1))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
