package org.qat4j.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.qat4j.QatException;
import org.qat4j.data.Hashes;
import org.qat4j.experiment.Experiment;
import org.qat4j.experiment.ExperimentWriter;
import org.qat4j.experiment.ModelSpec;
import org.qat4j.report.KeptRun;
import org.qat4j.report.SeedRun;
import org.qat4j.report.folder.RunFolder;

/**
 * What is finished of work that has several parts, a file for each, so that a part is never done
 * twice: seeds and folds of a run, variants of a sweep with each seed.
 */
final class KeptParts {
  private final RunFolder folder;

  KeptParts(RunFolder folder) {
    this.folder = folder;
  }

  /** All that an outcome depends on but the seed: keys, data, and a network that was given. */
  static String basis(Experiment experiment, String sha256) {
    String network =
        experiment.model() instanceof ModelSpec.SavedNetwork saved
            ? "# network: " + Hashes.hex(Hashes.sha256(Path.of(saved.file()))) + "\n"
            : "";
    return ExperimentWriter.toYaml(experiment.essence()) + "# data: " + sha256 + "\n" + network;
  }

  /**
   * What an earlier run left of a part, if that is what would come out again; or null.
   *
   * @throws QatException if the file cannot be read
   */
  SeedRun find(String name, String basis) {
    Path file = file(name);
    if (!Files.isRegularFile(file)) {
      return null;
    }
    try {
      KeptRun kept = KeptRun.parse(Files.readString(file));
      return basis.equals(kept.basis()) ? kept.run() : null;
    } catch (IOException | QatException e) {
      throw new QatException("cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  /** Keeps a part; gives it as it will be found. */
  SeedRun keep(String name, String basis, SeedRun run) {
    KeptRun kept = new KeptRun(basis, run);
    folder.write(name + ".json", kept.toJson());
    return KeptRun.parse(kept.toJson()).run();
  }

  void delete(String name) {
    file(name).toFile().delete();
  }

  private Path file(String name) {
    return folder.file(name + ".json");
  }
}
