package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/**
 * One experiment file: data, network, training, quantization, verification.
 *
 * @param schemaVersion of the file, {@value #SCHEMA_VERSION}
 * @param name for people; run folders and the model bear it
 * @param description one line for the report
 * @param seed of everything random
 * @param data what is learned
 * @param model which network
 * @param train how the float network is trained
 * @param prune what is taken out of the network, or null
 * @param quantize how it is quantized and trained further
 * @param tune search of quantization parameters, or null for none
 * @param baselines what else answers the test set
 * @param verify how the integer model is compared with the network
 * @param accept what a run has to reach, or null
 * @param executor where seeds, folds and the variants of a sweep run; null for this machine
 */
public record Experiment(
    @JsonProperty(required = true)
        @JsonPropertyDescription("Version of the file's format; 1 is the only one.")
        @Bounds(min = SCHEMA_VERSION, max = SCHEMA_VERSION)
        int schemaVersion,
    @JsonProperty(required = true)
        @JsonPropertyDescription("Run folders and the model bear this name.")
        String name,
    @JsonProperty(defaultValue = "\"\"") @JsonPropertyDescription("One line for the report.")
        String description,
    @JsonProperty(defaultValue = "42") @JsonPropertyDescription("Seed of everything random.")
        long seed,
    @JsonProperty(required = true) @JsonPropertyDescription("What is learned.") DataSpec data,
    @JsonProperty(defaultValue = "auto") @JsonPropertyDescription("Which network.") ModelSpec model,
    @JsonProperty(defaultValue = "{}") @JsonPropertyDescription("How the float network is trained.")
        TrainSpec train,
    @JsonPropertyDescription("What is taken out of the network; where absent, nothing.")
        PruneSpec prune,
    @JsonProperty(defaultValue = "{}")
        @JsonPropertyDescription("How the network is quantized and trained further.")
        QuantizeSpec quantize,
    @JsonPropertyDescription(
            "Search of scales, zero points and bits between calibration and training; where absent,"
                + " none.")
        TuneSpec tune,
    @JsonProperty(defaultValue = "{}")
        @JsonPropertyDescription("What else answers the test set, for comparison.")
        BaselineSpec baselines,
    @JsonProperty(defaultValue = "{}")
        @JsonPropertyDescription("How the integer model is compared with the network.")
        VerifySpec verify,
    @JsonPropertyDescription(
            "What a run has to reach, lest ./qat run end with exit code 4; where absent, anything.")
        AcceptSpec accept,
    @JsonPropertyDescription(
            "Where the parts of a run or of a sweep are done: each seed, and each fold of a run;"
                + " where absent, on this machine, one after the other.")
        ExecutorSpec executor) {
  /** The version that is read. */
  public static final int SCHEMA_VERSION = 1;

  public Experiment {
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
      throw new InvalidKeyException(
          "name",
          "is \""
              + name
              + "\", but becomes a file name: expected letters, digits, '.', '_' and '-', a letter"
              + " or digit first");
    }
    checkTags(data, model);
    boolean pairs = data instanceof DataSpec.Parallel || data instanceof DataSpec.LocaleNames;
    if (pairs != model instanceof ModelSpec.Translator) {
      throw new InvalidKeyException(
          "model",
          pairs
              ? "does not translate, but the data are texts with translations; the kind translator"
                  + " does"
              : "is of kind translator, but the data have no translations; the kinds parallel and"
                  + " locale-names do");
    }
    if (pairs) {
      checkWithoutClasses("translate", prune, quantize, tune);
      checkWholeTexts(train);
    }
    if (data instanceof DataSpec.Numbers) {
      checkWithoutClasses("learn numbers", prune, quantize, tune);
      if (model instanceof ModelSpec.SavedNetwork) {
        throw new InvalidKeyException(
            "model",
            "is of kind file, which gives a class to rows of numbers, not a number to texts");
      }
    }
    if (data instanceof DataSpec.Candidates
        && model instanceof ModelSpec.PretrainedEncoder encoder
        && !encoder.pairs()) {
      throw new InvalidKeyException(
          "model",
          "reads one text, but the data are questions with sentences; let pairs be true, so that it"
              + " knows which is which");
    }
    checkVectors(data, model, train, prune, quantize, tune);
    if (train.workers() > 1
        && (quantize.qat().distillation() != null
            || (prune != null && prune.prunesQuantizedWeights()))) {
      throw new InvalidKeyException(
          "train.workers",
          "is "
              + train.workers()
              + ", but a teacher, and pruning under quantization, take part in every step of one"
              + " training; leave one of them out");
    }
    checkExecutor(executor, tune);
    boolean answers =
        data instanceof DataSpec.Stories stories && stories.ask() == DataSpec.Ask.ANSWER;
    if (model instanceof ModelSpec.StoryAttention && !answers) {
      throw new InvalidKeyException(
          "model",
          "answers questions about stories, but the data have none; it goes with the kind stories"
              + " and \"ask: answer\"");
    }
    if (tune != null && train.refit()) {
      throw new InvalidKeyException(
          "tune",
          "chooses by the validation texts, which train.refit trains on; leave one of the two out");
    }
    if (prune != null && !prune.prunes()) {
      throw new InvalidKeyException(
          "prune", "prunes nothing; give vocabulary, channels, weights or keepOf");
    }
    if (prune != null && prune.prunesQuantizedWeights() && quantize.qat().epochs() == 0) {
      throw new InvalidKeyException(
          "prune",
          "is to happen in the training under quantization, but quantize.qat.epochs is 0; let"
              + " during be float");
    }
    if (prune != null && prune.rewindToEpoch() != null && prune.rewindToEpoch() >= train.epochs()) {
      throw new InvalidKeyException(
          "prune",
          "rewinds to epoch "
              + prune.rewindToEpoch()
              + ", but the first training ends with epoch "
              + train.epochs()
              + "; let rewindToEpoch be smaller");
    }
    if (tune != null && quantize.postTraining().isAsked()) {
      throw new InvalidKeyException(
          "tune",
          "tries candidates as calibration leaves them, without the steps of"
              + " quantize.postTraining; leave one of the two out, or add these steps to the tuned"
              + " experiment");
    }
  }

  /**
   * The same without what its outcome does not depend on: description, comparisons, where it and a
   * search run, and the seed, which callers give.
   */
  public Experiment essence() {
    return new Experiment(
        schemaVersion,
        name,
        "",
        0,
        data,
        model,
        train,
        prune,
        quantize,
        tune == null ? null : tune.anywhere(),
        ExperimentReader.defaults(BaselineSpec.class),
        verify,
        null,
        null);
  }

  private static void checkExecutor(ExecutorSpec executor, TuneSpec tune) {
    if (executor instanceof ExecutorSpec.Local local && local.threads() != 0) {
      throw new InvalidKeyException(
          "executor.threads",
          "is of trials, but a training uses all processors by itself; leave it out, or set"
              + " tune.executor.threads");
    }
    if (executor instanceof ExecutorSpec.Spark
        && tune != null
        && tune.executor() instanceof ExecutorSpec.Spark) {
      throw new InvalidKeyException(
          "executor",
          "is spark, and so is tune.executor, but a task of Spark cannot start others; leave one of"
              + " the two out");
    }
  }

  /** Tags are given by a network that has one answer for each token. */
  private static void checkTags(DataSpec data, ModelSpec model) {
    boolean tags = data instanceof DataSpec.Tagged || data instanceof DataSpec.Predicates;
    if (tags && model instanceof ModelSpec.PretrainedEncoder encoder) {
      if (encoder.pairs()) {
        throw new InvalidKeyException(
            "model",
            "reads pairs of texts, but the data have a tag for each token of one text; let pairs be"
                + " false");
      }
      if (encoder.pooling() != ModelSpec.Pooling.MEAN) {
        throw new InvalidKeyException(
            "model",
            "makes one vector of a text, but the data have a tag for each token, which is read at"
                + " its own step; leave pooling out");
      }
    } else if (tags != model instanceof ModelSpec.Tagger) {
      throw new InvalidKeyException(
          "model",
          tags
              ? "gives one answer to a text, but the data have a tag for each token; the kinds"
                  + " conv-tagger, bilstm-tagger, transformer-tagger and encoder tag tokens"
              : "tags tokens, but the data ask for one answer to a"
                  + " text; the kinds tagged and predicates have tags");
    }
  }

  /**
   * @param purpose of a network that gives no class to a text
   */
  private static void checkWithoutClasses(
      String purpose, PruneSpec prune, QuantizeSpec quantize, TuneSpec tune) {
    String classes = "is for networks that give a class to a text; leave it out to " + purpose;
    if (prune != null) {
      throw new InvalidKeyException("prune", classes);
    } else if (tune != null) {
      throw new InvalidKeyException("tune", classes);
    } else if (quantize.qat().distillation() != null) {
      throw new InvalidKeyException("quantize", "asks for distillation, which " + classes);
    }
  }

  /** Vectors are those of a pretrained encoder, from which its quantized form learns. */
  private static void checkVectors(
      DataSpec data,
      ModelSpec model,
      TrainSpec train,
      PruneSpec prune,
      QuantizeSpec quantize,
      TuneSpec tune) {
    if (!(data instanceof DataSpec.ScoredPairs)) {
      if (train.epochs() == 0 && !(model instanceof ModelSpec.SavedNetwork)) {
        throw new InvalidKeyException(
            "train",
            "has 0 epochs, but the network begins with random weights; let it be 1 or more");
      }
      return;
    }
    if (!(model instanceof ModelSpec.PretrainedEncoder encoder) || encoder.pairs()) {
      throw new InvalidKeyException(
          "model",
          "makes no vectors of sentences, which the data are for; the kind encoder does, with"
              + " \"pairs: false\"");
    }
    if (train.epochs() > 0) {
      throw new InvalidKeyException(
          "train",
          "has "
              + train.epochs()
              + " epochs, but the vectors to learn are those of the float network as it is; let"
              + " epochs be 0");
    }
    String classes = "is for networks that give a class to a text; leave it out for vectors";
    if (prune != null) {
      throw new InvalidKeyException("prune", classes);
    } else if (tune != null) {
      throw new InvalidKeyException("tune", classes);
    } else if (quantize.qat().epochs() > 0 && quantize.qat().distillation() == null) {
      throw new InvalidKeyException(
          "quantize",
          "trains vectors, which are learned from the float network; give qat.distillation: {}");
    }
    TeacherSpec teacher = quantize.qat().distillation();
    if (teacher != null && !teacher.equals(teacher.ofVectors())) {
      throw new InvalidKeyException(
          "quantize",
          "gives distillation a temperature or a weight, which are those of classes; vectors have"
              + " layers and layerWeight alone");
    }
  }

  private static void checkWholeTexts(TrainSpec train) {
    if (train.tokenDropout() > 0) {
      throw new InvalidKeyException(
          "train", "has a tokenDropout, which would drop ends of texts; let it be 0 to translate");
    }
  }

  /** The same, quantized otherwise. */
  public Experiment withQuantize(QuantizeSpec value) {
    return with(name, model, train, value, tune);
  }

  /** The same with another search; null for none. */
  public Experiment withTune(TuneSpec value) {
    return with(name, model, train, quantize, value);
  }

  /** The same under another name. */
  public Experiment withName(String value) {
    return with(value, model, train, quantize, tune);
  }

  /** The same with another network, trained otherwise. */
  public Experiment withNetwork(ModelSpec newModel, TrainSpec newTrain) {
    return with(name, newModel, newTrain, quantize, tune);
  }

  private Experiment with(
      String newName,
      ModelSpec newModel,
      TrainSpec newTrain,
      QuantizeSpec newQuantize,
      TuneSpec newTune) {
    return new Experiment(
        schemaVersion,
        newName,
        description,
        seed,
        data,
        newModel,
        newTrain,
        prune,
        newQuantize,
        newTune,
        baselines,
        verify,
        accept,
        executor);
  }
}
