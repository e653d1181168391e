package io.dsa.protocol;

/**
 * What a client asks of a server over the control connection. Each request is answered by one
 * {@link Reply}: the one that its documentation names, or an {@link ErrorReply}.
 *
 * <p>Requests carry what the other end sent, whether or not it makes sense: a name may break the
 * rules of {@link VolumeName} and a size may be negative. The server checks meaning, so that it can
 * answer with the right {@link ErrorCode}; the codec checks shape only.
 *
 * <p>Immutable, usable by any thread.
 */
public sealed interface Request
    permits Hello,
        Authenticate,
        ListVolumes,
        ShowVolume,
        OpenVolume,
        PrepareQueue,
        AttachQueue,
        Persist,
        CloseVolume,
        Heartbeat,
        ServerInfo,
        UnknownRequest {}
