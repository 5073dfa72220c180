package org.qat4j.layertable;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.model.IntegerModel;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.qat.internal.PreparedModel;
import org.qat4j.qat.internal.SampleArrays;
import org.qat4j.runtime.Sample;
import org.qat4j.verify.Verifier;

/** Batch normalizations whose γ is 0 or negative, folded into a convolution and by themselves. */
class NormalizationTest {
  private static final float[] GAMMA = {0, -1.5f, 0.8f, 0, 2};
  private static final float[] BETA = {0.7f, -0.2f, 0, 0, 0.1f};

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aChannelOfNothingIsItsShift(boolean folded) {
    Activation f = folded ? Activation.IDENTITY : Activation.TANH;
    MultiLayerNetwork network =
        (MultiLayerNetwork)
            Nets.images(DataType.FLOAT, Nets.conv2d(5, 2, f), new BatchNormalization());
    network.init();
    network.setParam("2_gamma", Nd4j.createFromArray(GAMMA).reshape(1, 5));
    network.setParam("2_beta", Nd4j.createFromArray(BETA).reshape(1, 5));
    MultiDataSet batch = Nets.images(new Random(1), 16, DataType.FLOAT);
    QatNetwork qat = Qat.prepare(network, QuantSpec.int8());
    qat.calibrate(
        new ListDataSetIterator<>(
            new DataSet(batch.getFeatures(0), batch.getLabels(0)).asList(), 16),
        1);
    var normalization = new PreparedModel(qat.network()).quantizers().get("layer2").settings();
    assertThat(normalization.foldRef() != null).isEqualTo(folded);

    INDArray made = qat.activations(batch.getFeatures()).get("layer2");
    float step = qat.ranges().get("layer2").output().scale();
    for (int c = 0; c < GAMMA.length; c++) {
      if (GAMMA[c] == 0) {
        for (float v : made.tensorAlongDimension(c, 0, 2, 3).dup('c').data().asFloat()) {
          assertThat(Math.abs(v - BETA[c])).isLessThan(0.51f * step);
        }
      }
    }
    IntegerModel model = qat.freeze(FreezeInfo.named("m"), batch.getFeatures());
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      samples.add(SampleArrays.of(model, i, batch.getFeatures()));
    }
    assertThat(Verifier.verify(qat, model, OnnxOptions.DEFAULT, samples).requireExact().exact())
        .isTrue();
  }
}
