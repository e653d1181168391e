package io.dsa.server.admin;

import io.dsa.server.access.Users;
import java.util.Optional;

/**
 * Everything that the admin plane shows and changes. Each part is thread-safe.
 *
 * @param users who may do what; empty where everybody may do everything
 */
public record Administration(
    Optional<Users> users, Pools pools, Volumes volumes, Sessions sessions) {}
