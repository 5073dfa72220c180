package org.qat4j.internal;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The version of this library. */
public final class Version {
  private Version() {}

  /** For example "0.1.0". */
  public static String current() {
    try (InputStream in = Version.class.getResourceAsStream("/org/qat4j/version.properties")) {
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new IllegalStateException("the class path lacks org/qat4j/version.properties", e);
    }
  }
}
