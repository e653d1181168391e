/**
 * The {@code dsa} command: one class for each verb and noun, {@link io.dsa.cli.Dsa} the root.
 *
 * <p>Picocli and the output formats stop here. A command throws; {@link io.dsa.cli.FailureMapper}
 * alone turns what was thrown into one line and an {@link io.dsa.cli.ExitCode}. Everything runs on
 * the main thread.
 */
package io.dsa.cli;
