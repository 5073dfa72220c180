package org.qat4j.qat;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.qat4j.model.IntegerModel;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.runtime.IntegerRuntime;
import org.qat4j.runtime.Sample;
import org.qat4j.verify.Verifier;

/** The README's example for a network and a training loop that the user already has. */
class TenLinesTest {

  @Test
  void aNetworkOfTheUsersOwn() {
    Random random = new Random(1);
    float[] values = new float[256 * 6];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    INDArray x = Nd4j.create(values, new long[] {256, 6}, 'c');
    INDArray y = Nd4j.zeros(256, 2);
    for (int i = 0; i < 256; i++) {
      y.putScalar(i, x.getFloat(i, 0) > x.getFloat(i, 1) ? 1 : 0, 1);
    }
    DataSetIterator trainingData = new ListDataSetIterator<>(new DataSet(x, y).asList(), 32);
    MultiLayerConfiguration conf =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .updater(new Adam(0.01))
            .list()
            .layer(new DenseLayer.Builder().nIn(6).nOut(16).activation(Activation.RELU).build())
            .layer(new OutputLayer.Builder().nIn(16).nOut(2).build())
            .build();
    MultiLayerNetwork trained = new MultiLayerNetwork(conf);
    trained.init();
    trained.fit(trainingData, 30);

    // README: start
    QatNetwork qat = Qat.prepare(trained, QuantSpec.int8());
    qat.calibrate(trainingData, 8);
    qat.multiLayerNetwork().fit(trainingData, 2);
    IntegerModel model = qat.freeze();
    // README: end

    IntegerRuntime runtime = new IntegerRuntime(model);
    INDArray expected = qat.output(x);
    List<Sample> samples = new ArrayList<>();
    int right = 0;
    for (int i = 0; i < 256; i++) {
      samples.add(Sample.ofReals(x.getRow(i).toFloatVector()));
      float[] probabilities = runtime.run(samples.get(i));
      assertThat(IntegerRuntime.argmax(probabilities))
          .isEqualTo(IntegerRuntime.argmax(expected.getRow(i).toFloatVector()));
      right += y.getFloat(i, IntegerRuntime.argmax(probabilities)) > 0 ? 1 : 0;
    }
    assertThat(right).isGreaterThan(230);
    // The same integers in the network, in Java and in ONNX Runtime, on any processor.
    Verifier.verify(qat, model, OnnxOptions.DEFAULT, samples).requireExact();
  }
}
