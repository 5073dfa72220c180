package org.qat4j.cli;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.qat4j.console.Console;
import org.qat4j.console.Progress;
import org.qat4j.data.Dataset;
import org.qat4j.evaluation.Interval;
import org.qat4j.evaluation.Predictions;
import org.qat4j.model.IntegerModel;
import org.qat4j.pipeline.IntegerEvaluation;
import org.qat4j.task.DatasetReader;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Evaluates a frozen model on the test set of an experiment. */
@Command(
    name = "eval",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Evaluates a frozen model, in integer arithmetic, on an experiment's test set.",
    footer = {"", "Example:", "  ./qat eval configs/things.yaml --model runs/latest"})
final class EvalCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ModelOptions models;
  @Mixin private ExperimentArguments experiment;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "MODEL",
      description = "A model file or a run folder.")
  private Path model;

  @Option(
      names = "--beam",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "Where texts are translated: follow the N best beginnings (default: ${DEFAULT-VALUE}).")
  private int beam;

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    IntegerModel m = models.read(model);
    Dataset data = DatasetReader.read(experiment.resolve().experiment().data());
    Predictions answers;
    try (Progress progress =
        Console.standardError(quiet).progress("evaluation", data.test().size())) {
      answers = IntegerEvaluation.predict(m, data, beam, progress);
    }
    if (json) {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("texts", answers.size());
      result.put(answers.metric().key(), answers.score());
      result.putAll(answers.parts());
      result.put("interval", answers.interval());
      if (!Double.isNaN(answers.meanLoss())) { // numbers have none
        result.put("loss", answers.meanLoss());
      }
      spec.commandLine().getOut().println(Json.line(result));
    } else {
      spec.commandLine()
          .getOut()
          .println(answers.metric().isShare() ? share(answers) : inUnit(answers));
    }
    return Exit.OK;
  }

  private static String share(Predictions answers) {
    Interval interval = answers.interval();
    return String.format(
        Locale.ROOT,
        "%s %.2f %% (95 %% interval %.2f to %.2f), loss %.4f, %,d texts",
        answers.metric().title(),
        100 * answers.score(),
        100 * interval.lo(),
        100 * interval.hi(),
        answers.meanLoss(),
        answers.size());
  }

  private static String inUnit(Predictions answers) {
    Interval interval = answers.interval();
    return String.format(
        Locale.ROOT,
        "%s %.4f (95 %% interval %.4f to %.4f), %s, %,d texts",
        answers.metric().title(),
        answers.score(),
        interval.lo(),
        interval.hi(),
        answers.parts().entrySet().stream()
            .map(part -> String.format(Locale.ROOT, "%s %.4f", part.getKey(), part.getValue()))
            .collect(Collectors.joining(", ")),
        answers.size());
  }
}
