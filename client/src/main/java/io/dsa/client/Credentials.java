package io.dsa.client;

import io.dsa.protocol.Secret;
import io.dsa.protocol.UserName;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Objects;
import java.util.Set;

/**
 * Who a client is, and what it proves that with. Immutable; its text does not show the secret.
 *
 * @param user see {@link UserName}
 */
public record Credentials(String user, Secret secret) {
  private static final int MAX_FILE_BYTES = 4096;

  public Credentials {
    UserName.problem(user)
        .ifPresent(problem -> {
          throw new IllegalArgumentException(problem);
        });
    Objects.requireNonNull(secret, "secret");
  }

  /**
   * Reads a file of one line, {@code NAME:SECRET}, which nobody but its owner can read or write.
   *
   * @throws DsaException NOT_PERMITTED, with what to do; it does not show what the file holds
   */
  public static Credentials read(Path file) {
    String text;
    try {
      if (!Files.isRegularFile(file)) {
        throw refused(file, Files.exists(file) ? "is no file" : "no such file", null);
      }
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(file);
      for (PosixFilePermission permission : permissions) {
        if (!isOwners(permission)) {
          throw refused(
              file,
              "others than its owner can get at it; if nobody has, 'chmod 600 " + file + "'",
              null);
        }
      }
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw refused(file, "is too long for a file of credentials", null);
      }
      text = Files.readString(file).stripTrailing();
    } catch (CharacterCodingException e) {
      throw refused(file, "is not UTF-8 text", e);
    } catch (IOException e) {
      throw refused(file, reason(e), e);
    }
    int colon = text.indexOf(':');
    if (colon < 0 || text.contains("\n")) {
      throw refused(file, "is not one line NAME:SECRET", null);
    }
    try {
      return new Credentials(
          UserName.canonical(text.substring(0, colon)), Secret.parse(text.substring(colon + 1)));
    } catch (IllegalArgumentException e) {
      throw refused(file, "is not one line NAME:SECRET: " + e.getMessage(), e);
    }
  }

  private static boolean isOwners(PosixFilePermission permission) {
    return switch (permission) {
      case OWNER_READ, OWNER_WRITE, OWNER_EXECUTE -> true;
      case GROUP_READ, GROUP_WRITE, GROUP_EXECUTE, OTHERS_READ, OTHERS_WRITE, OTHERS_EXECUTE ->
          false;
    };
  }

  private static String reason(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "no such file";
      case AccessDeniedException _ -> "permission denied";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }

  private static DsaException refused(Path file, String why, Exception cause) {
    return new DsaException(
        DsaException.Category.NOT_PERMITTED, "credentials " + file + ": " + why, cause);
  }

  @Override
  public String toString() {
    return "Credentials[" + user + "]";
  }
}
