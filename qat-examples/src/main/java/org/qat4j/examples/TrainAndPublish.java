package org.qat4j.examples;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.qat4j.format.ModelFile;
import org.qat4j.model.IntegerModel;
import org.qat4j.onnx.OnnxExporter;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.runtime.Sample;
import org.qat4j.verify.QatAssert;
import org.qat4j.verify.Verifier;

/** A step of a pipeline: prepares, trains, verifies, asks whether it is good enough, publishes. */
public final class TrainAndPublish {
  private TrainAndPublish() {}

  /** Argument: the folder to publish in. */
  public static void main(String[] args) {
    MultiLayerNetwork trained = Toy.trained(16);
    DataSetIterator data = Toy.data();
    QatNetwork qat = Qat.prepare(trained, QuantSpec.int8());
    qat.calibrate(data, 8);
    qat.multiLayerNetwork().fit(data, 2);
    IntegerModel model = qat.freeze();

    INDArray rows = Toy.rows().getFeatures();
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < rows.rows(); i++) {
      samples.add(Sample.ofReals(rows.getRow(i).toFloatVector()));
    }
    Verifier.verify(qat, model, OnnxOptions.DEFAULT, samples).requireExact();
    QatAssert.assertThat(model).takesAtMost(2_000);
    double accuracy = qat.multiLayerNetwork().evaluate(data).accuracy();
    if (accuracy < 0.9) {
      throw new IllegalStateException("not published: its accuracy is " + accuracy);
    }

    Path folder = Path.of(args[0]);
    ModelFile.write(model, folder.resolve("model.qat"));
    OnnxExporter.write(model, OnnxOptions.DEFAULT, folder.resolve("model.onnx"));
    System.out.println("accuracy " + accuracy);
  }
}
