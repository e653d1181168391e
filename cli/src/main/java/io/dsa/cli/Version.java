package io.dsa.cli;

import picocli.CommandLine.IVersionProvider;

/** What {@code dsa --version} prints. */
final class Version implements IVersionProvider {
  @Override
  public String[] getVersion() {
    String version = Version.class.getPackage().getImplementationVersion();
    return new String[] {
      "dsa "
          + (version == null ? "development" : version)
          + " on Java "
          + Runtime.version()
          + " "
          + System.getProperty("java.vendor")
    };
  }
}
