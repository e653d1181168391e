/**
 * Persistent memory as a DAX character device, {@code devdax:/dev/dax0.0}: NVDIMMs and persistent
 * CXL memory. Threads: as in {@link io.dsa.sal.Device}.
 *
 * <p>The device is mapped by calls to libc, because {@link java.nio.channels.FileChannel#map} asks
 * for the size of the file, which is 0 for a character device. Write-back is {@link
 * io.dsa.sal.linux.Libpmem}'s.
 */
package io.dsa.sal.devdax;
