package org.qat4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.qat4j.console.Console;
import org.qat4j.data.Dataset;
import org.qat4j.experiment.Experiment;
import org.qat4j.experiment.ExperimentReader;
import org.qat4j.model.IntegerModel;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.onnx.internal.ByteProducts;
import org.qat4j.pipeline.RunFiles;
import org.qat4j.pipeline.TextVerification;
import org.qat4j.qat.QatNetwork;
import org.qat4j.task.DatasetReader;
import org.qat4j.verify.VerifyReport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Compares the engines on the model of a run. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs texts of the test set through the network trained under quantization, the Java runtime"
          + " and ONNX Runtime side by side, and compares every value that they make.",
      "Exit code 1 if any differs. Where a run left no model because they differed, its network is"
          + " frozen again without training, and the model is written if all agree."
    },
    footer = {"", "Example:", "  ./qat verify runs/latest"})
final class VerifyCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ModelOptions models;

  @Parameters(paramLabel = "RUN", description = "A run folder, or the folder of one seed in it.")
  private Path folder;

  @Option(
      names = "--inputs",
      paramLabel = "N",
      description = "Number of texts (default: verify.inputs of the experiment).")
  private Integer inputs;

  @Option(
      names = "--vnni",
      description = "With the ONNX form of export --vnni; needs x86 with VNNI, or ARM.")
  private boolean vnni;

  @Option(names = "--quiet", description = "Show no progress.")
  private boolean quiet;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() {
    OnnxOptions options = OnnxOptions.DEFAULT.withVnni(vnni);
    ByteProducts.require(options);
    Experiment experiment = ExperimentReader.read(RunFiles.experiment(folder), List.of());
    boolean lacksModel = RunFiles.lacksModel(folder);
    QatNetwork network = RunFiles.qatNetwork(folder);
    Dataset data = DatasetReader.folds(experiment.data()).get(0);
    RunFiles.requireData(folder, data.sha256());
    IntegerModel model =
        lacksModel ? RunFiles.freeze(folder, network, experiment, data) : models.read(folder);
    VerifyReport report =
        TextVerification.of(
            network,
            model,
            options,
            data,
            inputs == null ? experiment.verify().inputs() : inputs,
            Console.standardError(quiet));
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(Json.line(report));
    } else {
      print(out, report);
    }
    report.requireExact();
    if (lacksModel) {
      RunFiles.write(model, folder);
    }
    return Exit.OK;
  }

  private static void print(PrintWriter out, VerifyReport report) {
    String format = "%-24s %-30s %14s %12s %12s%n";
    out.printf(Locale.ROOT, format, "value", "operation", "compared", "Java/ONNX", "network/Java");
    for (VerifyReport.Layer layer : report.layers()) {
      out.printf(
          Locale.ROOT,
          format,
          layer.name(),
          layer.operation(),
          String.format(Locale.ROOT, "%,d", layer.values()),
          String.format(Locale.ROOT, "%,d", layer.javaVsOnnx()),
          layer.qatValues() == 0 ? "" : String.format(Locale.ROOT, "%,d", layer.qatVsJava()));
    }
    out.println(TextVerification.summary(report));
  }
}
