package io.dsa.client.admin;

import io.dsa.client.DsaException;
import io.dsa.protocol.DurabilityMethod;
import io.dsa.protocol.OpenMode;
import io.dsa.protocol.Persistence;
import io.dsa.protocol.PoolInfo;
import io.dsa.protocol.VolumeInfo;
import io.dsa.protocol.VolumeName;
import io.dsa.protocol.VolumeState;
import io.dsa.protocol.json.JsonException;
import io.dsa.protocol.json.JsonObject;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Administers a server. Thread-safe. Every call has a connection of its own.
 *
 * <p>Every method but {@link #close} throws {@link DsaException}.
 */
public final class DsaAdmin implements AutoCloseable {
  private static final long ZEROED_PER_SECOND = 16L << 20;
  private static final String VOLUMES = "/api/v1/volumes";
  private static final String SESSIONS = "/api/v1/sessions";
  private static final String USERS = "/api/v1/users";

  private final AdminOptions options;
  private final AdminConnection connection;

  private DsaAdmin(AdminOptions options) {
    this.options = options;
    connection = new AdminConnection(options);
  }

  /** Takes the options; nothing is sent yet. */
  public static DsaAdmin of(AdminOptions options) {
    return new DsaAdmin(options);
  }

  /** The server and its pools. */
  public ServerPools pools() {
    JsonObject answer = connection.get("/api/v1/pools");
    return read(() ->
        new ServerPools(
            answer.text("name"),
            answer.text("address"),
            answer.text("instance"),
            answer.objects("pools").stream().map(DsaAdmin::pool).toList()));
  }

  /** Every volume that the user may see, in the order of their names. */
  public List<VolumeInfo> volumes() {
    JsonObject answer = connection.get(VOLUMES);
    return read(() -> answer.objects("volumes").stream().map(DsaAdmin::volume).toList());
  }

  public VolumeInfo volume(String name) {
    JsonObject answer = connection.get(pathOf(name));
    return read(() -> volume(answer));
  }

  /** As {@link #createVolume(String, long, String)}, in the pool with the most room. */
  public VolumeInfo createVolume(String name, long bytes) {
    return createVolume(name, bytes, "");
  }

  /**
   * Creates a volume that reads as zeros.
   *
   * @param bytes at least 1
   * @param pool the URI of the pool to make it in, or empty for the one with the most room, a
   *     persistent one where there is any
   */
  public VolumeInfo createVolume(String name, long bytes, String pool) {
    JsonObject body = JsonObject.empty().with("name", checked(name)).with("bytes", bytes);
    if (!pool.isEmpty()) {
      body.with("pool", pool);
    }
    JsonObject answer = connection.call("POST", VOLUMES, body, timeoutOfZeroing(bytes));
    return read(() -> volume(answer));
  }

  /**
   * Changes the size of a volume. What is added reads as zeros, what is cut off is gone. Volumes
   * that are open keep the size that they were opened with; a volume that is open anywhere cannot
   * shrink.
   *
   * @param bytes at least 1
   */
  public VolumeInfo resizeVolume(String name, long bytes) {
    JsonObject body = JsonObject.empty().with("bytes", bytes);
    JsonObject answer = connection.call("PATCH", pathOf(name), body, timeoutOfZeroing(bytes));
    return read(() -> volume(answer));
  }

  /** Gives a volume another name; whoever has it open keeps it. */
  public VolumeInfo renameVolume(String name, String newName) {
    JsonObject body = JsonObject.empty().with("name", checked(newName));
    JsonObject answer = connection.call("PATCH", pathOf(name), body, options.timeout());
    return read(() -> volume(answer));
  }

  /** Deletes a volume and what is on it; refused while anybody has it open. */
  public void deleteVolume(String name) {
    connection.call("DELETE", pathOf(name), null, options.timeout());
  }

  /** Deletes a volume and what is on it; whoever has it open loses it first. */
  public void takeAndDeleteVolume(String name) {
    connection.call("DELETE", pathOf(name) + "?force=true", null, options.timeout());
  }

  /** The sessions of the user, or for an admin all; the oldest first. */
  public List<SessionInfo> sessions() {
    JsonObject answer = connection.get(SESSIONS);
    return read(() -> answer.objects("sessions").stream().map(DsaAdmin::session).toList());
  }

  /**
   * Ends a session: when this returns, nothing is left of what it had open. Its client may begin
   * another one, as a {@link io.dsa.client.Volume} does by itself; to keep a user out, remove it or
   * rotate its secret without an overlap first.
   */
  public void kick(long session) {
    connection.call("DELETE", SESSIONS + "/" + session, null, options.timeout());
  }

  /** Every user, in the order of their names. */
  public List<UserInfo> users() {
    JsonObject answer = connection.get(USERS);
    return read(() -> answer.objects("users").stream().map(UserInfo::of).toList());
  }

  public UserInfo user(String name) {
    JsonObject answer = connection.get(pathOfUser(name));
    return read(() -> UserInfo.of(answer));
  }

  /** Makes a user, whose secret is in the answer and nowhere else. */
  public IssuedSecret addUser(String name, boolean admin, UserQuotas quotas) {
    JsonObject body =
        JsonObject.empty().with("name", name).with("admin", admin).with("quotas", quotas.toJson());
    JsonObject answer = connection.call("POST", USERS, body, options.timeout());
    return read(() -> IssuedSecret.of(answer));
  }

  /** Says whether a user is an admin from now on. */
  public UserInfo setAdmin(String name, boolean admin) {
    return changeUser(name, JsonObject.empty().with("admin", admin));
  }

  /** Sets all of a user's quotas. */
  public UserInfo setQuotas(String name, UserQuotas quotas) {
    return changeUser(name, JsonObject.empty().with("quotas", quotas.toJson()));
  }

  private UserInfo changeUser(String name, JsonObject body) {
    JsonObject answer = connection.call("PATCH", pathOfUser(name), body, options.timeout());
    return read(() -> UserInfo.of(answer));
  }

  /**
   * Gives a user another secret.
   *
   * @param overlap for how long the one before is valid too, in whole seconds, at most 90 days
   */
  public IssuedSecret rotateSecret(String name, Duration overlap) {
    JsonObject body = JsonObject.empty().with("overlap-seconds", overlap.toSeconds());
    JsonObject answer =
        connection.call("POST", pathOfUser(name) + "/rotate", body, options.timeout());
    return read(() -> IssuedSecret.of(answer));
  }

  /** Removes a user and ends all of his sessions. */
  public void removeUser(String name) {
    connection.call("DELETE", pathOfUser(name), null, options.timeout());
  }

  /**
   * Sets a user's rights on a volume.
   *
   * @param rights of read, write and manage, all that he is to have
   */
  public UserInfo grant(String name, String volume, Set<String> rights) {
    JsonObject body = JsonObject.empty().with("rights", rights.stream().sorted().toList());
    JsonObject answer = connection.call("PUT", pathOfRights(name, volume), body, options.timeout());
    return read(() -> UserInfo.of(answer));
  }

  /** Takes all of a user's rights on a volume. */
  public void revoke(String name, String volume) {
    connection.call("DELETE", pathOfRights(name, volume), null, options.timeout());
  }

  /** The server zeroes space before it answers; at this pace it is slow storage. */
  private Duration timeoutOfZeroing(long bytes) {
    return options.timeout().plus(Duration.ofSeconds(Math.max(0, bytes) / ZEROED_PER_SECOND));
  }

  private static String pathOf(String name) {
    return VOLUMES + "/" + PathSegment.of(checked(name));
  }

  private static String pathOfUser(String name) {
    return USERS + "/" + PathSegment.of(name);
  }

  private static String pathOfRights(String name, String volume) {
    return pathOfUser(name) + "/rights/" + PathSegment.of(checked(volume));
  }

  private static String checked(String name) {
    try {
      return VolumeName.canonical(name);
    } catch (IllegalArgumentException e) {
      throw new DsaException(DsaException.Category.INVALID, e.getMessage(), e);
    }
  }

  /** What a server says that no server of this version says is a defect of it. */
  private <T> T read(Supplier<T> reading) {
    try {
      return reading.get();
    } catch (JsonException | IllegalArgumentException e) {
      throw new DsaException(
          DsaException.Category.UNSUPPORTED,
          options.server() + ": its answer is not understood: " + e.getMessage(),
          e);
    }
  }

  private static PoolInfo pool(JsonObject pool) {
    return new PoolInfo(
        pool.text("uri"),
        pool.number("capacity"),
        pool.number("free"),
        constant(pool.text("persistence"), Persistence.class, Persistence.UNRECOGNISED));
  }

  private static VolumeInfo volume(JsonObject volume) {
    Set<DurabilityMethod> durability = EnumSet.noneOf(DurabilityMethod.class);
    for (String word : volume.texts("durability")) {
      // A newer server's methods are nothing that this end could use.
      for (DurabilityMethod method : DurabilityMethod.values()) {
        if (wordOf(method).equals(word)) {
          durability.add(method);
        }
      }
    }
    return new VolumeInfo(
        volume.text("name"),
        volume.number("bytes"),
        volume.text("pool"),
        Math.toIntExact(volume.number("extents")),
        durability,
        constant(volume.text("state"), VolumeState.class, VolumeState.UNRECOGNISED));
  }

  private static SessionInfo session(JsonObject session) {
    return new SessionInfo(
        session.number("id"),
        session.text("user"),
        session.text("client"),
        session.text("address"),
        session.objects("volumes").stream()
            .map(volume ->
                new SessionInfo.Opened(
                    volume.text("volume"),
                    Enum.valueOf(
                        OpenMode.class,
                        volume.text("mode").replace('-', '_').toUpperCase(Locale.ROOT))))
            .toList(),
        Math.toIntExact(session.number("queues")));
  }

  private static <E extends Enum<E>> E constant(String word, Class<E> type, E otherwise) {
    for (E constant : type.getEnumConstants()) {
      if (wordOf(constant).equals(word)) {
        return constant;
      }
    }
    return otherwise;
  }

  private static String wordOf(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Nothing stays open between calls; here so that it is used as what else has a server is. */
  @Override
  public void close() {}
}
