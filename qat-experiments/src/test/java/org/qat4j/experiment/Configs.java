package org.qat4j.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The experiment files of the repository. */
final class Configs {
  static final Path FOLDER = Path.of("../configs");

  private Configs() {}

  /** All that can be run; parts that others extend have a name that ends with "-base". */
  static List<Path> runnable() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .filter(f -> f.toString().endsWith(".yaml") && !f.toString().endsWith("-base.yaml"))
          .sorted()
          .toList();
    }
  }
}
