package org.qat4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qat4j.console.Console;
import org.qat4j.console.Printable;
import org.qat4j.report.folder.RunFolder;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What commands have in common that fill a run folder: seeds, where to, and how to tell of it. */
final class RunArguments {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = "--seeds",
      paramLabel = "N|A,B,...",
      description = "Run with the seeds 1 to N, or with those listed, and report over all.")
  private String seeds;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "The run folder (default: runs/<name>-<time>).")
  private Path out;

  @Option(names = "--overwrite", description = "Replace an earlier run in --out.")
  private boolean overwrite;

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Option(names = "--json", description = "Print the report as JSON instead of a table.")
  private boolean json;

  /** What was given as --seeds, or null. */
  String givenSeeds() {
    return seeds;
  }

  /**
   * The seeds that are meant.
   *
   * @param own seed of the experiment
   * @throws org.qat4j.QatException if --seeds is malformed
   */
  List<Long> seeds(long own) {
    return Seeds.parse(seeds, own);
  }

  /** Whether something was said that a new run alone needs. */
  boolean isForNewRun() {
    return seeds != null || out != null || overwrite;
  }

  /** Where errors are printed. */
  PrintWriter errors() {
    return spec.commandLine().getErr();
  }

  /** The folder of --out, or null. */
  Path out() {
    return out;
  }

  boolean overwrite() {
    return overwrite;
  }

  boolean json() {
    return json;
  }

  Console console() {
    return Console.standardError(quiet);
  }

  /**
   * A new run folder.
   *
   * @param name of the experiment
   * @throws org.qat4j.QatException if there is an earlier run and no --overwrite
   */
  RunFolder newFolder(String name) {
    if (out != null) {
      return RunFolder.create(out, overwrite);
    }
    Path runs = Path.of("runs");
    RunFolder folder = RunFolder.create(runs, name);
    LatestRun.point(runs, folder.path());
    return folder;
  }

  /** Flags for the provenance: the seeds, then changes of keys. */
  Map<String, String> facts(List<String> sets) {
    Map<String, String> facts = new LinkedHashMap<>();
    if (seeds != null) {
      facts.put("--seeds", seeds);
    }
    if (!sets.isEmpty()) {
      facts.put("--set", String.join(" ", sets));
    }
    return facts;
  }

  /** Prints what went wrong although the command did its work. */
  void printError(String message) {
    PrintWriter to = spec.commandLine().getErr();
    to.println(spec.commandLine().getColorScheme().errorText(Printable.of(message)));
    to.flush();
  }

  /** Prints the report of the command. */
  void print(String report) {
    PrintWriter to = spec.commandLine().getOut();
    to.print(Printable.of(report));
    to.flush();
  }
}
