/**
 * Administration of a server over HTTPS: volumes, pools, sessions and users. {@link
 * io.dsa.client.admin.DsaAdmin} is where it begins; it needs neither RDMA nor the native library.
 *
 * <p>A server shows a certificate that it made itself. What is trusted is its fingerprint, which is
 * pinned: by the caller, or by {@link io.dsa.client.admin.KnownServers} at the first use. Names and
 * dates in the certificate say nothing more and are not looked at.
 *
 * <p>Failures are {@link io.dsa.client.DsaException}s in one line. Every call has a deadline.
 */
package io.dsa.client.admin;
