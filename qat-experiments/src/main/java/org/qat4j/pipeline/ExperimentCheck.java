package org.qat4j.pipeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Model;
import org.qat4j.QatException;
import org.qat4j.data.DataFinding;
import org.qat4j.data.DataFindings;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.Question;
import org.qat4j.data.Skipped;
import org.qat4j.experiment.DataSpec;
import org.qat4j.experiment.Experiment;
import org.qat4j.experiment.ExperimentException;
import org.qat4j.experiment.ExperimentReader;
import org.qat4j.experiment.ExperimentWriter;
import org.qat4j.experiment.ModelSpec;
import org.qat4j.experiment.ResolvedExperiment;
import org.qat4j.experiment.Variant;
import org.qat4j.network.TextNetwork;
import org.qat4j.qat.Preflight;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QuantSpec;
import org.qat4j.quantizer.Unsupported;
import org.qat4j.task.DatasetReader;
import org.qat4j.training.Regime;
import org.qat4j.zoo.PretrainedEncoders;
import org.qat4j.zoo.SavedNetworks;
import org.qat4j.zoo.Zoo;

/** Finds what is wrong with an experiment before any work. */
public final class ExperimentCheck {
  /** Steps of a training under quantization that any schedule fits. */
  private static final int FEW_STEPS = 10;

  /** The layers of a network are the same for all data; their sizes are not. */
  private static final Dataset ANY_CLASSES = anyData(Question.CLASS, List.of("one", "other"));

  private static final Dataset ANY_VECTORS = anyData(Question.VECTOR, List.of());
  private static final Dataset ANY_TAGS = anyTags("one text");
  private static final Dataset ANY_ROLES = anyTags("one text\t0");

  private ExperimentCheck() {}

  private static Dataset anyData(Question question, List<String> labels) {
    List<Example> texts =
        List.of(
            new Example("one text\t0", 0),
            new Example("other text\t0", Math.max(0, labels.size() - 1)));
    return new Dataset(question, texts, texts, texts, labels, Skipped.NONE);
  }

  private static Dataset anyTags(String text) {
    List<Example> texts = List.of(Example.tagged(text, List.of(0, 1)));
    return new Dataset(Question.TAGS, texts, texts, texts, List.of("B-A", "O"), Skipped.NONE);
  }

  /** Data of the same kind. */
  private static Dataset any(DataSpec spec) {
    if (spec instanceof DataSpec.ScoredPairs) {
      return ANY_VECTORS;
    }
    if (spec instanceof DataSpec.Predicates) {
      return ANY_ROLES;
    }
    return spec instanceof DataSpec.Tagged ? ANY_TAGS : ANY_CLASSES;
  }

  /**
   * Reads an experiment and compares its overrides with the layers of its network; reads no data.
   *
   * @param sets settings of the command line, {@code key.path=value}
   * @param variant name of the variant that is meant where the file describes a sweep, or null
   * @throws org.qat4j.experiment.ExperimentException with all problems, each with its place
   * @throws QatException if there is no such variant, or it was not said which one is meant
   */
  public static ResolvedExperiment resolve(Path file, List<String> sets, String variant) {
    ExperimentReader.Content content = ExperimentReader.content(file, sets);
    List<Variant> variants = content.variants();
    if (variants.isEmpty() && variant == null) {
      return checkLayers(content.experiment());
    }
    return variants.stream()
        .filter(v -> v.name().equals(variant))
        .findFirst()
        .map(v -> checkLayers(v.resolved()))
        .orElseThrow(() -> new QatException(noVariant(file, variants, variant)));
  }

  private static String noVariant(Path file, List<Variant> variants, String variant) {
    if (variants.isEmpty()) {
      return file + " describes one experiment and no variants (sweep); leave --variant out";
    }
    String names = variants.stream().map(Variant::name).collect(Collectors.joining(", "));
    return variant == null
        ? file + " describes a sweep: run it with ./qat sweep, or choose a --variant: " + names
        : file + " has no variant \"" + variant + "\"; there are " + names;
  }

  /**
   * Reads all variants of a sweep and checks them likewise.
   *
   * @throws org.qat4j.experiment.ExperimentException with all problems, each with its place
   * @throws QatException if the file describes no sweep, or its variants have different data
   */
  public static List<Variant> variants(Path file, List<String> sets) {
    List<Variant> variants = ExperimentReader.variants(file, sets);
    if (variants.isEmpty()) {
      throw new QatException(
          file + " describes one experiment and no variants (sweep); run it with ./qat run");
    }
    checkVariants(variants);
    return variants;
  }

  /**
   * Reads and checks an experiment or all variants of a sweep, whichever it is.
   *
   * @throws org.qat4j.experiment.ExperimentException with all problems, each with its place
   * @throws QatException if the variants have different data
   */
  public static ExperimentReader.Content content(Path file, List<String> sets) {
    ExperimentReader.Content content = ExperimentReader.content(file, sets);
    if (content.variants().isEmpty()) {
      checkLayers(content.experiment());
    } else {
      checkVariants(content.variants());
    }
    return content;
  }

  private static void checkVariants(List<Variant> variants) {
    for (Variant variant : variants) {
      checkLayers(variant.resolved());
      if (variant.experiment().quantize().unsupported() == Unsupported.FLOAT) {
        throw new QatException(
            "the variant "
                + variant.name()
                + " has quantize.unsupported: float; a sweep compares integer models, and there is"
                + " none of a network with layers in float");
      }
      if (!variant.experiment().data().equals(variants.get(0).experiment().data())) {
        throw new QatException(
            "the variants "
                + variants.get(0).name()
                + " and "
                + variant.name()
                + " have different data; a sweep compares on the same texts");
      }
    }
  }

  /** Checks what depends on the layers; nothing where the network follows from the data. */
  static ResolvedExperiment checkLayers(ResolvedExperiment resolved) {
    Experiment experiment = resolved.experiment();
    if (experiment.model() instanceof ModelSpec.Auto) {
      return resolved;
    }
    if (experiment.model() instanceof ModelSpec.PretrainedEncoder encoder) {
      resolved.at("model.from", () -> PretrainedEncoders.network(encoder, any(experiment.data())));
    }
    if (!experiment.quantize().overrides().isEmpty()
        || experiment.quantize().qat().distillation() != null
        || experiment.prune() != null
        || !experiment.train().frozen().isEmpty()) {
      Model network =
          experiment.model() instanceof ModelSpec.SavedNetwork saved
              ? SavedNetworks.load(Path.of(saved.file()))
              : network(experiment, any(experiment.data()));
      resolved.checkLayers(Qat.layers(network));
      resolved.checkTeaching(network);
      resolved.checkPruning(network);
      resolved.at(
          "train.frozen",
          () -> {
            Regime.of(experiment.train()).check(network);
            return null;
          });
    }
    return resolved;
  }

  /**
   * What would be quantized how, and why not; reads the data, whose size the schedule depends on.
   *
   * @throws org.qat4j.QatException if the data cannot be read or the schedule does not fit them
   */
  public static Preflight preflight(ResolvedExperiment resolved) {
    Dataset data = DatasetReader.read(resolved.experiment().data());
    ResolvedExperiment suited = Suited.of(resolved, data).resolved();
    Experiment experiment = suited.experiment();
    return Qat.describe(network(experiment, data), quantSpec(suited, data.train().size()));
  }

  /**
   * What there is to say of the data of an experiment before any work.
   *
   * @throws QatException if they cannot be read, or nothing can be trained on them
   */
  public static List<DataFinding> findings(ResolvedExperiment resolved) {
    Dataset data = DatasetReader.read(resolved.experiment().data());
    DataFindings.requireRows(data);
    Suited suited = Suited.of(resolved, data);
    Experiment experiment = suited.resolved().experiment();
    require(experiment, data);
    List<DataFinding> findings =
        new ArrayList<>(DataFindings.of(experiment.data(), data, experiment.train().batch()));
    findings.addAll(DataFindings.few(data));
    if (suited.rules().isEmpty()) { // otherwise the rule of the length says so
      findings.addAll(DataFindings.cut(data, text(experiment, data).encoders()));
    }
    return findings;
  }

  /**
   * Checks that a network can be trained on the data.
   *
   * @throws QatException if it cannot; the message says what to change
   */
  static void require(Experiment experiment, Dataset data) {
    DataFindings.requireRows(data);
    String length = ExperimentWriter.values(experiment).get("model.length");
    if (length != null) {
      DataFindings.requireLength(data, Integer.parseInt(length.strip()));
    }
    if (experiment.model() instanceof ModelSpec.PretrainedEncoder encoder && encoder.pairs()) {
      DataFindings.requirePairs(data);
    }
    if (experiment.model() instanceof ModelSpec.SavedNetwork) { // reads rows of numbers
      DataFindings.requireNumbers(experiment.data(), data);
    }
  }

  /** Steps of the training under quantization: of one of its workers, which divide the batches. */
  static long steps(Experiment experiment, int trainingTexts) {
    int batch = experiment.train().batch() * experiment.train().workers();
    return (long) experiment.quantize().qat().epochs() * ((trainingTexts + batch - 1) / batch);
  }

  /**
   * How the network is quantized, with the schedule of the training under quantization.
   *
   * @throws ExperimentException if the schedule does not fit; where that is for want of steps, what
   *     makes more of them
   */
  static QuantSpec quantSpec(ResolvedExperiment resolved, int trainingTexts) {
    long steps = steps(resolved.experiment(), trainingTexts);
    int batch = resolved.experiment().train().batch();
    int fitting = Math.max(1, trainingTexts / FEW_STEPS);
    if (steps >= FEW_STEPS || fitting >= batch) {
      return resolved.toQuantSpec(steps);
    }
    try {
      return resolved.toQuantSpec(steps);
    } catch (ExperimentException e) {
      throw resolved.problem(
          "train.batch",
          "is "
              + batch
              + ", so that the training under quantization has "
              + steps
              + (steps == 1 ? " step" : " steps")
              + " of "
              + trainingTexts
              + " texts, too few for its schedule; set train.batch: "
              + fitting,
          e);
    }
  }

  private static Model network(Experiment experiment, Dataset data) {
    return text(experiment, data).network();
  }

  private static TextNetwork text(Experiment experiment, Dataset data) {
    return Zoo.build(experiment.model(), data, experiment.train(), experiment.seed());
  }
}
