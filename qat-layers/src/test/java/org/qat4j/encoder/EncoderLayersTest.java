package org.qat4j.encoder;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.datasets.iterator.IteratorDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.qat4j.layers.GeluErf;
import org.qat4j.layers.LayerNormLayer;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.runtime.Sample;
import org.qat4j.verify.Verifier;

/** GELU by erf and another ε are frozen as they were trained, in Java and in ONNX. */
class EncoderLayersTest {
  private static final int CHANNELS = 6;

  @ParameterizedTest
  @ValueSource(doubles = {1e-12, 1e-5, 1e-2})
  void areFrozenExactly(double epsilon) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(3)
                .list()
                .layer(
                    new DenseLayer.Builder()
                        .nIn(CHANNELS)
                        .nOut(CHANNELS)
                        .activation(new GeluErf())
                        .build())
                .layer(new LayerNormLayer(CHANNELS, epsilon))
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(CHANNELS)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    network.init();
    Random random = new Random(4);
    float[] values = new float[32 * CHANNELS];
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      float[] row = new float[CHANNELS];
      for (int c = 0; c < CHANNELS; c++) {
        row[c] = (float) random.nextGaussian() / 10;
        values[i * CHANNELS + c] = row[c];
      }
      samples.add(Sample.ofReals(row));
    }
    INDArray x = Nd4j.create(values, new long[] {32, CHANNELS}, 'c');
    QatNetwork qat = Qat.prepare(network, QuantSpec.int8());
    List<DataSet> batches = List.of(new DataSet(x, Nd4j.zeros(32, 3)));
    qat.calibrate(new IteratorDataSetIterator(batches.iterator(), 32), 1);

    IntegerModel model = qat.freeze(FreezeInfo.named("norm"), x);

    assertThat(model.ops())
        .filteredOn(Op.LayerNorm.class::isInstance)
        .singleElement()
        .satisfies(op -> assertThat(((Op.LayerNorm) op).epsilon()).isEqualTo(epsilon));
    Verifier.verify(qat, model, OnnxOptions.DEFAULT, samples).requireExact();
  }
}
