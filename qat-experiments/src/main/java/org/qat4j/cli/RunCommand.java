package org.qat4j.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.qat4j.QatException;
import org.qat4j.console.Console;
import org.qat4j.experiment.Experiment;
import org.qat4j.experiment.ResolvedExperiment;
import org.qat4j.pipeline.RunExperiment;
import org.qat4j.pipeline.Suited;
import org.qat4j.report.ReportJson;
import org.qat4j.report.ReportTable;
import org.qat4j.report.RunReport;
import org.qat4j.report.folder.RunFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs an experiment from its file to its report. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs an experiment: trains the float network, quantizes it, trains it further under"
          + " quantization, freezes it into an integer model, verifies and evaluates that, and"
          + " writes a report.",
      "Everything goes into a new run folder."
    },
    footer = {
      "",
      "Examples:",
      "  ./qat run configs/things.yaml",
      "  ./qat run configs/things.yaml --set train.epochs=1 --out runs/quick --overwrite",
      "  ./qat run configs/things.yaml --seeds 5",
      "  ./qat run intents.yaml --explain",
      "  ./qat run --resume runs/latest"
    })
final class RunCommand implements Callable<Integer> {
  @Mixin private ExperimentArguments experiment;
  @Mixin private RunArguments arguments;
  @Mixin private CheckpointArguments checkpoints;

  @Option(
      names = "--explain",
      description =
          "Read the data, print which network and training follow from them and why, and do no"
              + " more.")
  private boolean explain;

  @Option(
      names = "--resume",
      paramLabel = "RUN",
      description =
          "Go on in the folder of a run that was stopped, to the same model; experiment and seeds are"
              + " those of that run.")
  private Path resume;

  @Override
  public Integer call() {
    ResolvedExperiment resolved = resume == null ? experiment.resolve() : stopped();
    if (explain) {
      arguments.print(Suited.of(resolved).explanation());
      return Exit.OK;
    }
    Experiment e = resolved.experiment();
    List<Long> all =
        resume == null ? arguments.seeds(e.seed()) : StoppedRun.seeds(resume, e.seed());
    Console console = arguments.console();
    try (RunFolder folder =
            resume == null ? arguments.newFolder(e.name()) : RunFolder.resume(resume);
        GoOn goOn = goOn(folder.path())) {
      console.line("run folder: " + folder.path());
      RunReport report =
          new RunExperiment(resolved, folder, console, checkpoints.every()).run(all, facts());
      folder.finish();
      goOn.finished();
      arguments.print(arguments.json() ? ReportJson.of(report) : ReportTable.of(report));
      RunExperiment.requireExact(report, folder.path());
      if (report.gate() != null && !report.gate().isMet()) {
        arguments.printError("error: the gate is missed: " + report.gate().missed());
        return Exit.MISSED;
      }
    }
    return Exit.OK;
  }

  private GoOn goOn(Path folder) {
    return new GoOn(
        folder,
        Pattern.compile(RunExperiment.CHECKPOINTS),
        arguments.errors(),
        List.of("run", "--resume", folder.toString()));
  }

  /** The experiment of a run that was stopped. */
  private ResolvedExperiment stopped() {
    if (experiment.hasFile() || arguments.isForNewRun() || !experiment.sets().isEmpty()) {
      throw new QatException(
          "--resume goes on with the experiment, seeds and folder of that run: leave out EXPERIMENT,"
              + " --set, --variant, --seeds, --out and --overwrite");
    }
    return StoppedRun.experiment(resume);
  }

  private Map<String, String> facts() {
    if (resume != null) {
      return StoppedRun.facts(resume);
    }
    Map<String, String> facts = arguments.facts(experiment.sets());
    if (experiment.variant() != null) {
      facts.put("--variant", experiment.variant());
    }
    return facts;
  }
}
