package io.dsa.server.access;

import static java.util.stream.Collectors.toUnmodifiableSet;

import io.dsa.protocol.Bytes32;
import io.dsa.protocol.KeptKeys;
import io.dsa.protocol.Secret;
import io.dsa.protocol.Transcript;
import io.dsa.protocol.UserName;
import io.dsa.server.access.AccessException.Reason;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The users of a server. Thread-safe; looking up waits for no change.
 *
 * <p>A change is in force and durable when its method returns, and listeners have been told; where
 * it throws, nothing is changed. {@link AccessException} is all that is thrown.
 *
 * <p>An old secret ends at the instant that was stated when it was replaced, by the wall clock: a
 * clock that is set forward ends it early, one that is set back lets it live as much longer. Once
 * this server has seen it end, which it does within {@link #BETWEEN_LOOKS}, it stays ended,
 * wherever the clock goes. That is written down beside the lookups, once for each end; a new start
 * does not bring the secret back. Where it cannot be written, that is logged, and holds while this
 * server runs.
 */
public final class Users implements Access {
  /** Who is made when there is nobody. */
  public static final String FIRST_ADMIN = "admin";

  /** The longest that an old secret is good beside a new one. */
  public static final Duration LONGEST_OVERLAP = Duration.ofDays(90);

  /** How long a secret may have ended before the server has noticed, and written it down. */
  static final Duration BETWEEN_LOOKS = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(Users.class);

  /** Stands for a secret that nobody knows, so that an unknown user costs what a known one does. */
  private static final KeptKeys NOBODYS = KeptKeys.of(Secret.random());

  private final StateFile file;
  private final InstantSource clock;
  private final boolean firstStart;
  private final List<Listener> listeners = new CopyOnWriteArrayList<>();
  private final ExpiryWatch watch;
  private volatile Accounts accounts;

  /**
   * Secrets of the accounts that lookups have seen to end, until a look takes them out of the
   * accounts. That may have to wait for the disk, and a lookup must not.
   */
  private final AtomicReference<Set<Verifier>> seenEnded = new AtomicReference<>(Set.of());

  /** Whether secrets that ended are still in the file. */
  private boolean endedUnwritten;

  private boolean closed;

  private Users(
      StateFile file,
      InstantSource clock,
      boolean firstStart,
      Accounts accounts,
      Duration betweenLooks) {
    this.file = file;
    this.clock = clock;
    this.firstStart = firstStart;
    this.accounts = accounts;
    watch = new ExpiryWatch(betweenLooks, this::writeEnded);
  }

  /**
   * Reads the users of a server. Where there is no file of them, this is the first start: makes an
   * admin, and writes its credentials beside.
   */
  public static Users open(StateDirectory directory, InstantSource clock) {
    return open(directory, clock, StateFile.SlotWriter::durable, BETWEEN_LOOKS);
  }

  static Users open(
      StateDirectory directory,
      InstantSource clock,
      StateFile.SlotWriter writer,
      Duration betweenLooks) {
    boolean firstStart = Files.notExists(directory.users());
    if (firstStart) {
      makeFirstAdmin(directory);
    }
    StateFile file = StateFile.open(directory.users(), writer);
    try {
      Accounts accounts = Accounts.decode(file.bytes());
      Users users = new Users(file, clock, firstStart, accounts, betweenLooks);
      // What ended while no server ran is over too.
      users.writeEnded();
      return users;
    } catch (IllegalArgumentException e) {
      file.close();
      // Its checksum is right, so the older copy is no remedy.
      throw new AccessException(
          Reason.STATE, directory.users() + ": makes no sense: " + e.getMessage(), e);
    }
  }

  /** The credentials first: without them nobody could use a file that has a user. */
  private static void makeFirstAdmin(StateDirectory directory) {
    Secret secret = Secret.random();
    directory.writeText(directory.adminCredentials(), FIRST_ADMIN + ":" + secret.toText() + "\n");
    Account admin = newAccount(FIRST_ADMIN, true, Quotas.NONE, secret);
    StateFile.create(directory.users(), Accounts.NONE.with(admin).encode());
  }

  private static Account newAccount(String name, boolean admin, Quotas quotas, Secret secret) {
    return new Account(
        new User(UUID.randomUUID(), name, admin, Map.of(), quotas),
        List.of(Verifier.of(KeptKeys.of(secret))));
  }

  /** Whether there was nobody before, and an admin has been made. */
  public boolean isFirstStart() {
    return firstStart;
  }

  @Override
  public boolean isInsecure() {
    return false;
  }

  /** Every user, in the order of their names. */
  public List<User> list() {
    return accounts.all().stream().map(Account::user).toList();
  }

  public Optional<User> find(String name) {
    return accounts.find(name).map(Account::user);
  }

  /**
   * Adds a user without rights.
   *
   * @return its secret, which is nowhere else
   */
  public Secret add(String name, boolean admin, Quotas quotas) {
    Secret secret = Secret.random();
    synchronized (this) {
      String canonical = canonical(name, UserName::canonicalOfNew);
      if (accounts.find(canonical).isPresent()) {
        throw new AccessException(
            Reason.USER_EXISTS,
            "there already is a user named "
                + canonical
                + "; use another name, or remove it first");
      }
      commit(accounts.with(newAccount(canonical, admin, quotas, secret)));
    }
    return secret;
  }

  /**
   * Gives a user a new secret. The one that it replaces stays good for a while beside it, an older
   * one ends at once. Sessions that stand go on.
   *
   * @param overlap how long, from 0, which ends it at once, to {@link #LONGEST_OVERLAP}
   * @return the secret, which is nowhere else
   */
  public Secret rotate(String name, Duration overlap) {
    if (overlap.isNegative() || overlap.compareTo(LONGEST_OVERLAP) > 0) {
      throw new AccessException(
          Reason.INVALID,
          "an overlap of "
              + overlap.toSeconds()
              + " s: the old secret can stay good for 0 to "
              + LONGEST_OVERLAP.toSeconds()
              + " s, which is "
              + LONGEST_OVERLAP.toDays()
              + " days");
    }
    Secret secret = Secret.random();
    synchronized (this) {
      Account account = account(name);
      // As exact as what is written: else it would end at another moment after a new start.
      Instant end = clock.instant().plus(overlap).truncatedTo(ChronoUnit.MILLIS);
      List<Verifier> verifiers = new ArrayList<>();
      verifiers.add(Verifier.of(KeptKeys.of(secret)));
      if (!overlap.isZero()) {
        verifiers.add(account.verifiers().getFirst().until(end));
      }
      commit(accounts.with(new Account(account.user(), verifiers)));
    }
    return secret;
  }

  /** Removes a user; its sessions have ended when this returns. */
  public void remove(String name) {
    User user;
    synchronized (this) {
      user = account(name).user();
      Accounts changed = accounts.without(user.name());
      checkAdminLeft(changed, user.name());
      commit(changed);
    }
    tell(listener -> listener.removed(user));
  }

  /** Makes a user an admin, or takes that from it. */
  public User setAdmin(String name, boolean admin) {
    return change(name, user -> user.withAdmin(admin));
  }

  /**
   * Says what a user may do with a volume.
   *
   * @param rights all that it has from now on; empty for none
   */
  public User setRights(String name, UUID volume, Set<Right> rights) {
    return change(name, user -> user.withRights(volume, rights));
  }

  /** Bounds what a user may have open; what it has open already stays. */
  public User setQuotas(String name, Quotas quotas) {
    return change(name, user -> user.withQuotas(quotas));
  }

  private User change(String name, UnaryOperator<User> change) {
    User changed;
    synchronized (this) {
      Account account = account(name);
      changed = change.apply(account.user());
      if (changed.equals(account.user())) {
        return changed;
      }
      Accounts after = accounts.with(account.with(changed));
      checkAdminLeft(after, changed.name());
      commit(after);
    }
    tell(listener -> listener.changed(changed));
    return changed;
  }

  private static void checkAdminLeft(Accounts after, String name) {
    if (!after.hasAdmin()) {
      throw new AccessException(
          Reason.LAST_ADMIN, "user " + name + " is the only admin; make another user one before");
    }
  }

  private Account account(String name) {
    return accounts
        .find(canonical(name, UserName::canonical))
        .orElseThrow(() ->
            new AccessException(
                Reason.UNKNOWN_USER,
                "there is no user named "
                    + canonical(name, UserName::canonical)
                    + "; see 'dsa user list'"));
  }

  private static String canonical(String name, UnaryOperator<String> rules) {
    try {
      return rules.apply(name);
    } catch (IllegalArgumentException e) {
      throw new AccessException(Reason.INVALID, e.getMessage(), e);
    }
  }

  /** Guarded by this; durable before anybody sees it. */
  private void commit(Accounts changed) {
    Predicate<Verifier> ended = ended();
    // Apart from the change, so that they stay ended where it cannot be written.
    drop(ended);
    Accounts kept = changed.each(account -> account.without(ended));
    file.write(kept.encode());
    accounts = kept;
    endedUnwritten = false;
  }

  private void tell(Consumer<Listener> what) {
    listeners.forEach(what);
  }

  @Override
  public Optional<Admitted> authenticate(String name, Transcript transcript, Bytes32 proof) {
    Optional<Account> account = valid(name);
    Optional<Admitted> admitted = Optional.empty();
    // As many as anybody has, so that it takes the same time whoever it is.
    for (int i = 0; i < Account.MOST_VERIFIERS; i++) {
      Optional<KeptKeys> keys = keys(account, i);
      if (keys.orElse(NOBODYS).accepts(transcript, proof) && keys.isPresent()) {
        admitted = Optional.of(new Admitted(account.orElseThrow().user(), keys));
      }
    }
    return admitted;
  }

  /**
   * Returns the user whose {@link Secret#adminToken} this is; empty for anything else, in the same
   * time.
   */
  public Optional<User> authenticateToken(String name, Bytes32 token) {
    Optional<Account> account = valid(name);
    Optional<User> user = Optional.empty();
    for (int i = 0; i < Account.MOST_VERIFIERS; i++) {
      Optional<KeptKeys> keys = keys(account, i);
      if (keys.orElse(NOBODYS).acceptsToken(token) && keys.isPresent()) {
        user = account.map(Account::user);
      }
    }
    return user;
  }

  private static Optional<KeptKeys> keys(Optional<Account> account, int index) {
    return account
        .filter(known -> index < known.verifiers().size())
        .map(known -> known.verifiers().get(index).keys());
  }

  private Optional<Account> valid(String name) {
    // Before the accounts: a look takes a secret out of those first, and then out of these.
    Predicate<Verifier> ended = ended();
    Optional<Account> account = accounts.find(name);
    if (account.isEmpty() || !account.get().has(ended)) {
      return account;
    }
    Set<Verifier> over =
        account.get().verifiers().stream().filter(ended).collect(toUnmodifiableSet());
    Set<Verifier> before = seenEnded.getAndUpdate(seen -> union(seen, over));
    // Once for each end: looks that wait for the disk would pile up.
    if (!before.containsAll(over)) {
      // Not here: a stranger could tell by the time that the disk takes that there is such a user.
      watch.lookNow();
    }
    return account.map(known -> known.without(ended));
  }

  /** Those whose time is over, or was at a moment before, wherever the clock has gone since. */
  private Predicate<Verifier> ended() {
    // The time first: where another saw the end before the clock was set back, it is seen here.
    Instant now = clock.instant();
    Set<Verifier> seen = seenEnded.get();
    return verifier -> !verifier.isValid(now) || seen.contains(verifier);
  }

  private static Set<Verifier> union(Set<Verifier> some, Set<Verifier> others) {
    return Stream.concat(some.stream(), others.stream()).collect(toUnmodifiableSet());
  }

  /** Guarded by this. From here on they are refused, whatever becomes of the file. */
  private void drop(Predicate<Verifier> ended) {
    if (accounts.all().stream().anyMatch(account -> account.has(ended))) {
      accounts = accounts.each(account -> account.without(ended));
      endedUnwritten = true;
    }
    Accounts kept = accounts;
    // Not all: a lookup may have seen another one end since.
    seenEnded.updateAndGet(seen -> seen.isEmpty() ? seen : intersection(seen, kept));
  }

  private static Set<Verifier> intersection(Set<Verifier> seen, Accounts kept) {
    return kept.all().stream()
        .flatMap(account -> account.verifiers().stream())
        .filter(seen::contains)
        .collect(toUnmodifiableSet());
  }

  /** Takes the secrets that have ended out of the file: once, however often somebody tries them. */
  private synchronized void writeEnded() {
    if (closed) {
      return;
    }
    drop(ended());
    if (!endedUnwritten) {
      return;
    }
    // Where it fails the file takes nothing more until a new start, so there is no second try.
    endedUnwritten = false;
    try {
      file.write(accounts.encode());
    } catch (AccessException e) {
      LOG.error(
          "An old secret has ended, and that could not be written down: {}; it stays refused while"
              + " this server runs",
          e.getMessage());
    }
  }

  @Override
  public Optional<User> current(User user) {
    return find(user.name()).filter(now -> now.id().equals(user.id()));
  }

  @Override
  public synchronized void forgetVolume(UUID volume) {
    if (accounts.all().stream().anyMatch(a -> a.user().rights().containsKey(volume))) {
      commit(accounts.each(a -> a.with(a.user().withRights(volume, Set.of()))));
    }
  }

  @Override
  public void addListener(Listener listener) {
    listeners.add(listener);
  }

  @Override
  public void close() {
    watch.close();
    synchronized (this) {
      // What has ended since the last look must not wait for a start with another clock.
      writeEnded();
      closed = true;
    }
    file.close();
  }
}
