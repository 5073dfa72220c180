package org.qat4j.cli;

import org.qat4j.internal.Version;
import picocli.CommandLine.IVersionProvider;

/** What --version prints. */
final class Versions implements IVersionProvider {
  @Override
  public String[] getVersion() {
    return new String[] {
      "qat4j " + Version.current(),
      "Java " + Runtime.version(),
      System.getProperty("os.name") + " " + System.getProperty("os.arch")
    };
  }
}
