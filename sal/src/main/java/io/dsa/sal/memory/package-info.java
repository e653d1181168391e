/** DRAM, {@code memory:256MiB}: volatile, and says so. Threads: as in {@link io.dsa.sal.Device}. */
package io.dsa.sal.memory;
