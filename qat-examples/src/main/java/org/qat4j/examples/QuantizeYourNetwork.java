package org.qat4j.examples;

import java.nio.file.Path;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.qat4j.format.ModelFile;
import org.qat4j.model.IntegerModel;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;

/** Trains a network of one's own under quantization and writes the integer model. */
public final class QuantizeYourNetwork {
  private QuantizeYourNetwork() {}

  /** Argument: the file to write. */
  public static void main(String[] args) {
    MultiLayerNetwork trained = Toy.trained(16);
    DataSetIterator data = Toy.data();

    QatNetwork qat = Qat.prepare(trained, QuantSpec.int8());
    qat.calibrate(data, 8);
    qat.multiLayerNetwork().fit(data, 2);
    IntegerModel model = qat.freeze();

    ModelFile.write(model, Path.of(args[0]));
    System.out.println("accuracy " + qat.multiLayerNetwork().evaluate(data).accuracy());
  }
}
