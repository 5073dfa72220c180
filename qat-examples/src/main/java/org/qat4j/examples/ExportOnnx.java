package org.qat4j.examples;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.model.IntegerModel;
import org.qat4j.onnx.OnnxExporter;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.runtime.Sample;
import org.qat4j.verify.Verifier;

/** Compares network, Java and ONNX Runtime, value by value, and writes the ONNX file. */
public final class ExportOnnx {
  private ExportOnnx() {}

  /** Argument: the file to write. */
  public static void main(String[] args) {
    QatNetwork qat = Qat.prepare(Toy.trained(16), QuantSpec.int8());
    qat.calibrate(Toy.data(), 8);
    IntegerModel model = qat.freeze();

    INDArray rows = Toy.rows().getFeatures();
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < rows.rows(); i++) {
      samples.add(Sample.ofReals(rows.getRow(i).toFloatVector()));
    }
    Verifier.verify(qat, model, OnnxOptions.DEFAULT, samples).requireExact();

    OnnxExporter.write(model, OnnxOptions.DEFAULT, Path.of(args[0]));
    System.out.println("the same codes on " + samples.size() + " inputs");
  }
}
