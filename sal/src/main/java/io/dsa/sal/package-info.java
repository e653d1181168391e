/**
 * The Storage Abstraction Layer: {@link io.dsa.sal.Devices} opens a {@link io.dsa.sal.Device} by
 * its URI, a {@link io.dsa.sal.Pool} divides it into {@linkplain io.dsa.sal.Volume volumes}. Knows
 * no RDMA.
 *
 * <p>Each medium is a package of its own below this one with a public {@link
 * io.dsa.sal.DeviceProvider}, named in {@code META-INF/services}.
 *
 * <p>Threads: devices and pools are thread-safe except for closing, which has to come last; the
 * records are immutable. Units: bytes. Errors: {@link io.dsa.sal.StorageException}, whose message
 * is one line that names the device and what to do; programming errors, such as a range outside of
 * the device, are the JDK's own exceptions.
 *
 * <p>Closing: whoever opened a device closes it, after the pools on it and after every memory
 * region registered over it.
 */
package io.dsa.sal;
