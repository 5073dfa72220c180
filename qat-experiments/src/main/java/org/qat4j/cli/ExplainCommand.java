package org.qat4j.cli;

import java.util.concurrent.Callable;
import org.qat4j.experiment.KeyIndex;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** What a key of an experiment file means. */
@Command(
    name = "explain",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Says what a key of an experiment file means, what it may be, what it is where it is absent,"
          + " and where it stands."
    },
    footer = {
      "",
      "Examples:",
      "  ./qat explain quantize.weights.bits",
      "  ./qat explain learningRate     # all places",
      "  ./qat explain word-cnn         # a kind, with its keys",
      "  ./qat explain                  # the keys of the first level"
    })
final class ExplainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "KEY",
      arity = "0..1",
      description = "A key with the path to it, its end alone, or a kind.")
  private String key;

  @Override
  public Integer call() {
    spec.commandLine().getOut().print(key == null ? KeyIndex.overview() : KeyIndex.explain(key));
    spec.commandLine().getOut().flush();
    return Exit.OK;
  }
}
