package io.dsa.protocol;

/**
 * Says that the client lives and renews its lease. Answered by {@link Done}. Type 0x0002, no
 * fields.
 */
public record Heartbeat() implements Request {}
