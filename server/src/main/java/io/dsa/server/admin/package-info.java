/**
 * The admin plane: volumes, pools, sessions and users over HTTPS. {@link
 * io.dsa.server.admin.AdminPlane} is the one entry point; what it administers is behind interfaces
 * that the server fills ({@link io.dsa.server.admin.Administration}). Nothing outside of this
 * package knows Netty.
 *
 * <p>Threads: one event loop moves bytes and never waits for anything; every request is answered on
 * one of a bounded number of workers, which may wait for the medium. What the interfaces here name
 * is therefore called from several threads at once and has to be thread-safe.
 *
 * <p>A resource is a class that adds its routes to a {@link io.dsa.server.admin.RouteTable}; a new
 * one (metrics, health, a page) is a class more and a line in {@link
 * io.dsa.server.admin.AdminPlane}. docs/admin-api.md has the shapes.
 */
package io.dsa.server.admin;
