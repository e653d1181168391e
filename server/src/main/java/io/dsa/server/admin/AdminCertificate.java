package io.dsa.server.admin;

import static io.dsa.server.admin.AdminException.Category.KEYSTORE;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;

/**
 * The key and the certificate that the admin plane shows, from a PKCS12 file that only its owner
 * reads. Immutable.
 */
public final class AdminCertificate {
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.complementOf(
          EnumSet.of(
              PosixFilePermission.OWNER_READ,
              PosixFilePermission.OWNER_WRITE,
              PosixFilePermission.OWNER_EXECUTE));

  /** The file's mode keeps the key; keytool only insists on a password of six characters. */
  private static final String OWN_PASSWORD = "dsa-admin";

  /** Has the password of an operator's file, so that it is in no file that others could read. */
  public static final String PASSWORD_VARIABLE = "DSA_ADMIN_KEYSTORE_PASSWORD";

  private static final String VALID_DAYS = "3650";
  private static final int KEYTOOL_SECONDS = 120;

  private final KeyManagerFactory keys;
  private final String fingerprint;

  private AdminCertificate(KeyManagerFactory keys, String fingerprint) {
    this.keys = keys;
    this.fingerprint = fingerprint;
  }

  /**
   * Reads the server's own file, which is made first if there is none: an EC P-256 key and a
   * certificate signed by itself for this address and localhost.
   *
   * @throws AdminException in one line
   */
  public static AdminCertificate own(Path file, InetSocketAddress address) {
    if (!Files.exists(file)) {
      make(file, address);
    }
    return read(
        file,
        OWN_PASSWORD,
        "is damaged, or is not the one that the server made; put a backup in its place, or remove it:"
            + " the next start makes a new certificate, which the clients of admins have to pin again");
  }

  /**
   * Makes one that is kept nowhere, and so is another at each start.
   *
   * @throws AdminException in one line
   */
  public static AdminCertificate passing(InetSocketAddress address) {
    try {
      Path directory =
          Files.createTempDirectory(
              "dsa-admin",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      Path file = directory.resolve("admin.p12");
      try {
        return own(file, address);
      } finally {
        Files.deleteIfExists(file);
        Files.delete(directory);
      }
    } catch (IOException e) {
      throw new AdminException(
          KEYSTORE, "no certificate can be made for the admin plane: " + e.getMessage(), e);
    }
  }

  /**
   * Reads an operator's file.
   *
   * @param password of the file and of the key in it
   * @throws AdminException in one line
   */
  public static AdminCertificate read(Path file, String password) {
    return read(
        file,
        password,
        "is no PKCS12 file with a key that the password in "
            + PASSWORD_VARIABLE
            + " opens, or is damaged");
  }

  /** What Java says of such a file is for programmers, or nothing at all. */
  private static AdminCertificate read(Path file, String password, String unusable) {
    try {
      requirePrivate(file);
      KeyStore store = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(file)) {
        store.load(in, password.toCharArray());
      }
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, password.toCharArray());
      return new AdminCertificate(keys, fingerprint(certificate(file, store)));
    } catch (NoSuchFileException e) {
      throw new AdminException(KEYSTORE, file + ": no such file", e);
    } catch (AccessDeniedException e) {
      throw new AdminException(KEYSTORE, file + ": permission denied", e);
    } catch (FileSystemException e) {
      throw unreadable(file, e);
    } catch (IOException | GeneralSecurityException e) {
      throw new AdminException(KEYSTORE, file + ": " + unusable, e);
    }
  }

  /** Not every failure has a reason, and its message is then the file's name once more. */
  static AdminException unreadable(Path file, FileSystemException e) {
    String reason = e.getReason() == null ? "" : ": " + e.getReason();
    return new AdminException(KEYSTORE, file + ": cannot be read" + reason, e);
  }

  private static void requirePrivate(Path file) throws IOException {
    Set<PosixFilePermission> shared = Files.getPosixFilePermissions(file);
    shared.retainAll(OTHERS);
    if (!shared.isEmpty()) {
      throw new AdminException(
          KEYSTORE,
          file + ": others than its owner can use it, and it has a private key; chmod 600 " + file);
    }
  }

  private static Certificate certificate(Path file, KeyStore store)
      throws GeneralSecurityException {
    for (String alias : Collections.list(store.aliases())) {
      if (store.isKeyEntry(alias)) {
        return store.getCertificate(alias);
      }
    }
    throw new KeyStoreException("no private key in " + file);
  }

  private static String fingerprint(Certificate certificate) throws GeneralSecurityException {
    return HexFormat.of()
        .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
  }

  private static void make(Path file, InetSocketAddress address) {
    // Aside, and readable by nobody else from the first byte on; a crash leaves no half of it.
    try {
      Path directory = file.toAbsolutePath().getParent();
      Path aside =
          Files.createTempDirectory(
              directory,
              ".admin",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
      try {
        Path made = aside.resolve("keystore.p12");
        keytool(made, address);
        Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rw-------"));
        Files.move(made, file);
      } finally {
        Files.deleteIfExists(aside.resolve("keystore.p12"));
        Files.delete(aside);
      }
    } catch (IOException e) {
      throw new AdminException(KEYSTORE, file + ": cannot be made: " + e.getMessage(), e);
    }
  }

  private static void keytool(Path file, InetSocketAddress address) throws IOException {
    String host = address.getAddress().getHostAddress();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-J-XX:TieredStopAtLevel=1",
                // A password that everybody knows is no better for ten thousand rounds of hashing.
                "-J-Dkeystore.pkcs12.certProtectionAlgorithm=NONE",
                "-J-Dkeystore.pkcs12.keyPbeIterationCount=1",
                "-J-Dkeystore.pkcs12.macIterationCount=1",
                "-genkeypair",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-sigalg",
                "SHA256withECDSA",
                "-dname",
                "CN=dsa server",
                "-ext",
                "san=ip:" + host + ",ip:127.0.0.1,dns:localhost",
                "-validity",
                VALID_DAYS,
                "-alias",
                "dsa",
                "-storetype",
                "PKCS12",
                "-storepass",
                OWN_PASSWORD,
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    try {
      // What it says fits into a pipe.
      if (!process.waitFor(KEYTOOL_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException("keytool does not end");
      }
      if (process.exitValue() != 0) {
        String said = new String(process.getInputStream().readAllBytes(), Charset.defaultCharset());
        throw new IOException("keytool: " + said.lines().findFirst().orElse("failed"));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  KeyManagerFactory keys() {
    return keys;
  }

  /** SHA-256 of the certificate, 64 hexadecimal digits: what clients pin. */
  public String fingerprint() {
    return fingerprint;
  }
}
