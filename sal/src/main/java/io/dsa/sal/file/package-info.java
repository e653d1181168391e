/**
 * A file as a device, {@code file:/mnt/pmem/pool}. Where it lies decides what it is: on a DAX mount
 * persistent memory in place, on a file system with a disk below the page cache, on tmpfs and
 * hugetlbfs memory. Threads: as in {@link io.dsa.sal.Device}.
 *
 * <p>A page without a place on the medium would end the process when it is written to and there is
 * no space left (SIGBUS), so every opening first gives all pages a place, or refuses.
 */
package io.dsa.sal.file;
