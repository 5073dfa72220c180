package org.qat4j.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
import org.qat4j.report.SweepReport;
import org.qat4j.report.SweepTable;
import org.qat4j.report.folder.RunFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

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
  private static final String ALL = ".*";

  /** Float networks, and variants that are finished. */
  private static final Pattern KEPT = Pattern.compile("seed-.*\\.(zip|json)");

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
      names = "--only",
      paramLabel = "REGEX",
      description = "Run the variants alone whose whole name matches.")
  private String only = ALL;

  @Option(
      names = "--resume",
      description = "Go on in --out: what is finished there and has not changed is not done again.")
  private boolean resume;

  @Mixin private RunArguments arguments;

  @Override
  public Integer call() {
    List<Variant> variants = chosen(ExperimentCheck.variants(file, sets));
    String name = String.valueOf(file.getFileName()).replaceFirst("\\.ya?ml$", "");
    List<Long> all = arguments.seeds(variants.get(0).experiment().seed());
    Console console = arguments.console();
    try (RunFolder folder = open(name);
        GoOn goOn = goOn(folder.path())) {
      console.line("folder of the sweep: " + folder.path());
      SweepReport report =
          new RunSweep(variants, folder, console).run(name, all, arguments.facts(sets));
      folder.finish();
      goOn.finished();
      arguments.print(arguments.json() ? ReportJson.of(report) : SweepTable.of(report));
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

  private GoOn goOn(Path folder) {
    List<String> words = new ArrayList<>(List.of("sweep", file.toString()));
    sets.forEach(set -> words.addAll(List.of("--set", set)));
    if (!only.equals(ALL)) {
      words.addAll(List.of("--only", only));
    }
    if (arguments.givenSeeds() != null) {
      words.addAll(List.of("--seeds", arguments.givenSeeds()));
    }
    words.addAll(List.of("--out", folder.toString(), "--resume"));
    return new GoOn(folder, KEPT, arguments.errors(), words);
  }

  private RunFolder open(String name) {
    if (resume) {
      if (arguments.out() == null || arguments.overwrite()) {
        throw new QatException("--resume goes on in the folder that --out names, and keeps it");
      }
      return RunFolder.resume(arguments.out());
    }
    return arguments.newFolder(name);
  }
}
