package org.qat4j.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.api.Model;
import org.qat4j.QatException;
import org.qat4j.console.Console;
import org.qat4j.experiment.Experiment;
import org.qat4j.experiment.ResolvedExperiment;
import org.qat4j.io.internal.AtomicFile;
import org.qat4j.pipeline.ExperimentCheck;
import org.qat4j.pipeline.RunExperiment;
import org.qat4j.pipeline.RunFiles;
import org.qat4j.report.ReportJson;
import org.qat4j.report.ReportTable;
import org.qat4j.report.RunReport;
import org.qat4j.report.folder.RunFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Searches the quantization parameters of an experiment. */
@Command(
    name = "tune",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Searches scales, zero points and bits on the integer model, by the section tune of an"
          + " experiment, and writes a report with the settings to adopt.",
      "Tuned on the validation texts, reported on the test texts once."
    },
    footer = {
      "",
      "Examples:",
      "  ./qat tune configs/langid-tune.yaml",
      "  ./qat tune configs/langid-tune.yaml --network runs/langid-int8-20260101-120000",
      "  ./qat tune --resume runs/langid-tune-20260101-120000",
      "  ./qat tune --resume runs/langid-tune-20260101-120000 --apply tuned.yaml"
    })
final class TuneCommand implements Callable<Integer> {
  /** What a search that is stopped leaves to go on with. */
  private static final Pattern KEPT =
      Pattern.compile(
          String.join("|", RunExperiment.CHECKPOINTS, RunFiles.TRIALS, RunFiles.FLOAT_NETWORK));

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "EXPERIMENT",
      description = "An experiment file with a section tune.")
  private Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Change a key of the file, for example --set tune.trials=1000.")
  private List<String> sets = new ArrayList<>();

  @Option(
      names = "--variant",
      paramLabel = "NAME",
      description = "Which variant is meant, where the file describes a sweep.")
  private String variant;

  @Option(
      names = "--resume",
      paramLabel = "RUN",
      description = "Go on in the folder of a search that was stopped, to the same result.")
  private Path resume;

  @Option(
      names = "--apply",
      paramLabel = "FILE",
      description = "Write the experiment with the tuned settings of the first seed.")
  private Path apply;

  @Option(
      names = "--network",
      paramLabel = "RUN",
      description = "Take the float network of an earlier run instead of training one.")
  private Path network;

  @Mixin private RunArguments arguments;
  @Mixin private CheckpointArguments checkpoints;

  @Override
  public Integer call() throws IOException {
    if ((file == null) == (resume == null)) {
      throw new QatException(
          "give an experiment file to start a search, or --resume and a run folder to go on");
    }
    ResolvedExperiment resolved =
        ExperimentCheck.resolve(file == null ? RunFiles.experiment(resume) : file, sets, variant);
    Experiment e = resolved.experiment();
    if (e.tune() == null) {
      throw new QatException(
          (file == null ? resume : file)
              + " has no section tune; two lines are enough:\ntune:\n  trials: 400");
    }
    if (apply != null && Files.exists(apply) && !arguments.overwrite()) {
      throw new QatException(apply + " exists; choose another --apply, or add --overwrite");
    }
    Console console = arguments.console();
    try (RunFolder folder = open(e);
        GoOn goOn = goOn(folder.path())) {
      console.line("run folder: " + folder.path());
      List<Long> all = seedsOf(folder, e);
      RunReport report =
          new RunExperiment(resolved, folder, console, checkpoints.every())
              .tune(all, facts(), seed -> floatNetwork(folder, all, seed));
      folder.finish();
      goOn.finished();
      arguments.print(arguments.json() ? ReportJson.of(report) : ReportTable.of(report));
      if (apply != null) {
        Path tuned = within(folder.path(), all, all.get(0)).resolve(RunFiles.TUNED);
        AtomicFile.write(apply, Files.readAllBytes(tuned));
        console.line("tuned experiment: " + apply);
      }
      RunExperiment.requireExact(report, folder.path());
    }
    return Exit.OK;
  }

  private GoOn goOn(Path folder) {
    List<String> words = new ArrayList<>(List.of("tune", "--resume", folder.toString()));
    if (network != null) {
      words.addAll(List.of("--network", network.toString()));
    }
    if (apply != null) {
      words.addAll(List.of("--apply", apply.toString()));
    }
    return new GoOn(folder, KEPT, arguments.errors(), words);
  }

  private RunFolder open(Experiment e) {
    if (resume != null) {
      return RunFolder.resume(resume);
    }
    return arguments.newFolder(e.name());
  }

  /** Seeds of the command line, or of the search that is gone on with. */
  private List<Long> seedsOf(RunFolder folder, Experiment e) throws IOException {
    Path kept = folder.file(RunFiles.SEEDS);
    List<Long> all =
        resume != null && arguments.givenSeeds() == null && Files.exists(kept)
            ? Files.readAllLines(kept, StandardCharsets.UTF_8).stream().map(Long::valueOf).toList()
            : arguments.seeds(e.seed());
    return all;
  }

  private Model floatNetwork(RunFolder folder, List<Long> all, long seed) {
    folder.write(RunFiles.SEEDS, String.join("\n", all.stream().map(String::valueOf).toList()));
    Path own = within(folder.path(), all, seed);
    if (resume != null && Files.exists(own.resolve(RunFiles.FLOAT_NETWORK))) {
      return RunFiles.floatNetwork(own);
    }
    if (network == null) {
      return null;
    }
    Path ofSeed = network.resolve("seed-" + seed);
    return RunFiles.floatNetwork(Files.isDirectory(ofSeed) ? ofSeed : network);
  }

  private static Path within(Path folder, List<Long> all, long seed) {
    return all.size() == 1 ? folder : folder.resolve("seed-" + seed);
  }

  private Map<String, String> facts() {
    Map<String, String> facts = arguments.facts(sets);
    if (network != null) {
      facts.put("--network", String.valueOf(network.getFileName()));
    }
    return facts;
  }
}
