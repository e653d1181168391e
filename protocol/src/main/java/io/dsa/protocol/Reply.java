package io.dsa.protocol;

/**
 * What a server answers to one {@link Request}.
 *
 * <p>Immutable, usable by any thread.
 */
public sealed interface Reply
    permits Challenge,
        HelloReply,
        VolumeReply,
        VolumeList,
        VolumeOpened,
        QueuePrepared,
        QueueAttached,
        ServerInfoReply,
        Done,
        ErrorReply {}
