package org.qat4j.data;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/** Real data sets beside the checkout; tests that need one are skipped where it is absent. */
public final class SharedData {
  private SharedData() {}

  public static Path file(String name) {
    Path file = Path.of("..", "..", "shared", "data").resolve(name);
    Assumptions.assumeTrue(Files.exists(file), () -> "there is no " + file.toAbsolutePath());
    return file;
  }
}
