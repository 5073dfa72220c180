package org.qat4j.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.qat4j.QatException;
import org.qat4j.console.Console;
import org.qat4j.experiment.Variant;
import org.qat4j.pipeline.ExperimentCheck;
import org.qat4j.pipeline.RunSweep;
import org.qat4j.report.ReportJson;
import org.qat4j.report.RunFolder;
import org.qat4j.report.SweepReport;
import org.qat4j.report.SweepTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs the variants of an experiment side by side. */
@Command(
    name = "sweep",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs every variant that an experiment file describes (its key sweep) and reports them side"
          + " by side: accuracy after post-training quantization and after QAT, differences to the"
          + " float network and to its control, size, and the knee of accuracy against size.",
      "The float network of a seed is trained once for all. What is finished is kept, so that a"
          + " sweep that was stopped goes on with --resume."
    },
    footer = {
      "",
      "Examples:",
      "  ./qat sweep configs/langid-lowbit.yaml",
      "  ./qat sweep configs/langid-lowbit.yaml --seeds 5 --out runs/lowbit",
      "  ./qat sweep configs/langid-lowbit.yaml --seeds 5 --out runs/lowbit --resume",
      "  ./qat sweep configs/langid-lowbit.yaml --only 'W2.*'"
    })
final class SweepCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "EXPERIMENT",
      description = "An experiment file with the key sweep.")
  private Path file;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Change a key of every variant, for example --set train.epochs=3.")
  private List<String> sets = new ArrayList<>();

  @Option(
      names = "--seeds",
      paramLabel = "N|A,B,...",
      description = "Run with the seeds 1 to N, or with those listed, and report over all.")
  private String seeds;

  @Option(
      names = "--only",
      paramLabel = "REGEX",
      description = "Run the variants alone whose whole name matches.")
  private String only = ".*";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The folder of the sweep (default: runs/<name>-<time>).")
  private Path out;

  @Option(
      names = "--resume",
      description = "Go on in --out: what is finished there and has not changed is not done again.")
  private boolean resume;

  @Option(names = "--overwrite", description = "Replace an earlier run in --out.")
  private boolean overwrite;

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Option(names = "--json", description = "Print the report as JSON instead of a table.")
  private boolean json;

  @Override
  public Integer call() {
    List<Variant> variants = chosen(ExperimentCheck.variants(file, sets));
    String name = String.valueOf(file.getFileName()).replaceFirst("\\.ya?ml$", "");
    List<Long> all = Seeds.parse(seeds, variants.get(0).experiment().seed());
    Console console = Console.standardError(quiet);
    try (RunFolder folder = open(name)) {
      console.line("folder of the sweep: " + folder.path());
      SweepReport report = new RunSweep(variants, folder, console).run(name, all, facts());
      folder.finish();
      spec.commandLine().getOut().print(json ? ReportJson.of(report) : SweepTable.of(report));
      spec.commandLine().getOut().flush();
    }
    return Exit.OK;
  }

  private List<Variant> chosen(List<Variant> variants) {
    Pattern pattern;
    try {
      pattern = Pattern.compile(only);
    } catch (PatternSyntaxException e) {
      throw new QatException("--only takes a regular expression: " + e.getMessage(), e);
    }
    List<Variant> chosen =
        variants.stream().filter(v -> pattern.matcher(v.name()).matches()).toList();
    if (chosen.isEmpty()) {
      throw new QatException(
          "--only "
              + only
              + " matches no variant; there are "
              + variants.stream().map(Variant::name).collect(Collectors.joining(", ")));
    }
    return chosen;
  }

  private RunFolder open(String name) {
    if (resume) {
      if (out == null || overwrite) {
        throw new QatException("--resume goes on in the folder that --out names, and keeps it");
      }
      return RunFolder.resume(out);
    }
    return out == null ? RunFolder.create(Path.of("runs"), name) : RunFolder.create(out, overwrite);
  }

  private Map<String, String> facts() {
    Map<String, String> facts = new LinkedHashMap<>();
    if (seeds != null) {
      facts.put("--seeds", seeds);
    }
    if (!sets.isEmpty()) {
      facts.put("--set", String.join(" ", sets));
    }
    return facts;
  }
}
