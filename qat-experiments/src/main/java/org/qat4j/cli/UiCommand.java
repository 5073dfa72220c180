package org.qat4j.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.qat4j.console.Printable;
import org.qat4j.http.RunsService;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A page over all runs. */
@Command(
    name = "ui",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Serves a page over all run folders of a folder: a table, learning curves as they grow, and"
          + " runs side by side. It reads, and changes nothing."
    },
    footer = {"", "Examples:", "  ./qat ui", "  ./qat ui /data/runs --port 0"})
final class UiCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private WebOptions web;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "FOLDER",
      defaultValue = "runs",
      description = "The folder that the run folders are in (default: ${DEFAULT-VALUE}).")
  private Path folder;

  @Override
  public Integer call() throws InterruptedException {
    WebOptions.await(
        new RunsService(folder).start(web.address()),
        "the runs of " + Printable.of(folder.toString()),
        spec.commandLine().getOut());
    return Exit.OK;
  }
}
