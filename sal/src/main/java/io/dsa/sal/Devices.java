package io.dsa.sal;

import io.dsa.sal.StorageException.Category;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/** Opens devices of every medium that there is a provider of on the class path. Thread-safe. */
public final class Devices {
  private Devices() {}

  /**
   * Opens the device that {@code uri} names; the caller closes it.
   *
   * @throws StorageException if the URI is malformed, its scheme is not known or the device cannot
   *     be opened
   */
  public static Device open(String uri) {
    return open(DeviceUri.parse(uri));
  }

  /** As {@link #open(String)}. */
  public static Device open(DeviceUri uri) {
    return provider(uri).open(uri);
  }

  /**
   * Makes a blank device that {@code uri} names and opens it; the caller closes it.
   *
   * @param bytes its size, at least 1
   * @throws StorageException if the URI is malformed, or no such device can be made; what was there
   *     stays as it was
   */
  public static Device create(String uri, long bytes) {
    DeviceUri parsed = DeviceUri.parse(uri);
    return provider(parsed).create(parsed, bytes);
  }

  /** Returns what a device holds, for people, or empty if its first and last MiB are zeros. */
  public static Optional<String> contents(Device device) {
    return DeviceContents.find(device);
  }

  private static DeviceProvider provider(DeviceUri uri) {
    for (DeviceProvider provider : providers()) {
      if (provider.scheme().equals(uri.scheme())) {
        return provider;
      }
    }
    throw new StorageException(
        Category.INVALID,
        "'"
            + Text.printable(uri.toString())
            + "': there is no kind of device '"
            + Text.printable(uri.scheme())
            + "'; there are "
            + examples());
  }

  static String examples() {
    return providers().stream().map(DeviceProvider::example).collect(Collectors.joining(", "));
  }

  private static List<DeviceProvider> providers() {
    // With the loader of this class: the thread's own need not see the backends.
    return ServiceLoader.load(DeviceProvider.class, Devices.class.getClassLoader()).stream()
        .map(ServiceLoader.Provider::get)
        .sorted(Comparator.comparing(DeviceProvider::scheme))
        .toList();
  }
}
