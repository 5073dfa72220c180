package org.qat4j.cli;

import java.nio.file.Files;
import java.nio.file.Path;
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
}
