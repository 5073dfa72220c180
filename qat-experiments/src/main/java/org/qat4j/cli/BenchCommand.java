package org.qat4j.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.deeplearning4j.nn.api.Model;
import org.qat4j.QatException;
import org.qat4j.bench.Bench;
import org.qat4j.bench.BenchReport;
import org.qat4j.bench.BenchSpec;
import org.qat4j.bench.Soak;
import org.qat4j.bench.SoakReport;
import org.qat4j.bench.SoakSpec;
import org.qat4j.bench.TrainingBench;
import org.qat4j.bench.TrainingReport;
import org.qat4j.bench.TrainingSpec;
import org.qat4j.console.Console;
import org.qat4j.console.Progress;
import org.qat4j.data.Example;
import org.qat4j.experiment.ExperimentReader;
import org.qat4j.io.internal.AtomicFile;
import org.qat4j.model.IntegerModel;
import org.qat4j.pipeline.RunFiles;
import org.qat4j.qat.QatNetwork;
import org.qat4j.task.DatasetReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures the engines on this machine. */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures speed, start and memory of every engine on this machine, in turn on the same"
          + " texts: Deeplearning4j, the Java runtime, ONNX Runtime. Or training steps, in float and"
          + " under quantization. Or memory over time."
    },
    footer = {
      "",
      "Examples:",
      "  ./qat bench runs/langid",
      "  ./qat bench model.qat --texts phrases.txt",
      "  ./qat bench small.qat --against whole.qat --texts phrases.txt",
      "  ./qat bench --training",
      "  ./qat bench --soak --minutes 5 --scale 0.05 --csv memory.csv"
    })
final class BenchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ModelOptions models;

  @Parameters(
      arity = "0..1",
      paramLabel = "MODEL",
      description = "A run folder, or a model file with --texts.")
  private Path model;

  @Option(
      names = "--training",
      description =
          "Measure training steps instead, in float and under quantization; needs no model.")
  private boolean training;

  @Option(
      names = "--body",
      paramLabel = "NAME",
      defaultValue = "CNN",
      description =
          "With --training: what is over the embedding, CNN, LSTM or ATTENTION, or the network: DENSE"
              + " (784-1000-10), SMALL (30-64-64-2), VGG16 or RESNET50 (default:"
              + " ${DEFAULT-VALUE}).")
  private TrainingSpec.Body body;

  @Option(
      names = "--lengths",
      paramLabel = "N",
      split = ",",
      defaultValue = "100,300",
      description =
          "With --training: words per text, or rows of an image (default: ${DEFAULT-VALUE}).")
  private List<Integer> lengths;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "64",
      description = "With --training: examples per step (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--vocabulary",
      paramLabel = "N",
      defaultValue = "20000",
      description = "With --training: words of the embedding (default: ${DEFAULT-VALUE}).")
  private int vocabulary;

  @Option(
      names = "--texts",
      paramLabel = "FILE",
      description = "One text a line (default: the test set of the run).")
  private Path texts;

  @Option(
      names = "--against",
      paramLabel = "MODEL",
      description =
          "Another run folder or model file, measured in Java in the same rounds: before pruning, say.")
  private Path against;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "512",
      description = "At most so many texts (default: ${DEFAULT-VALUE}).")
  private int count;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      defaultValue = "15",
      description = "How often each engine gets its turn (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--turn",
      paramLabel = "MS",
      defaultValue = "100",
      description = "How long a turn is, in milliseconds (default: ${DEFAULT-VALUE}).")
  private int turn;

  @Option(
      names = "--soak",
      description =
          "Watch memory instead, in one process: two hours of training, evaluating and freezing, ten"
              + " million predictions of each of 8 threads, 10,000 fits of new networks, 1,000 loads."
              + " Needs no model.")
  private boolean soak;

  @Option(
      names = "--minutes",
      paramLabel = "N",
      defaultValue = "120",
      description = "With --soak: how long it trains (default: ${DEFAULT-VALUE}).")
  private int minutes;

  @Option(
      names = "--scale",
      paramLabel = "X",
      defaultValue = "1",
      description =
          "With --soak: the part of the predictions, fits and loads (default: ${DEFAULT-VALUE}).")
  private double scale;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      description = "With --soak: write memory over time.")
  private Path csv;

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    if (training) {
      return measureTraining();
    }
    if (soak) {
      return soak();
    }
    if (model == null) {
      throw new ParameterException(
          spec.commandLine(), "a run folder or a model file is missing, or --training, or --soak");
    }
    boolean isRun = Files.isDirectory(model);
    IntegerModel m = models.read(model);
    Model floatNetwork = isRun ? RunFiles.floatNetwork(model) : null;
    QatNetwork qat = isRun ? RunFiles.qatNetwork(model) : null;
    IntegerModel other = against == null ? null : models.read(against);
    BenchSpec bench = new BenchSpec(m, floatNetwork, qat, other, texts(isRun), rounds, turn);
    BenchReport report;
    try (Progress progress = Console.standardError(quiet).progress("rounds", Bench.steps(bench))) {
      report = Bench.run(bench, progress);
    }
    spec.commandLine().getOut().println(json ? Json.line(report) : report.table());
    return Exit.OK;
  }

  private int measureTraining() {
    TrainingSpec what = new TrainingSpec(body, lengths, batch, vocabulary, rounds);
    TrainingReport report;
    try (Progress progress =
        Console.standardError(quiet).progress("rounds", TrainingBench.steps(what))) {
      report = TrainingBench.run(what, progress);
    }
    spec.commandLine().getOut().println(json ? Json.line(report) : report.table());
    return Exit.OK;
  }

  private int soak() {
    SoakSpec what = SoakSpec.of(minutes, scale);
    SoakReport report;
    try (Progress progress = Console.standardError(quiet).progress("soak", Soak.steps())) {
      report = Soak.run(what, progress, this::keep);
    }
    spec.commandLine().getOut().println(json ? Json.line(report) : report.table());
    return report.isFlat() ? Exit.OK : Exit.FAILED;
  }

  private void keep(SoakReport report) {
    if (csv != null) {
      AtomicFile.write(csv, report.csv().getBytes(StandardCharsets.UTF_8));
    }
  }

  private List<String> texts(boolean isRun) throws IOException {
    if (texts != null) {
      return Files.readAllLines(texts, StandardCharsets.UTF_8).stream().limit(count).toList();
    }
    if (!isRun) {
      throw new QatException("a model file comes without texts; add --texts FILE");
    }
    var experiment = ExperimentReader.read(RunFiles.experiment(model), List.of());
    return DatasetReader.read(experiment.data()).test().stream()
        .map(Example::text)
        .distinct()
        .limit(count)
        .toList();
  }
}
