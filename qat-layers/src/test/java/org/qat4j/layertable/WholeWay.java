package org.qat4j.layertable;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.datasets.iterator.IteratorMultiDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.qat4j.format.ModelFile;
import org.qat4j.model.IntegerModel;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.qat.internal.SampleArrays;
import org.qat4j.runtime.IntegerRuntime;
import org.qat4j.runtime.Sample;
import org.qat4j.runtime.reference.ReferenceRuntime;
import org.qat4j.verify.Verifier;

/** From a float network to the answers of a model that was written and read. */
final class WholeWay {
  /** Steps of training under quantization. */
  private static final int STEPS = 3;

  /** Exact on every processor. */
  private WholeWay() {}

  /**
   * Prepares, calibrates, trains, freezes, verifies, writes, reads and answers.
   *
   * @param network initialized
   * @return the model as it was read
   */
  static IntegerModel of(Model network, MultiDataSet batch) {
    Both.fit(network, batch);
    return ofUntrained(network, batch, STEPS);
  }

  /** The same for a network that is not trained before, nor under quantization where steps is 0. */
  static IntegerModel ofUntrained(Model network, MultiDataSet batch, int steps) {
    assertThat(Qat.describe(network, QuantSpec.int8()).problems()).isEmpty();
    QatNetwork qat = Qat.prepare(network, QuantSpec.int8());
    List<org.nd4j.linalg.dataset.api.MultiDataSet> once = List.of(batch);
    qat.calibrate(new IteratorMultiDataSetIterator(once.iterator(), 1 << 20), 1);
    for (int i = 0; i < steps; i++) {
      Both.fit(qat.network(), batch);
    }
    IntegerModel model = qat.freeze(FreezeInfo.named("model"), batch.getFeatures());
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < batch.getFeatures(0).size(0); i++) {
      samples.add(SampleArrays.of(model, i, batch.getFeatures()));
    }
    Verifier.verify(qat, model, OnnxOptions.DEFAULT, samples).requireExact();
    IntegerModel read = ModelFile.fromBytes(ModelFile.toBytes(model));
    IntegerRuntime runtime = new IntegerRuntime(read);
    for (Sample sample : samples) {
      assertThat(runtime.run(sample)).isEqualTo(new ReferenceRuntime(model).run(sample));
    }
    Model back = qat.toFloat();
    if (steps == 0) {
      INDArray there = Both.output(network, batch);
      assertThat(Both.output(back, batch)).isEqualTo(there);
    }
    assertThat(Both.json(back)).doesNotContain("qat4j.layers.Qat", "/codes");
    return read;
  }
}
