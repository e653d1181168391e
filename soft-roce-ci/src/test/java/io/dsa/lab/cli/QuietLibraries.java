package io.dsa.lab.cli;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/** Keeps what DiSNI and DaRPC say about every step out of the tests' output. */
public final class QuietLibraries implements LauncherSessionListener {
  /** Held, since a logger that nobody holds forgets its level. */
  private static final Logger LIBRARIES = Logger.getLogger("com.ibm");

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    LIBRARIES.setLevel(Level.WARNING);
  }
}
