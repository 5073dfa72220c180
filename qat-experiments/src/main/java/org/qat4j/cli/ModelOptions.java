package org.qat4j.cli;

import java.nio.file.Path;
import org.qat4j.format.ModelFile;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.ModelLimits;
import picocli.CommandLine.Option;

/** How a command reads models. */
final class ModelOptions {
  @Option(
      names = "--large-model",
      description =
          "Read a model whatever memory and time it asks for; without it, models that take much"
              + " more than usual are refused.")
  private boolean large;

  /**
   * The model that the user means.
   *
   * @param given a model file or a run folder
   */
  IntegerModel read(Path given) {
    return ModelFile.read(
        ModelArgument.file(given), large ? ModelLimits.NONE : ModelLimits.DEFAULT);
  }
}
