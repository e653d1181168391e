package io.dsa.server;

import static io.dsa.server.ServerException.Category.CONFIGURATION;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Reads a {@link ServerConfig} from YAML with kebab-case keys; an unknown key is an error. */
public final class ServerConfigFile {
  private static final String OFF = "off";

  private ServerConfigFile() {}

  /** Reads and validates the file; every fault is one line that names the file and the key. */
  public static ServerConfig read(Path file) {
    String text;
    try {
      text = Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new ServerException(
          CONFIGURATION, file + ": no such file; docs/operations.md shows one to begin with", e);
    } catch (CharacterCodingException e) {
      throw new ServerException(CONFIGURATION, file + ": is not UTF-8 text", e);
    } catch (IOException e) {
      throw new ServerException(CONFIGURATION, file + ": cannot be read: " + e.getMessage(), e);
    }
    try {
      return parse(text);
    } catch (ServerException e) {
      throw new ServerException(CONFIGURATION, file + ": " + e.getMessage(), e);
    }
  }

  static ServerConfig parse(String text) {
    Map<String, Object> root = mapping("the file", load(text), ConfigKeys.ROOT);
    // Before what is missing: that may stand under them by mistake.
    ServerConfig.Limits limits = limits(root);
    InetSocketAddress listen =
        address("listen", required(root, "listen"), ServerConfig.DEFAULT_PORT);
    int dataPort =
        root.containsKey("data-port")
            ? integer("data-port", root.get("data-port"))
            : listen.getPort() + 1;
    String name =
        root.containsKey("name") ? string("name", root.get("name")) : listen.getHostString();
    return new ServerConfig(
        name,
        listen,
        dataPort,
        strings("pools", required(root, "pools")),
        root.containsKey("dma-to-persistence")
            && bool("dma-to-persistence", root.get("dma-to-persistence")),
        limits,
        root.containsKey("state-directory")
            ? path("state-directory", root.get("state-directory"))
            : ServerConfig.DEFAULT_STATE_DIRECTORY,
        admin(root));
  }

  /** YAML's own word for false is {@code off} to some, and text to this reader. */
  private static Optional<ServerConfig.Admin> admin(Map<String, Object> root) {
    if (OFF.equals(root.get("admin"))) {
      return Optional.empty();
    }
    return Optional.of(
        new ServerConfig.Admin(
            root.containsKey("admin")
                ? address("admin", root.get("admin"), ServerConfig.DEFAULT_ADMIN_PORT)
                : ServerConfig.Admin.DEFAULT.address(),
            root.containsKey("admin-keystore")
                ? Optional.of(path("admin-keystore", root.get("admin-keystore")))
                : Optional.empty()));
  }

  private static Path path(String key, Object value) {
    String text = string(key, value);
    try {
      Path path = Path.of(text);
      if (path.isAbsolute()) {
        return path;
      }
    } catch (InvalidPathException e) {
      throw new ServerException(
          CONFIGURATION, key + ": '" + text + "' is no path: " + e.getReason(), e);
    }
    throw new ServerException(
        CONFIGURATION,
        key + ": " + text + " depends on where the server is started; name it from / on");
  }

  private static Object load(String text) {
    try {
      return new Load(LoadSettings.builder().setAllowDuplicateKeys(false).build())
          .loadFromString(text);
    } catch (MarkedYamlEngineException e) {
      String where =
          e.getProblemMark()
              .map(mark -> "line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1))
              .orElse("somewhere");
      throw new ServerException(CONFIGURATION, "is not YAML: " + where + ": " + e.getProblem(), e);
    } catch (YamlEngineException e) {
      throw new ServerException(CONFIGURATION, "is not YAML: " + firstLine(e.getMessage()), e);
    }
  }

  private static String firstLine(String message) {
    return message.lines().findFirst().orElse("unknown fault");
  }

  private static ServerConfig.Limits limits(Map<String, Object> root) {
    if (!root.containsKey("limits")) {
      return ServerConfig.Limits.DEFAULT;
    }
    Map<String, Object> given = mapping("limits", root.get("limits"), ConfigKeys.LIMITS);
    ServerConfig.Limits standard = ServerConfig.Limits.DEFAULT;
    return new ServerConfig.Limits(
        limit(given, "sessions", standard.sessions()),
        limit(given, "queues-per-session", standard.queuesPerSession()),
        limit(given, "volumes-per-session", standard.volumesPerSession()),
        limit(given, "lease-seconds", standard.leaseSeconds()));
  }

  private static int limit(Map<String, Object> given, String key, int standard) {
    return given.containsKey(key) ? integer("limits." + key, given.get(key)) : standard;
  }

  private static Object required(Map<String, Object> root, String key) {
    Object value = root.get(key);
    if (value == null) {
      throw new ServerException(
          CONFIGURATION, key + ": is missing; docs/operations.md lists the keys");
    }
    return value;
  }

  private static Map<String, Object> mapping(String what, Object value, ConfigKeys known) {
    if (!(value instanceof Map<?, ?> map)) {
      throw new ServerException(CONFIGURATION, what + ": expected keys and values");
    }
    Map<String, Object> result = new LinkedHashMap<>();
    map.forEach((key, entry) -> {
      String name = String.valueOf(key);
      known
          .problem(name)
          .ifPresent(problem -> {
            throw new ServerException(CONFIGURATION, problem);
          });
      result.put(name, entry);
    });
    return result;
  }

  private static List<String> strings(String key, Object value) {
    if (!(value instanceof List<?> list)) {
      throw new ServerException(CONFIGURATION, key + ": expected a list");
    }
    List<String> result = new ArrayList<>();
    for (Object entry : list) {
      result.add(string(key, entry));
    }
    return result;
  }

  private static String string(String key, Object value) {
    if (!(value instanceof String text) || text.isBlank()) {
      throw new ServerException(CONFIGURATION, key + ": expected text, found '" + value + "'");
    }
    return text;
  }

  private static int integer(String key, Object value) {
    if (!(value instanceof Integer number)) {
      throw new ServerException(
          CONFIGURATION, key + ": expected a whole number, found '" + value + "'");
    }
    return number;
  }

  private static boolean bool(String key, Object value) {
    if (!(value instanceof Boolean flag)) {
      throw new ServerException(
          CONFIGURATION, key + ": expected true or false, found '" + value + "'");
    }
    return flag;
  }

  private static InetSocketAddress address(String key, Object value, int standardPort) {
    String text = string(key, value);
    int colon = text.lastIndexOf(':');
    if (colon == 0) {
      throw new ServerException(CONFIGURATION, key + ": expected HOST:PORT, found '" + text + "'");
    }
    if (colon < 0) {
      return new InetSocketAddress(text, standardPort);
    }
    try {
      return new InetSocketAddress(
          text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw new ServerException(
          CONFIGURATION, key + ": expected HOST:PORT, found '" + text + "'", e);
    }
  }
}
