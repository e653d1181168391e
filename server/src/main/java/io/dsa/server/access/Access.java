package io.dsa.server.access;

import io.dsa.protocol.Bytes32;
import io.dsa.protocol.HelloReply;
import io.dsa.protocol.KeptKeys;
import io.dsa.protocol.Transcript;
import java.util.Optional;
import java.util.UUID;

/** Who is let in, and what they may do by now. Thread-safe. */
public interface Access extends AutoCloseable {
  /** Whether nobody has to prove anything, and nothing is proven to anybody. */
  boolean isInsecure();

  /**
   * Lets somebody in who proves to be who they say.
   *
   * @return empty for whoever does not, without saying why, and in the same time
   */
  Optional<Admitted> authenticate(String name, Transcript transcript, Bytes32 proof);

  /** Returns the user as it is now; empty once it is removed. */
  Optional<User> current(User user);

  /** A volume is no more: nobody has a right on it. */
  void forgetVolume(UUID volume);

  /** Tells of every later change of a user, on the thread that makes it and when it is in force. */
  void addListener(Listener listener);

  @Override
  void close();

  /** Who wants to know that what somebody may do has changed. */
  interface Listener {
    /** The user is no more; when this returns, nothing that it had open is. */
    void removed(User user);

    /** Its role, rights or quotas are others now. */
    void changed(User user);
  }

  /**
   * Somebody who has proven who they are.
   *
   * @param keys of the secret that they know, to prove the server with; empty where nothing was
   *     proven
   */
  record Admitted(User user, Optional<KeptKeys> keys) {
    /** Returns the reply with what proves this server to the client. */
    public HelloReply sign(Transcript transcript, Bytes32 proof, HelloReply reply) {
      return keys.map(known -> known.sign(transcript, proof, reply)).orElse(reply);
    }
  }
}
