package org.qat4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.qat4j.QatException;
import org.qat4j.pipeline.RunFiles;

/** Where a command's model is: a model file, or a run folder that holds one. */
final class ModelArgument {
  private ModelArgument() {}

  /**
   * The model file that the user means.
   *
   * @throws QatException if there is none; the message says what is there
   */
  static Path file(Path given) {
    if (Files.isDirectory(given)) {
      Path model = given.resolve(RunFiles.MODEL);
      if (!Files.isRegularFile(model)) {
        List<Path> seeds = seeds(given);
        if (!seeds.isEmpty()) {
          throw new QatException(
              "the run "
                  + given
                  + " has a model of each of its "
                  + seeds.size()
                  + " seeds; give one of them, such as "
                  + seeds.get(0));
        }
        throw new QatException(
            "the folder "
                + given
                + " holds no "
                + RunFiles.MODEL
                + "; give a run folder or a model file");
      }
      return model;
    }
    if (!Files.exists(given)) {
      throw new QatException("there is no file " + given + "; ./qat run makes models");
    }
    return given;
  }

  /** Folders of seeds that hold a model. */
  private static List<Path> seeds(Path run) {
    try (Stream<Path> files = Files.list(run)) {
      return files
          .filter(f -> f.getFileName().toString().startsWith("seed-"))
          .filter(f -> Files.isRegularFile(f.resolve(RunFiles.MODEL)))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new QatException("cannot read the folder " + run + ": " + e, e);
    }
  }
}
