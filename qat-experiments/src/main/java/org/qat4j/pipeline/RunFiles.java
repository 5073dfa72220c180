package org.qat4j.pipeline;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.qat4j.QatException;
import org.qat4j.data.Dataset;
import org.qat4j.data.TextBatches;
import org.qat4j.experiment.Experiment;
import org.qat4j.format.ModelFile;
import org.qat4j.format.internal.EncoderFile;
import org.qat4j.io.internal.AtomicFile;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.TextInput;
import org.qat4j.onnx.OnnxExporter;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.report.ModelBytes;
import org.qat4j.report.folder.RunFolder;
import org.qat4j.text.TextEncoder;
import org.qat4j.zoo.SavedNetworks;

/** The networks and models in a run folder. */
public final class RunFiles implements SeedExperiment.Files {
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

  /** How texts become the inputs of these networks. */
  public static final String ENCODERS = "encoders.bin";

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

  @Override
  public void keep(Model floatNetwork) {
    try {
      Files.createDirectories(folder.file(within));
    } catch (IOException e) {
      throw new QatException("cannot make the folder " + folder.file(within) + ": " + e, e);
    }
    SavedNetworks.save(floatNetwork, file(FLOAT_NETWORK));
  }

  @Override
  public void keep(QatNetwork qat, EncoderFile.Encoders encoders) {
    SavedNetworks.save(qat.network(), file(QAT_NETWORK));
    EncoderFile.write(encoders, file(ENCODERS));
  }

  /** Deletes the folder with what was kept. */
  void forget() {
    try {
      for (String name : List.of(FLOAT_NETWORK, QAT_NETWORK, ENCODERS, "")) {
        Files.deleteIfExists(file(name));
      }
    } catch (IOException e) {
      throw new QatException("cannot delete " + folder.file(within) + ": " + e, e);
    }
  }

  @Override
  public ModelBytes write(Model floatNetwork, IntegerModel model) {
    long onnx = write(model, folder.file(within));
    return new ModelBytes(
        Float.BYTES * floatNetwork.numParams(),
        ModelFile.toBytes(model.withoutText()).length,
        ModelFile.toBytes(model).length,
        onnx);
  }

  /**
   * Writes a verified model in both formats.
   *
   * @return bytes of the ONNX file
   */
  public static long write(IntegerModel model, Path folder) {
    byte[] onnx = OnnxExporter.toBytes(model, OnnxOptions.DEFAULT);
    ModelFile.write(model, folder.resolve(MODEL));
    AtomicFile.write(folder.resolve(ONNX), onnx);
    return onnx.length;
  }

  private Path file(String name) {
    return folder.file(within + name);
  }

  /** Whether a folder has a network under quantization and no model of it. */
  public static boolean lacksModel(Path folder) {
    return !Files.exists(folder.resolve(MODEL)) && Files.exists(folder.resolve(QAT_NETWORK));
  }

  /**
   * Freezes the network under quantization that a folder has, as its run did.
   *
   * @param qat that network
   * @throws QatException if it cannot be frozen
   */
  public static IntegerModel freeze(
      Path folder, QatNetwork qat, Experiment experiment, Dataset data) {
    EncoderFile.Encoders kept = EncoderFile.read(existing(folder, ENCODERS));
    List<TextEncoder> encoders = kept.text().stream().map(TextInput::encoder).toList();
    TextBatches test =
        TextBatches.inOrder(
            data, data.test(), new TextBatches.Inputs(encoders, false), experiment.train().batch());
    FreezeInfo info =
        new FreezeInfo(experiment.name(), kept.text(), kept.labels(), kept.metadata());
    return qat.freeze(info, test.first(FloatNetwork.LOOK_AT));
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

  /**
   * Refuses data that are not those of a run.
   *
   * @param sha256 of the data as they are now
   * @throws QatException if the run was of others; the message names both
   */
  public static void requireData(Path folder, String sha256) {
    Path file = experiment(folder).resolveSibling("provenance.json");
    String then = sha256;
    try {
      if (Files.isRegularFile(file)) {
        then = new ObjectMapper().readTree(file.toFile()).path("data SHA-256").asText(sha256);
      }
    } catch (IOException e) {
      throw new QatException("cannot read " + file + ": " + e.getMessage(), e);
    }
    if (!then.equals(sha256)) {
      throw new QatException(
          "the data have changed since the run in "
              + folder
              + ": their SHA-256 is "
              + sha256
              + ", not "
              + then
              + "; put the files back that the run was made with, or run the experiment again");
    }
  }

  private static Path existing(Path folder, String name) {
    Path file = folder.resolve(name);
    if (!Files.isRegularFile(file)) {
      throw new QatException("there is no " + name + " in " + folder + "; give a run folder");
    }
    return file;
  }
}
