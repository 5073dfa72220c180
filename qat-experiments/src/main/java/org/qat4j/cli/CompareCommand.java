package org.qat4j.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.qat4j.QatException;
import org.qat4j.console.Printable;
import org.qat4j.report.Comparison;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows several runs side by side. */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Shows runs side by side, from their report.json: accuracy with intervals, differences to"
          + " float and to the control, sizes, and the settings that differ.",
      "A folder of a sweep counts as all its variants."
    },
    footer = {
      "",
      "Examples:",
      "  ./qat compare runs/langid-int8-20260101-120000 runs/latest",
      "  ./qat compare runs/lowbit --json"
    })
final class CompareCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "RUN",
      description = "Run folders, folders of sweeps, or files report.json.")
  private List<Path> runs;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    List<Comparison.Entry> entries = new ArrayList<>();
    for (Path run : runs) {
      entries.addAll(read(run));
    }
    if (entries.size() < 2) {
      throw new QatException("one run alone has nothing to stand beside; give two or more");
    }
    Comparison comparison = new Comparison(entries);
    PrintWriter out = spec.commandLine().getOut();
    out.print(Printable.of(json ? comparison.json() : comparison.table()));
    out.flush();
    return Exit.OK;
  }

  private static List<Comparison.Entry> read(Path run) throws IOException {
    Path file = Files.isDirectory(run) ? run.resolve("report.json") : run;
    if (!Files.isRegularFile(file)) {
      throw new QatException(
          "there is no "
              + file
              + "; a run folder has one when the run came to its end"
              + (Files.isDirectory(run) ? "" : ", and " + run + " is no folder"));
    }
    try {
      return Comparison.read(run.toString(), new ObjectMapper().readTree(file.toFile()));
    } catch (JsonProcessingException e) {
      throw new QatException(file + " is no report: " + e.getOriginalMessage(), e);
    }
  }
}
