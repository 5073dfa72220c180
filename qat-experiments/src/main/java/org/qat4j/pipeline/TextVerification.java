package org.qat4j.pipeline;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.qat4j.console.Console;
import org.qat4j.console.Progress;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.model.IntegerModel;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.qat.QatNetwork;
import org.qat4j.report.Verification;
import org.qat4j.runtime.Sample;
import org.qat4j.serving.Server;
import org.qat4j.task.Task;
import org.qat4j.verify.Verifier;
import org.qat4j.verify.VerifyReport;

/** Compares a model with its network and with ONNX Runtime on texts of the test set. */
public final class TextVerification {
  private TextVerification() {}

  /**
   * Runs the first {@code inputs} test texts, and training texts where these are too few.
   *
   * @param network that the model was frozen from
   * @param console shows the progress
   */
  public static VerifyReport of(
      QatNetwork network, IntegerModel model, Dataset data, int inputs, Console console) {
    return of(network, model, OnnxOptions.DEFAULT, data, inputs, console);
  }

  /**
   * The same.
   *
   * @param options how the model is written as ONNX
   */
  public static VerifyReport of(
      QatNetwork network,
      IntegerModel model,
      OnnxOptions options,
      Dataset data,
      int inputs,
      Console console) {
    Server server = Task.server(model, Server.Wish.BEST);
    List<Sample> samples =
        Stream.concat(data.test().stream(), data.train().stream())
            .limit(inputs)
            .map(Example::text)
            .map(server::encode)
            .toList();
    try (Progress progress = console.progress("verification", samples.size())) {
      return Verifier.verify(network, model, options, samples, progress::step);
    }
  }

  /** One line for people. */
  public static String summary(VerifyReport r) {
    return String.format(
        Locale.ROOT,
        "verified on %,d inputs: %,d codes differ between Java and ONNX Runtime, %,d between the"
            + " network and Java; %d answers; largest difference of a logit %.2g",
        r.inputs(),
        r.javaVsOnnxCodes(),
        r.qatVsJavaCodes(),
        r.argmaxFlips(),
        r.maxLogitDifference());
  }

  /** The same as a part of the report. */
  static Verification forReport(VerifyReport r) {
    return new Verification(
        r.inputs(),
        r.javaVsOnnxCodes(),
        r.qatVsJavaCodes(),
        r.argmaxFlips(),
        r.maxLogitDifference(),
        r.layers().stream().map(TextVerification::forReport).toList());
  }

  private static Verification.Layer forReport(VerifyReport.Layer layer) {
    return new Verification.Layer(
        layer.name(),
        layer.values(),
        layer.javaVsOnnx(),
        layer.qatValues() == 0 ? null : layer.qatVsJava());
  }
}
