package org.qat4j.layertable;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.qat4j.QatException;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.qat.internal.SampleArrays;
import org.qat4j.runtime.Sample;
import org.qat4j.verify.Verifier;

/** Layers with weights of a user's own, derived from a layer of DL4J's. */
class DerivedLayerTest {
  /** A dense layer with settings of its own. */
  public static class Hidden extends DenseLayer {
    private static final long serialVersionUID = 1L;

    private String purpose = "hidden";

    public Hidden() {}

    public String getPurpose() {
      return purpose;
    }

    public void setPurpose(String purpose) {
      this.purpose = purpose;
    }
  }

  /** One further down. */
  public static class Deeper extends Hidden {
    private static final long serialVersionUID = 1L;

    public Deeper() {}
  }

  /** One that computes something else. */
  public static class Computing extends Deeper {
    private static final long serialVersionUID = 1L;

    public Computing() {}

    @Override
    public Layer instantiate(
        NeuralNetConfiguration conf,
        Collection<TrainingListener> listeners,
        int index,
        INDArray view,
        boolean initialize,
        DataType type) {
      return super.instantiate(conf, listeners, index, view, initialize, type);
    }
  }

  /** One that is trained in another way. */
  public static class Still extends Hidden {
    private static final long serialVersionUID = 1L;

    public Still() {}

    @Override
    public IUpdater getUpdaterByParam(String name) {
      return new NoOp();
    }
  }

  private static DenseLayer sized(DenseLayer layer, int in) {
    layer.setNIn(in);
    layer.setNOut(8);
    layer.setActivationFn(new ActivationReLU());
    return layer;
  }

  private static MultiLayerNetwork network(DenseLayer first, DenseLayer second) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Adam(0.01))
                .list()
                .layer(sized(first, 6))
                .layer(sized(second, 8))
                .layer(new OutputLayer.Builder().nIn(8).nOut(2).build())
                .build());
    network.init();
    return network;
  }

  @Test
  void isTrainedFrozenAndVerifiedAsTheLayerThatItDerivesFrom() {
    MultiLayerNetwork own = network(new Hidden(), new Deeper());
    Random random = new Random(1);
    INDArray x = Nd4j.create(32, 6);
    INDArray y = Nd4j.create(32, 2);
    for (int i = 0; i < 32; i++) {
      for (int j = 0; j < 6; j++) {
        x.putScalar(i, j, random.nextGaussian());
      }
      y.putScalar(i, random.nextInt(2), 1);
    }
    QatNetwork qat = Qat.prepare(own, QuantSpec.int8());
    DataSet data = new DataSet(x, y);
    qat.calibrate(new ListDataSetIterator<>(data.asList(), 16), 2);
    INDArray before = qat.multiLayerNetwork().paramTable().get("0_W").dup();
    qat.multiLayerNetwork().fit(data);
    assertThat(qat.multiLayerNetwork().paramTable().get("0_W")).isNotEqualTo(before);

    IntegerModel model = qat.freeze(FreezeInfo.named("own"), x);
    assertThat(model.ops()).filteredOn(op -> op instanceof Op.Dense).hasSize(3);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      samples.add(SampleArrays.of(model, i, new INDArray[] {x}));
    }
    Verifier.verify(qat, model, OnnxOptions.DEFAULT, samples).requireExact();
  }

  @Test
  void isRefusedWhereItMayComputeSomethingElse() {
    MultiLayerNetwork own = network(new Hidden(), new Computing());
    assertThatThrownBy(() -> Qat.prepare(own, QuantSpec.int8()))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("Computing overrides instantiate of DenseLayer");
    MultiLayerNetwork still = network(new Still(), new Hidden());
    assertThatThrownBy(() -> Qat.prepare(still, QuantSpec.int8()))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("Still overrides getUpdaterByParam of DenseLayer");
  }
}
