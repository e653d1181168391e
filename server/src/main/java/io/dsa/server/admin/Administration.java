package io.dsa.server.admin;

/** Everything that the admin plane shows and changes. Each part is thread-safe. */
public record Administration(
    Access access, Pools pools, Volumes volumes, Sessions sessions, Accounts accounts) {}
