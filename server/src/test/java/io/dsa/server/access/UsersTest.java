package io.dsa.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dsa.protocol.Bytes32;
import io.dsa.protocol.Challenge;
import io.dsa.protocol.Hello;
import io.dsa.protocol.KeptKeys;
import io.dsa.protocol.MessageCodec;
import io.dsa.protocol.OpenMode;
import io.dsa.protocol.Secret;
import io.dsa.protocol.Transcript;
import io.dsa.server.access.AccessException.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UsersTest {
  private static final UUID VOLUME = new UUID(1, 2);
  private static final Duration HOUR = Duration.ofHours(1);

  @TempDir private Path parent;
  private Instant now = Instant.parse("2026-01-01T00:00:00.000999Z");
  private final InstantSource clock = () -> now;
  private StateDirectory directory;
  private Users users;

  @BeforeEach
  void open() {
    directory = StateDirectory.open(parent.resolve("state"));
    users = Users.open(directory, clock);
  }

  @AfterEach
  void close() {
    users.close();
    directory.close();
  }

  private void restart() {
    close();
    open();
  }

  private static Transcript transcript(String name) {
    return Transcript.of(
        MessageCodec.encode(new Hello(1, "test", Set.of(), name, Bytes32.random())),
        MessageCodec.encode(new Challenge(Bytes32.random(), 1, false)));
  }

  private boolean knows(String name, Secret secret) {
    Transcript transcript = transcript(name);
    Optional<Access.Admitted> admitted =
        users.authenticate(name, transcript, transcript.proof(secret));
    boolean byToken = users.authenticateToken(name, secret.adminToken()).isPresent();
    assertThat(byToken).isEqualTo(admitted.isPresent());
    admitted.ifPresent(who -> assertThat(who.user().name()).isEqualTo(name));
    return admitted.isPresent();
  }

  private static void refused(Reason reason, Runnable what) {
    assertThatThrownBy(what::run)
        .isInstanceOfSatisfying(
            AccessException.class, e -> assertThat(e.reason()).isEqualTo(reason))
        .message()
        .hasLineCount(1);
  }

  @Test
  void shouldMakeAnAdminAtTheFirstStartAndNeverAgain() throws IOException {
    Path file = directory.adminCredentials();
    String line = Files.readString(file);
    Secret secret = Secret.parse(line.strip().substring("admin:".length()));

    assertThat(users.isFirstStart()).isTrue();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(users.list()).extracting(User::name).containsExactly("admin");
    assertThat(users.list().getFirst().admin()).isTrue();
    assertThat(knows("admin", secret)).isTrue();
    restart();
    assertThat(users.isFirstStart()).isFalse();
    assertThat(knows("admin", secret)).isTrue();
    assertThat(file).hasContent(line.strip());
  }

  /** Power fails after the credentials are written and before there is a user. */
  @Test
  void shouldBeginAgainAfterAFirstStartThatWasCutShort() throws IOException {
    users.close();
    Files.delete(directory.users());
    String stale = Files.readString(directory.adminCredentials());

    users = Users.open(directory, clock);

    String line = Files.readString(directory.adminCredentials());
    assertThat(line).isNotEqualTo(stale);
    assertThat(knows("admin", Secret.parse(line.strip().substring("admin:".length())))).isTrue();
  }

  @Test
  void shouldKeepEverythingOverARestart() {
    Secret secret = users.add("\u0410\u0434\u0430", false, Quotas.NONE.with(Quota.QUEUES, 3));
    users.setRights("\u0410\u0434\u0430", VOLUME, Set.of(Right.READ, Right.MANAGE));
    User before = users.find("\u0410\u0434\u0430").orElseThrow();

    restart();

    assertThat(users.find("\u0410\u0434\u0430")).contains(before);
    assertThat(before.rights()).isEqualTo(Map.of(VOLUME, Set.of(Right.READ, Right.MANAGE)));
    assertThat(before.quotas().of(Quota.QUEUES)).hasValue(3);
    assertThat(knows("\u0410\u0434\u0430", secret)).isTrue();
  }

  @Test
  void shouldKeepNoSecret() throws IOException {
    Secret secret = users.add("ada", false, Quotas.NONE);

    byte[] file = Files.readAllBytes(directory.users());
    String text = new String(file, StandardCharsets.ISO_8859_1);
    byte[] raw = Bytes32.parse(secret.toText().substring(4)).toBytes();

    assertThat(text)
        .doesNotContain(secret.toText())
        .doesNotContain(new String(raw, StandardCharsets.ISO_8859_1))
        .doesNotContain(new String(secret.adminToken().toBytes(), StandardCharsets.ISO_8859_1));
  }

  @Test
  void shouldKnowNeitherStrangersNorWrongSecrets() {
    Secret secret = users.add("ada", false, Quotas.NONE);

    assertThat(knows("ada", Secret.random())).isFalse();
    assertThat(knows("bob", secret)).isFalse();
    assertThat(knows("", secret)).isFalse();
    assertThat(users.authenticate("ada", transcript("ada"), Bytes32.ZEROS)).isEmpty();
  }

  @Test
  void shouldNotTakeAProofTwice() {
    Secret secret = users.add("ada", false, Quotas.NONE);
    Transcript seen = transcript("ada");
    Bytes32 proof = seen.proof(secret);

    assertThat(users.authenticate("ada", seen, proof)).isPresent();
    assertThat(users.authenticate("ada", transcript("ada"), proof)).isEmpty();
  }

  @Test
  void shouldRefuseADuplicateHoweverItIsTyped() {
    users.add("Zo\u00eb", false, Quotas.NONE);

    refused(Reason.USER_EXISTS, () -> users.add("Zoe\u0308", true, Quotas.NONE));
    assertThat(users.find("Zo\u00eb").orElseThrow().admin()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a:b", "-a", "a\u202eb", "a\nb", "\u200b"})
  void shouldRefuseANameThatIsNone(String name) {
    refused(Reason.INVALID, () -> users.add(name, false, Quotas.NONE));
  }

  @Test
  void shouldTakeBothSecretsUntilTheStatedInstant() {
    Secret old = users.add("ada", false, Quotas.NONE);
    Secret fresh = users.rotate("ada", HOUR);
    Instant rotated = now;

    assertThat(knows("ada", old)).isTrue();
    assertThat(knows("ada", fresh)).isTrue();
    restart();
    now = rotated.plus(HOUR).minusMillis(1);
    assertThat(knows("ada", old)).isTrue();
    now = rotated.plus(HOUR);
    assertThat(knows("ada", old)).isFalse();
    assertThat(knows("ada", fresh)).isTrue();
    restart();
    assertThat(knows("ada", old)).isFalse();
    assertThat(knows("ada", fresh)).isTrue();
  }

  @Test
  void shouldEndTheOldSecretAtOnceWithoutAnOverlap() {
    Secret old = users.add("ada", false, Quotas.NONE);
    Secret fresh = users.rotate("ada", Duration.ZERO);

    assertThat(knows("ada", old)).isFalse();
    assertThat(knows("ada", fresh)).isTrue();
  }

  @Test
  void shouldHaveTwoSecretsAtMost() {
    Secret first = users.add("ada", false, Quotas.NONE);
    Secret second = users.rotate("ada", HOUR);
    Secret third = users.rotate("ada", HOUR);

    assertThat(knows("ada", first)).isFalse();
    assertThat(knows("ada", second)).isTrue();
    assertThat(knows("ada", third)).isTrue();
  }

  @Test
  void shouldRefuseAnOverlapThatMakesNoSense() {
    refused(Reason.INVALID, () -> users.rotate("admin", Duration.ofSeconds(-1)));
    refused(Reason.INVALID, () -> users.rotate("admin", Duration.ofSeconds(Long.MAX_VALUE)));
  }

  @Test
  void shouldEndTheOldSecretEarlyWhereTheClockJumpsAheadAndNotBringItBack() {
    Secret old = users.add("ada", false, Quotas.NONE);
    users.rotate("ada", HOUR);
    Instant rotated = now;

    now = rotated.plus(Duration.ofDays(3650));
    assertThat(knows("ada", old)).isFalse();
    now = rotated;
    assertThat(knows("ada", old)).isFalse();
    restart();
    assertThat(knows("ada", old)).isFalse();
  }

  @Test
  void shouldLetTheOldSecretLiveUntilTheStatedInstantWhereTheClockJumpsBack() {
    Secret old = users.add("ada", false, Quotas.NONE);
    Secret fresh = users.rotate("ada", HOUR);
    Instant rotated = now;

    now = Instant.EPOCH;
    assertThat(knows("ada", old)).isTrue();
    assertThat(knows("ada", fresh)).isTrue();
    now = rotated.plus(HOUR);
    assertThat(knows("ada", old)).isFalse();
  }

  @Test
  void shouldTellOfWhoIsRemovedAndChanged() {
    List<String> told = new ArrayList<>();
    users.addListener(
        new Access.Listener() {
          @Override
          public void removed(User user) {
            assertThat(users.current(user)).isEmpty();
            told.add("removed " + user.name());
          }

          @Override
          public void changed(User user) {
            assertThat(users.current(user)).contains(user);
            told.add("changed " + user.name());
          }
        });
    users.add("ada", false, Quotas.NONE);
    users.setRights("ada", VOLUME, Set.of(Right.READ));
    users.setRights("ada", VOLUME, Set.of(Right.READ));
    users.setAdmin("ada", true);
    users.setQuotas("ada", Quotas.NONE.with(Quota.SESSIONS, 1));
    users.remove("ada");

    assertThat(told).containsExactly("changed ada", "changed ada", "changed ada", "removed ada");
  }

  @Test
  void shouldNotTakeAnotherUserOfTheSameNameForTheOneThatWasRemoved() {
    users.add("ada", false, Quotas.NONE);
    User first = users.find("ada").orElseThrow();
    users.setRights("ada", VOLUME, Set.of(Right.WRITE));
    users.remove("ada");
    users.add("ada", false, Quotas.NONE);

    assertThat(users.current(first)).isEmpty();
    assertThat(users.find("ada").orElseThrow().rights()).isEmpty();
  }

  @Test
  void shouldKeepAnAdmin() {
    refused(Reason.LAST_ADMIN, () -> users.remove("admin"));
    refused(Reason.LAST_ADMIN, () -> users.setAdmin("admin", false));

    users.add("ada", true, Quotas.NONE);
    users.remove("admin");
    assertThat(users.list()).extracting(User::name).containsExactly("ada");
  }

  @Test
  void shouldNameAUserThatIsUnknown() {
    refused(Reason.UNKNOWN_USER, () -> users.remove("bob"));
    refused(Reason.UNKNOWN_USER, () -> users.rotate("bob", HOUR));
    refused(Reason.UNKNOWN_USER, () -> users.setAdmin("bob", true));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void shouldRefuseAQuotaOfNothingByItsName(int bound) {
    for (Quota quota : Quota.values()) {
      assertThatThrownBy(() -> Quotas.NONE.with(quota, bound))
          .isInstanceOf(AccessException.class)
          .hasMessageContaining("quota " + quota.key() + " is " + bound);
    }
  }

  @Test
  void shouldForgetTheRightsOnAVolumeThatIsNoMore() {
    users.add("ada", false, Quotas.NONE);
    users.setRights("ada", VOLUME, Set.of(Right.WRITE));

    users.forgetVolume(VOLUME);
    restart();

    assertThat(users.find("ada").orElseThrow().rights()).isEmpty();
  }

  @Test
  void shouldOpenInTheModesThatARightIsFor() {
    User reader = user(Set.of(Right.READ));
    User writer = user(Set.of(Right.WRITE));
    User manager = user(Set.of(Right.MANAGE));

    assertThat(reader.mayOpen(VOLUME, OpenMode.READ_ONLY)).isTrue();
    assertThat(reader.mayOpen(VOLUME, OpenMode.READ_WRITE)).isFalse();
    assertThat(reader.mayOpen(VOLUME, OpenMode.SHARED_WRITE)).isFalse();
    for (OpenMode mode : OpenMode.values()) {
      assertThat(writer.mayOpen(VOLUME, mode)).isTrue();
      assertThat(manager.mayOpen(VOLUME, mode)).isFalse();
      assertThat(writer.mayOpen(new UUID(3, 4), mode)).isFalse();
    }
    assertThat(manager.sees(VOLUME)).isTrue();
    assertThat(manager.has(Right.MANAGE, VOLUME)).isTrue();
    assertThat(manager.sees(new UUID(3, 4))).isFalse();
  }

  private User user(Set<Right> rights) {
    return new User(UUID.randomUUID(), "u", false, Map.of(VOLUME, rights), Quotas.NONE);
  }

  /** From before names had to be seen. */
  @Test
  void shouldLetInAndRemoveWhoeverHasANameThatNobodyGetsAnyMore() {
    String name = "ad\u200da";
    Secret secret = Secret.random();
    refused(Reason.INVALID, () -> users.add(name, false, Quotas.NONE));
    users.close();
    try (StateFile file = StateFile.open(directory.users())) {
      User old = new User(UUID.randomUUID(), name, false, Map.of(), Quotas.NONE);
      Account account = new Account(old, List.of(Verifier.of(KeptKeys.of(secret))));
      file.write(Accounts.decode(file.bytes()).with(account).encode());
    }

    users = Users.open(directory, clock);

    assertThat(knows(name, secret)).isTrue();
    assertThat(users.setRights(name, VOLUME, Set.of(Right.READ)).sees(VOLUME)).isTrue();
    users.remove(name);
    assertThat(users.find(name)).isEmpty();
  }

  @Test
  void shouldRefuseAFileWhoseBytesAreNoUsers() {
    users.close();
    try (StateFile file = StateFile.open(directory.users())) {
      byte[] bytes = file.bytes();
      file.write(Arrays.copyOf(bytes, bytes.length - 1));
    }

    assertThatThrownBy(() -> Users.open(directory, clock))
        .isInstanceOf(AccessException.class)
        .hasMessageContaining(directory.users().toString())
        .hasMessageContaining("makes no sense");
  }

  @Test
  void shouldRefuseEveryTruncationAndNeverFailInAnotherWay() {
    users.add("ada", false, Quotas.NONE.with(Quota.WINDOWS, 7));
    users.setRights("ada", VOLUME, Set.of(Right.READ));
    users.close();
    byte[] bytes;
    try (StateFile file = StateFile.open(directory.users())) {
      bytes = file.bytes();
    }
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> Accounts.decode(cut)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
