package io.dsa.cli;

/**
 * Blocks of a volume that one thread of {@code dsa bench} has to itself.
 *
 * @param first number of the first one, in blocks from the volume's beginning
 * @param count how many, at least 1
 */
record BlockRange(long first, long count) {}
