/**
 * What backends call of Linux: a few functions of libc and libpmem through the foreign function
 * interface, mappings with an owner, and facts from sysfs. Not for use outside of the SAL.
 *
 * <p>Thread-safe, except that a {@link io.dsa.sal.linux.Mapping} is closed last. Constants are
 * those of Linux on x86-64 and AArch64.
 */
package io.dsa.sal.linux;
