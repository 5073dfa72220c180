package org.qat4j.pipeline;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.deeplearning4j.nn.api.Model;
import org.qat4j.QatException;
import org.qat4j.format.ModelFile;
import org.qat4j.io.AtomicFile;
import org.qat4j.model.IntegerModel;
import org.qat4j.onnx.OnnxExporter;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.report.ModelBytes;
import org.qat4j.report.folder.RunFolder;
import org.qat4j.zoo.SavedNetworks;

/** The networks and models in a run folder. */
public final class RunFiles {
  /** The experiment with all defaults filled in. */
  public static final String EXPERIMENT = "experiment.yaml";

  /** The frozen model. */
  public static final String MODEL = "model.qat";

  /** The same for ONNX Runtime. */
  public static final String ONNX = "model.onnx";

  /** The float network, as DL4J saves it. */
  public static final String FLOAT_NETWORK = "float-network.zip";

  /** The network trained under quantization, as DL4J saves it. */
  public static final String QAT_NETWORK = "qat-network.zip";

  /** The trials of a search, a line each. */
  public static final String TRIALS = "trials.jsonl";

  /** The seeds of a search, a line each. */
  public static final String SEEDS = "seeds.txt";

  /** The experiment with the settings that a search has found. */
  public static final String TUNED = "tuned.yaml";

  private final RunFolder folder;
  private final String within;

  /**
   * @param within prefix of all names, for example "seed-1/"
   */
  RunFiles(RunFolder folder, String within) {
    this.folder = folder;
    this.within = within;
  }

  /**
   * Writes all and gives their sizes.
   *
   * @param model null where there is none; so are the sizes then
   */
  ModelBytes write(Model floatNetwork, QatNetwork qat, IntegerModel model) {
    try {
      Files.createDirectories(folder.file(within));
    } catch (IOException e) {
      throw new QatException("cannot make the folder " + folder.file(within) + ": " + e, e);
    }
    SavedNetworks.save(floatNetwork, file(FLOAT_NETWORK));
    SavedNetworks.save(qat.network(), file(QAT_NETWORK));
    if (model == null) {
      return null;
    }
    ModelFile.write(model, file(MODEL));
    byte[] onnx = OnnxExporter.toBytes(model, OnnxOptions.DEFAULT);
    AtomicFile.write(file(ONNX), onnx);
    return new ModelBytes(
        Float.BYTES * floatNetwork.numParams(),
        ModelFile.toBytes(model.withoutText()).length,
        ModelFile.toBytes(model).length,
        (long) onnx.length);
  }

  private Path file(String name) {
    return folder.file(within + name);
  }

  /**
   * The network trained under quantization that a run folder holds.
   *
   * @throws QatException if there is none or it cannot be read
   */
  public static QatNetwork qatNetwork(Path folder) {
    return Qat.resume(SavedNetworks.load(existing(folder, QAT_NETWORK)));
  }

  /**
   * The float network that a run folder holds.
   *
   * @throws QatException if there is none or it cannot be read
   */
  public static Model floatNetwork(Path folder) {
    return SavedNetworks.load(existing(folder, FLOAT_NETWORK));
  }

  /**
   * The resolved experiment of a run folder, or of one seed in it.
   *
   * @throws QatException if there is none
   */
  public static Path experiment(Path folder) {
    Path above = folder.toAbsolutePath().normalize().getParent();
    if (!Files.exists(folder.resolve(EXPERIMENT)) && above != null) {
      return existing(above, EXPERIMENT);
    }
    return existing(folder, EXPERIMENT);
  }

  private static Path existing(Path folder, String name) {
    Path file = folder.resolve(name);
    if (!Files.isRegularFile(file)) {
      throw new QatException("there is no " + name + " in " + folder + "; give a run folder");
    }
    return file;
  }
}
