package io.dsa.sal;

import io.dsa.sal.StorageException.Category;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens devices of every medium that there is a provider of on the class path. Thread-safe. */
public final class Devices {
  private static final Logger LOG = LoggerFactory.getLogger(Devices.class);

  /** A broken list of providers could be broken for ever. */
  private static final int MOST_BROKEN = 100;

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
    Iterator<DeviceProvider> found =
        ServiceLoader.load(DeviceProvider.class, Devices.class.getClassLoader()).iterator();
    List<DeviceProvider> usable = new ArrayList<>();
    for (int broken = 0; broken < MOST_BROKEN; ) {
      try {
        if (!found.hasNext()) {
          break;
        }
        usable.add(found.next());
      } catch (ServiceConfigurationError | LinkageError e) {
        // Somebody's jar is wrong, and all other kinds of devices can be used.
        broken++;
        LOG.warn(
            "a backend is left out: {}; is its jar whole, and made for this Java?", e.toString());
      }
    }
    usable.sort(Comparator.comparing(DeviceProvider::scheme));
    return usable;
  }
}
