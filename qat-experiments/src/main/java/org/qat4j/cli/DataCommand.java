package org.qat4j.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.qat4j.console.Console;
import org.qat4j.data.Download;
import org.qat4j.data.KnownData;
import org.qat4j.data.KnownFile;
import org.qat4j.data.ShapeImages;
import org.qat4j.io.internal.AtomicFile;
import org.qat4j.task.regression.Ratings;
import org.qat4j.zoo.LeNet;
import org.qat4j.zoo.SavedNetworks;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Data sets that can be downloaded. */
@Command(
    name = "data",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Lists, downloads and draws data sets.",
    subcommands = {
      DataCommand.ListCommand.class,
      DataCommand.FetchCommand.class,
      DataCommand.ShapesCommand.class,
      DataCommand.RatingsCommand.class
    })
final class DataCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** Lists them. */
  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists the data sets that can be downloaded.")
  static final class ListCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      for (KnownData data : KnownData.all()) {
        out.println(data.name() + ": " + data.description());
        out.println("  " + data.size() + ", licence: " + data.licence());
        for (KnownFile file : data.files()) {
          out.println("  " + file.home() + " to " + data.folder().resolve(file.made()));
          out.println("    SHA-256 " + file.sha256());
        }
      }
      return Exit.OK;
    }
  }

  /** Downloads one. */
  @Command(
      name = "fetch",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Downloads a data set and checks it. A download that was broken off goes on where it"
            + " stopped."
      },
      footer = {"", "Example:", "  ./qat data fetch 20newsgroups"})
  static final class FetchCommand implements Callable<Integer> {
    @Spec private CommandSpec spec;

    @Parameters(paramLabel = "NAME", description = "See ./qat data list.")
    private String name;

    @Option(
        names = "--to",
        paramLabel = "FOLDER",
        description = "Where to put its files (default: where the shipped experiments look).")
    private Path to;

    @Option(names = "--quiet", description = "Show no progress.")
    private boolean quiet;

    @Override
    public Integer call() {
      KnownData data = KnownData.named(name);
      Path folder = to == null ? data.folder() : to;
      try (Transfer transfer = new Transfer(Console.standardError(quiet), data.name())) {
        data.fetch(new Download(), folder, transfer);
      }
      for (KnownFile file : data.files()) {
        spec.commandLine().getOut().println(folder.resolve(file.made()) + ": complete and checked");
      }
      return Exit.OK;
    }
  }

  /** Draws images. */
  @Command(
      name = "shapes",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Draws a table of small images, and writes an untrained network for them as Deeplearning4j"
            + " saves it: what configs/shapes-lenet.yaml reads."
      })
  static final class ShapesCommand implements Callable<Integer> {
    private static final int ROWS = 2000;
    private static final long SEED = 1;

    @Spec private CommandSpec spec;

    @Option(
        names = "--to",
        paramLabel = "FOLDER",
        defaultValue = "data",
        description = "Where to put shapes.tsv and lenet.zip (default: ${DEFAULT-VALUE}).")
    private Path to;

    @Override
    public Integer call() {
      Path table = to.resolve("shapes.tsv");
      Path network = to.resolve("lenet.zip");
      byte[] rows = ShapeImages.table(ROWS, SEED).getBytes(StandardCharsets.UTF_8);
      AtomicFile.write(table, rows);
      SavedNetworks.save(LeNet.create(ShapeImages.SIZE, ShapeImages.classes(), SEED), network);
      spec.commandLine().getOut().println(table + ", " + network + ": written");
      return Exit.OK;
    }
  }

  /** Makes up texts with numbers. */
  @Command(
      name = "ratings",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description =
          "Makes up a table of short texts with numbers: what configs/regression-ratings.yaml"
              + " reads.")
  static final class RatingsCommand implements Callable<Integer> {
    private static final int ROWS = 3000;
    private static final long SEED = 1;

    @Spec private CommandSpec spec;

    @Option(
        names = "--to",
        paramLabel = "FOLDER",
        defaultValue = "data",
        description = "Where to put ratings.tsv (default: ${DEFAULT-VALUE}).")
    private Path to;

    @Override
    public Integer call() {
      Path table = to.resolve("ratings.tsv");
      AtomicFile.write(table, Ratings.table(ROWS, SEED).getBytes(StandardCharsets.UTF_8));
      spec.commandLine().getOut().println(table + ": written");
      return Exit.OK;
    }
  }
}
