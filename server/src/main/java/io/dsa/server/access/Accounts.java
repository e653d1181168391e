package io.dsa.server.access;

import io.dsa.protocol.Bytes32;
import io.dsa.protocol.KeptKeys;
import io.dsa.protocol.UserName;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * All accounts by the names of their users, and as bytes. Immutable.
 *
 * <p>The bytes, big-endian: the number of accounts (32 bits), and for each
 *
 * <pre>
 *    2  length of the name       n  name, UTF-8
 *   16  id of the user           1  1 for an admin
 *   12  quotas: sessions, queues, windows; 0 where there is none
 *    1  number of secrets, 1 or 2, the newest first, and for each
 *         32 stored key, 32 server key, 32 token hash,
 *          8 end, milliseconds since 1970; the largest number where there is none
 *    4  number of volumes with rights, and for each
 *         16 id of the volume, 1 rights: 1 read, 2 write, 4 manage
 * </pre>
 */
final class Accounts {
  static final Accounts NONE = new Accounts(new TreeMap<>());

  private final Map<String, Account> byName;

  private Accounts(SortedMap<String, Account> byName) {
    this.byName = Collections.unmodifiableMap(byName);
  }

  Optional<Account> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }

  /** In the order of their names. */
  Collection<Account> all() {
    return byName.values();
  }

  boolean hasAdmin() {
    return byName.values().stream().anyMatch(account -> account.user().admin());
  }

  Accounts with(Account account) {
    SortedMap<String, Account> changed = new TreeMap<>(byName);
    changed.put(account.user().name(), account);
    return new Accounts(changed);
  }

  Accounts without(String name) {
    SortedMap<String, Account> changed = new TreeMap<>(byName);
    changed.remove(name);
    return new Accounts(changed);
  }

  Accounts each(UnaryOperator<Account> change) {
    SortedMap<String, Account> changed = new TreeMap<>(byName);
    changed.replaceAll((_, account) -> change.apply(account));
    return new Accounts(changed);
  }

  byte[] encode() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(byName.size());
      for (Account account : byName.values()) {
        encode(account, out);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory has none", e);
    }
    return bytes.toByteArray();
  }

  private static void encode(Account account, DataOutputStream out) throws IOException {
    User user = account.user();
    byte[] name = user.name().getBytes(StandardCharsets.UTF_8);
    out.writeShort(name.length);
    out.write(name);
    encode(user.id(), out);
    out.writeByte(user.admin() ? 1 : 0);
    for (Quota quota : Quota.values()) {
      out.writeInt(user.quotas().of(quota).orElse(0));
    }
    out.writeByte(account.verifiers().size());
    for (Verifier verifier : account.verifiers()) {
      out.write(verifier.keys().storedKey().toBytes());
      out.write(verifier.keys().serverKey().toBytes());
      out.write(verifier.keys().tokenHash().toBytes());
      out.writeLong(
          verifier.validUntil().equals(Instant.MAX)
              ? Long.MAX_VALUE
              : verifier.validUntil().toEpochMilli());
    }
    out.writeInt(user.rights().size());
    for (Map.Entry<UUID, Set<Right>> entry : user.rights().entrySet()) {
      encode(entry.getKey(), out);
      out.writeByte(entry.getValue().stream().mapToInt(Right::bit).sum());
    }
  }

  private static void encode(UUID id, DataOutputStream out) throws IOException {
    out.writeLong(id.getMostSignificantBits());
    out.writeLong(id.getLeastSignificantBits());
  }

  /**
   * Returns what {@link #encode} wrote.
   *
   * @throws IllegalArgumentException for anything else, saying what is wrong with it
   */
  static Accounts decode(byte[] bytes) {
    SortedMap<String, Account> byName = new TreeMap<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      int count = in.readInt();
      for (int i = 0; i < count; i++) {
        Account account = account(in);
        if (byName.put(account.user().name(), account) != null) {
          throw new IllegalArgumentException(account.user().name() + " is in it twice");
        }
      }
      if (in.read() >= 0) {
        throw new IllegalArgumentException("there is more in it than users");
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("it ends before its last user does", e);
    } catch (AccessException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    return new Accounts(byName);
  }

  private static Account account(DataInputStream in) throws IOException {
    String name = new String(in.readNBytes(in.readUnsignedShort()), StandardCharsets.UTF_8);
    UserName.problem(name)
        .ifPresent(problem -> {
          throw new IllegalArgumentException(problem);
        });
    UUID id = id(in);
    boolean admin = in.readByte() != 0;
    Map<Quota, Integer> bounds = new EnumMap<>(Quota.class);
    for (Quota quota : Quota.values()) {
      int bound = in.readInt();
      if (bound != 0) {
        bounds.put(quota, bound);
      }
    }
    List<Verifier> verifiers = new ArrayList<>();
    for (int left = in.readUnsignedByte(); left > 0; left--) {
      verifiers.add(verifier(in));
    }
    return new Account(new User(id, name, admin, rights(in), new Quotas(bounds)), verifiers);
  }

  private static Verifier verifier(DataInputStream in) throws IOException {
    KeptKeys keys = new KeptKeys(bytes32(in), bytes32(in), bytes32(in));
    long until = in.readLong();
    return new Verifier(keys, until == Long.MAX_VALUE ? Instant.MAX : Instant.ofEpochMilli(until));
  }

  private static Map<UUID, Set<Right>> rights(DataInputStream in) throws IOException {
    Map<UUID, Set<Right>> rights = new HashMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      UUID volume = id(in);
      int bits = in.readUnsignedByte();
      Set<Right> of = EnumSet.noneOf(Right.class);
      for (Right right : Right.values()) {
        if ((bits & right.bit()) != 0) {
          of.add(right);
        }
      }
      rights.put(volume, of);
    }
    return rights;
  }

  private static UUID id(DataInputStream in) throws IOException {
    return new UUID(in.readLong(), in.readLong());
  }

  private static Bytes32 bytes32(DataInputStream in) throws IOException {
    return Bytes32.of(in.readNBytes(Bytes32.BYTES));
  }
}
