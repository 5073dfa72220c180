package org.qat4j.pipeline;

import java.io.Serializable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.api.Model;
import org.qat4j.QatException;
import org.qat4j.console.Console;
import org.qat4j.data.DataFinding;
import org.qat4j.data.DataFindings;
import org.qat4j.data.Dataset;
import org.qat4j.evaluation.Predictions;
import org.qat4j.evaluation.Stage;
import org.qat4j.experiment.ExecutorSpec;
import org.qat4j.experiment.Experiment;
import org.qat4j.experiment.ExperimentReader;
import org.qat4j.experiment.ExperimentWriter;
import org.qat4j.experiment.ModelSpec;
import org.qat4j.experiment.ResolvedExperiment;
import org.qat4j.report.CurvePoint;
import org.qat4j.report.DataSummary;
import org.qat4j.report.ModelWords;
import org.qat4j.report.Phase;
import org.qat4j.report.Provenance;
import org.qat4j.report.RunReport;
import org.qat4j.report.SeedRun;
import org.qat4j.report.folder.RunFolder;
import org.qat4j.task.DatasetReader;
import org.qat4j.task.Task;
import org.qat4j.text.TextEncoder;
import org.qat4j.text.WordEncoder;

/**
 * The map of the project: an experiment from its file to its report.
 *
 * <pre>
 * read data → train float network → control → (tune) → calibrate → freeze (post-training quantization)
 *           → train under quantization → freeze → verify → write → evaluate → report
 * </pre>
 */
public final class RunExperiment {
  /** What follows from the data, where the experiment file names no network. */
  static final String RULES = "rules.txt";

  /** Folder of the checkpoints, which a run that comes to its end deletes. */
  public static final String CHECKPOINTS = "checkpoints";

  private final ResolvedExperiment resolved;
  private final Experiment experiment;
  private final RunFolder folder;
  private final Console console;
  private final SeedExperiment.Verification verification;
  private final RunCheckpoints.Pace pace;

  /** The same with a checkpoint a minute. */
  public RunExperiment(ResolvedExperiment resolved, RunFolder folder, Console console) {
    this(resolved, folder, console, Duration.ofMinutes(1));
  }

  /**
   * @param folder takes every file of the run
   * @param console is told how it goes
   * @param checkpoints least time between two places of a training that are kept to go on from
   */
  public RunExperiment(
      ResolvedExperiment resolved, RunFolder folder, Console console, Duration checkpoints) {
    this(
        resolved,
        folder,
        console,
        TextVerification::of,
        new RunCheckpoints.Pace(checkpoints, System::nanoTime));
  }

  RunExperiment(
      ResolvedExperiment resolved,
      RunFolder folder,
      Console console,
      SeedExperiment.Verification verification,
      RunCheckpoints.Pace pace) {
    this.pace = pace;
    this.resolved = resolved;
    this.experiment = resolved.experiment();
    this.folder = folder;
    this.console = console;
    this.verification = verification;
  }

  /**
   * Runs the experiment once for each seed and writes everything into the run folder.
   *
   * @param seeds one or more; the data are the same for all
   * @param facts of this call for the provenance, for example flags of the command line
   * @throws org.qat4j.QatException if something of the experiment cannot be done
   */
  public RunReport run(List<Long> seeds, Map<String, String> facts) {
    return run(seeds, facts, seed -> null, SeedExperiment::run, true);
  }

  /**
   * Searches alone, with each seed: float network, search, and the tuned model as it is without
   * training.
   *
   * @param floatNetwork gives the trained float network of a seed, or null to train it
   */
  public RunReport tune(
      List<Long> seeds, Map<String, String> facts, Function<Long, Model> floatNetwork) {
    return run(seeds, facts, floatNetwork, SeedExperiment::tuneOnly, false);
  }

  /**
   * @param keeps whether parts are kept as they end, where there are several
   */
  private RunReport run(
      List<Long> seeds,
      Map<String, String> facts,
      Function<Long, Model> floatNetwork,
      Function<SeedExperiment, SeedRun.Builder> work,
      boolean keeps) {
    Stopwatch watch = new Stopwatch();
    List<Dataset> folds = DatasetReader.folds(experiment.data());
    folds.forEach(DataFindings::requireRows);
    Suited suited = Suited.of(resolved, folds.get(0));
    return new RunExperiment(suited.resolved(), folder, console, verification, pace)
        .run(seeds, facts, floatNetwork, work, keeps, folds, suited, watch.seconds());
  }

  private RunReport run(
      List<Long> seeds,
      Map<String, String> facts,
      Function<Long, Model> floatNetwork,
      Function<SeedExperiment, SeedRun.Builder> work,
      boolean keeps,
      List<Dataset> folds,
      Suited suited,
      double readingSeconds) {
    String config = ExperimentWriter.toYaml(experiment);
    Dataset data = folds.get(0);
    folds.forEach(fold -> ExperimentCheck.require(experiment, fold));
    List<DataFinding> findings =
        new ArrayList<>(DataFindings.of(experiment.data(), data, experiment.train().batch()));
    findings.addAll(DataFindings.few(data));
    DataSummary summary = summary(folds);
    if (folder.isResumed()) {
      RunFiles.requireData(folder.path(), summary.sha256());
    }
    folder.write(RunFiles.EXPERIMENT, config); // what could be in its place stays until here
    if (!suited.rules().isEmpty()) {
      folder.write(RULES, suited.explanation());
      suited.rules().forEach(rule -> console.line("follows from the data: " + rule));
    }
    Map<String, String> provenance = Provenance.current();
    provenance.put("seeds", seeds.stream().map(String::valueOf).collect(Collectors.joining(", ")));
    provenance.put("data SHA-256", summary.sha256());
    provenance.putAll(facts);
    folder.writeJson("provenance.json", provenance);
    console.line(
        String.format(
            Locale.ROOT,
            "data: %,d training, %,d validation, %,d test texts%s, %s",
            data.train().size(),
            data.validation().size(),
            summary.test(),
            folds.size() > 1 ? " in " + folds.size() + " folds" : "",
            summary.answers()));
    tell(findings);

    RunReport.Builder report =
        RunReport.builder(experiment.name(), experiment.description())
            .config(config)
            .ran(experiment)
            .accept(experiment.accept())
            .provenance(provenance)
            .testTexts(
                folds.stream()
                    .flatMap(fold -> Task.of(fold).items(fold.test(), fold.labels()).stream())
                    .toList());
    List<Part> parts = Part.of(seeds, folds.size());
    boolean several = keeps && parts.size() > 1;
    String basis = KeptParts.basis(experiment, summary.sha256());
    KeptParts kept = new KeptParts(folder);
    List<RunCheckpoints> checkpoints = new ArrayList<>();
    boolean beside = Beside.hasRoom();
    try (Beside<Baselines> baselines = Beside.begin("baselines", beside, () -> baselines(folds))) {
      if (several && experiment.executor() instanceof ExecutorSpec.Spark spark) {
        List<Part> open = parts.stream().filter(p -> kept.find(p.file(), basis) == null).toList();
        open.forEach(this::forgetMetrics);
        Shared shared = new Shared(config, new ArrayList<>(folds), basis);
        SparkParts.run(spark.master(), shared, open, folder, console);
      }
      List<SeedRun> ofSeed = new ArrayList<>();
      for (Part part : parts) {
        boolean first = part.equals(parts.get(0));
        RunCheckpoints own =
            new RunCheckpoints(
                folder.file(part.withinFold() + CHECKPOINTS),
                config + summary.sha256() + " seed " + part.seed() + " fold " + part.fold(),
                console,
                pace);
        checkpoints.add(own);
        SeedRun run = several ? kept.find(part.file(), basis) : null;
        FloatNetwork floats = run == null || first ? floats(part, folds, own) : null;
        if (first) {
          List<DataFinding> cut =
              suited.rules().isEmpty()
                  ? DataFindings.cut(data, floats.text().encoders())
                  : List.of(); // the rule of the length has said so
          tell(cut);
          findings.addAll(cut);
          report.words(words(floats.text().encoders()));
        }
        if (run == null) {
          Model given = part.fold() == 0 ? floatNetwork.apply(part.seed()) : null;
          if (given != null) {
            floats.restore(given);
          }
          run = work.apply(seedExperiment(floats, part)).build();
          run = several ? kept.keep(part.file(), basis, run) : run;
        }
        Stopwatch waiting = new Stopwatch();
        Baselines all = baselines.get();
        run = run.with(all.answers().get(part.fold()));
        if (first) { // once for all
          double waited = beside ? waiting.seconds() : all.seconds();
          run =
              run.with(Phase.DATA, readingSeconds, readingSeconds)
                  .with(Phase.BASELINES, all.seconds(), waited);
        }
        ofSeed.add(run);
        if (ofSeed.size() == folds.size()) {
          report.run(SeedRun.ofFolds(ofSeed));
          ofSeed.clear();
        }
      }
    }
    RunReport result = report.data(summary.with(findings)).build();
    folder.report(result);
    checkpoints.forEach(RunCheckpoints::delete);
    parts.forEach(part -> kept.delete(part.file()));
    return result;
  }

  /**
   * What is done by itself: one seed on one fold.
   *
   * @param fold from 0
   * @param seeds of the run, how many
   * @param folds of the data, how many
   */
  private record Part(long seed, int fold, int seeds, int folds)
      implements SparkParts.Part<Shared> {
    /** All parts, in the order of one machine. */
    static List<Part> of(List<Long> seeds, int folds) {
      List<Part> parts = new ArrayList<>();
      for (long seed : seeds) {
        for (int fold = 0; fold < folds; fold++) {
          parts.add(new Part(seed, fold, seeds.size(), folds));
        }
      }
      return parts;
    }

    /** What it is kept as. */
    String file() {
      return "seed-" + seed + (folds == 1 ? "" : "-fold-" + (fold + 1));
    }

    /** Prefix of the names of the seed's files. */
    String within() {
      return seeds == 1 ? "" : "seed-" + seed + "/";
    }

    /** Prefix of the names of files that every fold has. */
    String withinFold() {
      return fold == 0 ? within() : within() + "fold-" + (fold + 1) + "/";
    }

    /** Does the part where nothing is gone on from. */
    @Override
    public void run(Shared shared, RunFolder to) {
      ResolvedExperiment resolved = ExperimentReader.resolved(shared.experiment());
      RunExperiment run = new RunExperiment(resolved, to, Console.quiet());
      FloatNetwork floats = run.floats(this, shared.folds(), RunCheckpoints.none());
      SeedRun done = run.seedExperiment(floats, this).run().build();
      new KeptParts(to).keep(file(), shared.basis(), done);
    }

    @Override
    public String toString() {
      return "seed " + seed + (folds == 1 ? "" : ", fold " + (fold + 1));
    }
  }

  /**
   * What the parts on Spark have in common.
   *
   * @param experiment as YAML
   * @param basis of what is kept
   */
  private record Shared(String experiment, ArrayList<Dataset> folds, String basis)
      implements Serializable {}

  /**
   * What no network answers.
   *
   * @param answers of each fold
   * @param seconds of all of them
   */
  private record Baselines(List<Map<Stage, Predictions>> answers, double seconds) {}

  private Baselines baselines(List<Dataset> folds) {
    Stopwatch watch = new Stopwatch();
    List<Map<Stage, Predictions>> answers =
        folds.stream().map(fold -> Task.of(fold).baselines(experiment.baselines(), fold)).toList();
    return new Baselines(answers, watch.seconds());
  }

  /**
   * Passes a report in which all engines agree.
   *
   * @param folder of the run
   * @throws QatException if they do not; the message says how to try again without training
   */
  public static void requireExact(RunReport report, Path folder) {
    for (SeedRun run : report.runs()) {
      if (run.verification() != null && !run.verification().isExact()) {
        Path of = report.runs().size() == 1 ? folder : folder.resolve("seed-" + run.seed());
        throw disagreement(of);
      }
    }
  }

  static QatException disagreement(Path folder) {
    return new QatException(
        "the engines do not agree, so that no model was written to "
            + folder
            + "; the report says where they differ. The networks are kept. To try again without"
            + " training:\n  ./qat verify "
            + folder
            + "\n  ./qat export "
            + folder
            + " --onnx model.onnx");
  }

  private void tell(List<DataFinding> findings) {
    findings.forEach(finding -> finding.lines().forEach(console::line));
  }

  /** Of a part that is begun anew. */
  private void forgetMetrics(Part part) {
    if (part.fold() == 0) {
      for (Stage stage : Stage.values()) {
        folder.forgetMetrics(part.seed(), stage, 0);
      }
    }
  }

  /** The first fold alone tells how it goes. */
  private FloatNetwork floats(Part part, List<Dataset> folds, RunCheckpoints checkpoints) {
    Metrics metrics = part.fold() == 0 ? new FolderMetrics(part.seed()) : Metrics.NONE;
    Dataset data = folds.get(part.fold());
    return new FloatNetwork(experiment, part.seed(), data, console, metrics, checkpoints);
  }

  /**
   * Into metrics.jsonl. What a run that was stopped has told of steps that come again is taken out.
   */
  private final class FolderMetrics implements Metrics {
    private final long seed;
    private final Set<Stage> begun = EnumSet.noneOf(Stage.class);

    FolderMetrics(long seed) {
      this.seed = seed;
    }

    @Override
    public void accept(CurvePoint point) {
      folder.metric(seed, point);
    }

    @Override
    public synchronized void from(Stage stage, long step) {
      if (begun.add(stage)) {
        folder.forgetMetrics(seed, stage, step);
      }
    }
  }

  /** The first fold alone leaves networks and models. */
  private SeedExperiment seedExperiment(FloatNetwork floats, Part part) {
    SeedExperiment.Files files =
        part.fold() > 0 ? SeedExperiment.Files.NONE : new RunFiles(folder, part.within());
    return new SeedExperiment(
        resolved,
        floats,
        files,
        verification,
        name -> folder.file(part.withinFold() + name),
        console);
  }

  /** What the network knows of words and could know besides; null where it is none of words. */
  private ModelWords words(List<? extends TextEncoder> encoders) {
    if (!(experiment.model() instanceof ModelSpec.WordCnn words)) {
      return null;
    }
    boolean isFull =
        encoders.stream()
            .anyMatch(e -> e instanceof WordEncoder w && w.words().size() >= words.vocabulary());
    return new ModelWords(words.vocabulary(), isFull, words.ngrams() != null);
  }

  static DataSummary summary(Dataset data) {
    return summary(List.of(data));
  }

  /** Of all folds, which have the same rows; those of the test are all together. */
  private static DataSummary summary(List<Dataset> folds) {
    Dataset data = folds.get(0);
    return new DataSummary(
        data.train().size(),
        data.validation().size(),
        folds.stream().mapToInt(fold -> fold.test().size()).sum(),
        data.labels(),
        data.sha256(),
        data.skipped().rows(),
        List.of(),
        Task.of(data).answers(data));
  }
}
