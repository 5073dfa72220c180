package org.qat4j.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.qat4j.console.Console;
import org.qat4j.data.Dataset;
import org.qat4j.experiment.Experiment;
import org.qat4j.experiment.ExperimentReader;
import org.qat4j.model.IntegerModel;
import org.qat4j.onnx.OnnxExporter;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.onnx.internal.ByteProducts;
import org.qat4j.pipeline.RunFiles;
import org.qat4j.pipeline.TextVerification;
import org.qat4j.qat.QatNetwork;
import org.qat4j.runtime.Sample;
import org.qat4j.task.DatasetReader;
import org.qat4j.verify.Verifier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a frozen model for ONNX Runtime. */
@Command(
    name = "export",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Writes a frozen model as an ONNX file with integer kernels (docs/onnx.md).",
      "Refused if ONNX Runtime gives other answers than the Java runtime on this machine.",
      "Of a run that left no model because they differed, the network is frozen again first."
    },
    footer = {"", "Example:", "  ./qat export model.qat --onnx model.onnx"})
final class ExportCommand implements Callable<Integer> {
  private static final int VERIFIED = 64;

  @Spec private CommandSpec spec;

  @Mixin private ModelOptions models;

  @Parameters(paramLabel = "MODEL", description = "A model file or a run folder.")
  private Path model;

  @Option(names = "--onnx", required = true, paramLabel = "FILE", description = "The ONNX file.")
  private Path onnx;

  @Option(
      names = "--vnni",
      description = {
        "Faster, but exact on x86 with VNNI and on ARM only; refused on other machines.",
        "Without it the file is exact on every processor."
      })
  private boolean vnni;

  @Option(
      names = "--int4",
      description = "Weights of 4 bits and fewer as INT4 (opset 21): a smaller file.")
  private boolean int4;

  @Override
  public Integer call() throws IOException {
    OnnxOptions options = OnnxOptions.DEFAULT.withVnni(vnni).withInt4(int4);
    ByteProducts.require(options);
    IntegerModel integers = RunFiles.lacksModel(model) ? frozen(options) : models.read(model);
    Verifier.verify(integers, options, Sample.random(integers, VERIFIED, 1)).requireExact();
    OnnxExporter.write(integers, options, onnx);
    spec.commandLine()
        .getOut()
        .println(String.format(Locale.ROOT, "%s: %,d bytes", onnx, Files.size(onnx)));
    return Exit.OK;
  }

  /** Of a run that left no model because the engines differed. */
  private IntegerModel frozen(OnnxOptions options) {
    Experiment experiment = ExperimentReader.read(RunFiles.experiment(model), List.of());
    Dataset data = DatasetReader.folds(experiment.data()).get(0);
    QatNetwork network = RunFiles.qatNetwork(model);
    IntegerModel integers = RunFiles.freeze(model, network, experiment, data);
    Console console = Console.standardError(true);
    int inputs = experiment.verify().inputs();
    TextVerification.of(network, integers, options, data, inputs, console).requireExact();
    return integers;
  }
}
