package io.dsa.sal;

/**
 * One kind of medium. A backend is a package with a public implementation of this, which has a
 * public constructor without parameters and is named in {@code
 * META-INF/services/io.dsa.sal.DeviceProvider}.
 *
 * <p>Implementations are stateless and thread-safe.
 */
public interface DeviceProvider {
  /** Returns the scheme of its URIs: lower-case letters and digits. */
  String scheme();

  /** Returns a URI that shows how its URIs look, for error texts. */
  String example();

  /**
   * Opens a device of this kind and locks it against everybody else.
   *
   * @param uri with this provider's scheme
   * @throws StorageException if it cannot be opened; nothing stays open or locked
   */
  Device open(DeviceUri uri);

  /**
   * Makes a blank device and opens it, where a device is something that a program can make. As it
   * stands, refuses.
   *
   * @param bytes its size, at least 1
   * @throws StorageException if it cannot be made; what was there stays as it was
   */
  default Device create(DeviceUri uri, long bytes) {
    throw new StorageException(
        StorageException.Category.UNSUPPORTED,
        uri + " is of a kind that dsa cannot make; make it first, and format it without a size");
  }
}
