package io.dsa.protocol;

/**
 * A sound message of a type that this build does not know: a newer client sent it. Only ever
 * decoded. The server answers {@link ErrorCode#UNSUPPORTED}.
 *
 * @param type from the header
 * @param version from the header
 */
public record UnknownRequest(int type, int version) implements Request {}
