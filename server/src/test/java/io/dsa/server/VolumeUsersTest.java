package io.dsa.server;

import static io.dsa.protocol.OpenMode.READ_ONLY;
import static io.dsa.protocol.OpenMode.READ_WRITE;
import static io.dsa.protocol.OpenMode.SHARED_WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.protocol.ErrorCode;
import io.dsa.protocol.OpenMode;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class VolumeUsersTest {
  private static final UUID VOLUME = new UUID(1, 2);

  private final VolumeUsers users = new VolumeUsers();

  @ParameterizedTest
  @CsvSource({
    "READ_ONLY, READ_ONLY, true",
    "READ_ONLY, READ_WRITE, true",
    "READ_ONLY, SHARED_WRITE, true",
    "READ_WRITE, READ_ONLY, true",
    "READ_WRITE, READ_WRITE, false",
    "READ_WRITE, SHARED_WRITE, false",
    "SHARED_WRITE, READ_ONLY, true",
    "SHARED_WRITE, READ_WRITE, false",
    "SHARED_WRITE, SHARED_WRITE, true",
  })
  void shouldLetOneExclusiveWriterKeepOthersOut(OpenMode first, OpenMode second, boolean admitted) {
    users.open(VOLUME, "v", first);

    if (admitted) {
      assertThatCode(() -> users.open(VOLUME, "v", second)).doesNotThrowAnyException();
    } else {
      assertThatThrownBy(() -> users.open(VOLUME, "v", second))
          .isInstanceOfSatisfying(
              RequestException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.VOLUME_BUSY));
    }
  }

  @Test
  void shouldAdmitAWriterOnceTheOtherHasClosed() {
    users.open(VOLUME, "v", READ_WRITE);
    users.close(VOLUME, READ_WRITE);

    assertThatCode(() -> users.open(VOLUME, "v", SHARED_WRITE)).doesNotThrowAnyException();
  }

  @Test
  void shouldTellAWriterThatComesBackWhetherAnotherWasThere() {
    UUID one = new UUID(3, 1);
    UUID another = new UUID(3, 2);

    assertThat(users.taken(VOLUME, one, false)).isFalse();
    assertThat(users.taken(VOLUME, one, true)).isFalse();
    assertThat(users.taken(VOLUME, another, false)).isTrue();
    assertThat(users.taken(new UUID(1, 3), another, false)).isFalse();
    users.forget(VOLUME);
    assertThat(users.taken(VOLUME, another, false)).isFalse();
  }

  /**
   * Its answer may be lost; and whoever gave up has written nothing that others must not follow.
   */
  @Test
  void shouldTellAWriterThatWouldGoOnTheSameHoweverOftenItAsks() {
    UUID one = new UUID(3, 1);
    UUID another = new UUID(3, 2);
    users.taken(VOLUME, one, false);
    users.taken(VOLUME, another, false);

    assertThat(users.taken(VOLUME, one, true)).isTrue();
    assertThat(users.taken(VOLUME, one, true)).isTrue();
    assertThat(users.taken(VOLUME, another, true)).isFalse();
  }

  @Test
  void shouldKeepVolumesApart() {
    users.open(VOLUME, "v", READ_WRITE);

    assertThatCode(() -> users.open(new UUID(1, 3), "w", READ_WRITE)).doesNotThrowAnyException();
  }

  @Test
  void shouldNotRunWhatNeedsAnUnusedVolumeWhileSomebodyHasIt() {
    AtomicBoolean ran = new AtomicBoolean();
    users.open(VOLUME, "v", READ_ONLY);

    assertThatThrownBy(() -> users.whileUnused(VOLUME, "v", () -> ran.getAndSet(true)))
        .hasMessageContaining("open by 1 client");
    assertThat(ran).isFalse();

    users.close(VOLUME, READ_ONLY);
    users.whileUnused(VOLUME, "v", () -> ran.getAndSet(true));
    assertThat(ran).isTrue();
  }

  @Test
  void shouldNotCountARefusedOpen() {
    users.open(VOLUME, "v", SHARED_WRITE);
    assertThatThrownBy(() -> users.open(VOLUME, "v", READ_WRITE));
    users.close(VOLUME, SHARED_WRITE);

    assertThatCode(() -> users.open(VOLUME, "v", READ_WRITE)).doesNotThrowAnyException();
  }

  @Test
  void shouldKeepOutWhoComesBackForAVolumeThatIsTaken() {
    users.keepingOut(
        VOLUME,
        () ->
            assertThatThrownBy(() -> users.open(VOLUME, "v", READ_ONLY))
                .isInstanceOfSatisfying(
                    RequestException.class,
                    e -> assertThat(e.code()).isEqualTo(ErrorCode.VOLUME_BUSY))
                .hasMessageContaining("being deleted"));

    assertThatCode(() -> users.open(VOLUME, "v", READ_ONLY)).doesNotThrowAnyException();
  }

  @Test
  void shouldWaitForWhoIsLettingGo() throws Exception {
    users.open(VOLUME, "v", READ_WRITE);
    assertThat(users.awaitUnused(VOLUME, Duration.ofMillis(20))).isFalse();
    Thread closing = Thread.ofPlatform().start(() -> users.close(VOLUME, READ_WRITE));

    assertThat(users.awaitUnused(VOLUME, Duration.ofSeconds(20))).isTrue();
    closing.join();
  }
}
