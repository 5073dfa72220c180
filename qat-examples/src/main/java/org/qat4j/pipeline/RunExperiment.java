package org.qat4j.pipeline;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.qat4j.baseline.Baselines;
import org.qat4j.console.Console;
import org.qat4j.data.Dataset;
import org.qat4j.data.DatasetReader;
import org.qat4j.data.Example;
import org.qat4j.experiment.Experiment;
import org.qat4j.experiment.ExperimentWriter;
import org.qat4j.experiment.ResolvedExperiment;
import org.qat4j.report.DataSummary;
import org.qat4j.report.Phase;
import org.qat4j.report.Predictions;
import org.qat4j.report.Provenance;
import org.qat4j.report.RunFolder;
import org.qat4j.report.RunReport;
import org.qat4j.report.SeedRun;
import org.qat4j.report.Stage;

/**
 * The map of the project: an experiment from its file to its report.
 *
 * <pre>
 * read data → train float network → control → calibrate → freeze (post-training quantization)
 *           → train under quantization → freeze → write → verify → evaluate → report
 * </pre>
 */
public final class RunExperiment {
  private final ResolvedExperiment resolved;
  private final Experiment experiment;
  private final RunFolder folder;
  private final Console console;

  /**
   * @param folder takes every file of the run
   * @param console is told how it goes
   */
  public RunExperiment(ResolvedExperiment resolved, RunFolder folder, Console console) {
    this.resolved = resolved;
    this.experiment = resolved.experiment();
    this.folder = folder;
    this.console = console;
  }

  /**
   * Runs the experiment once for each seed and writes everything into the run folder.
   *
   * @param seeds one or more; the data are the same for all
   * @param facts of this call for the provenance, for example flags of the command line
   * @throws org.qat4j.QatException if something of the experiment cannot be done
   */
  public RunReport run(List<Long> seeds, Map<String, String> facts) {
    String config = ExperimentWriter.toYaml(experiment);
    folder.write(RunFiles.EXPERIMENT, config);

    Stopwatch watch = new Stopwatch();
    Dataset data = DatasetReader.read(experiment.data());
    double readingSeconds = watch.seconds();
    DataSummary summary = summary(data);
    Map<String, String> provenance = Provenance.current();
    provenance.put("seeds", seeds.stream().map(String::valueOf).collect(Collectors.joining(", ")));
    provenance.put("data SHA-256", summary.sha256());
    provenance.putAll(facts);
    folder.writeJson("provenance.json", provenance);
    console.line(
        String.format(
            Locale.ROOT,
            "data: %,d training, %,d validation, %,d test texts, %d classes",
            data.train().size(),
            data.validation().size(),
            data.test().size(),
            data.labels().size()));

    RunReport.Builder report =
        RunReport.builder(experiment.name(), experiment.description())
            .config(config)
            .provenance(provenance)
            .data(summary)
            .testTexts(data.test().stream().map(Example::text).toList());
    Stopwatch baselineWatch = new Stopwatch();
    Map<Stage, Predictions> baselines = Baselines.predict(experiment.baselines(), data);
    double baselineSeconds = baselineWatch.seconds();
    for (long seed : seeds) {
      String within = seeds.size() == 1 ? "" : "seed-" + seed + "/";
      FloatNetwork floats =
          new FloatNetwork(experiment, seed, data, console, p -> folder.metric(seed, p));
      SeedExperiment.Files files = new RunFiles(folder, within)::write;
      SeedRun.Builder run = new SeedExperiment(resolved, floats, files, console).run();
      baselines.forEach(run::predictions);
      if (seed == seeds.get(0)) { // once for all seeds
        run.secondsBefore(Phase.DATA, readingSeconds);
        run.secondsBefore(Phase.BASELINES, baselineSeconds);
      }
      report.run(run.build());
    }
    RunReport result = report.build();
    folder.report(result);
    return result;
  }

  static DataSummary summary(Dataset data) {
    return new DataSummary(
        data.train().size(),
        data.validation().size(),
        data.test().size(),
        data.labels(),
        data.sha256(),
        data.skipped().rows());
  }
}
