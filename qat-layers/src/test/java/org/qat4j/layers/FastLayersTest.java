package org.qat4j.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.qat4j.layers.internal.fast.FastConv1D;
import org.qat4j.layers.internal.fast.FastRnnOutput;
import org.qat4j.layers.internal.fast.RecurrentPassTest;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.layers.internal.host.StepMajorGradient;

/** The faster layers compute what DL4J's compute. */
class FastLayersTest {
  private static final int VOCABULARY = 30;
  private static final int STEPS = 37;
  private static final int EXAMPLES = 50;

  private static Layer embedding() {
    return new EmbeddingSequenceLayer.Builder().nIn(VOCABULARY).nOut(6).inputLength(STEPS).build();
  }

  private static Layer output(int in) {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nIn(in)
        .nOut(3)
        .activation(Activation.SOFTMAX)
        .build();
  }

  /** One network: embedding, two convolutions, pooling over time, output. */
  private record Case(
      int kernel,
      int stride,
      int dilation,
      ConvolutionMode mode,
      Activation activation,
      PoolingType pooling,
      boolean masked) {

    MultiLayerNetwork network(UnaryOperator<Layer> form) {
      MultiLayerNetwork network =
          new MultiLayerNetwork(
              new NeuralNetConfiguration.Builder()
                  .seed(3)
                  .updater(new Adam(0.01))
                  .list()
                  .layer(form.apply(embedding()))
                  .layer(form.apply(convolution(6, 5)))
                  .layer(form.apply(convolution(5, 40)))
                  .layer(form.apply(new GlobalPoolingLayer(pooling)))
                  .layer(output(40))
                  .build());
      network.init();
      return network;
    }

    private Layer convolution(int in, int out) {
      return new Convolution1DLayer.Builder(kernel)
          .nIn(in)
          .nOut(out)
          .stride(stride)
          .dilation(dilation)
          .convolutionMode(mode)
          .activation(activation)
          .build();
    }

    DataSet data(long seed) {
      Random random = new Random(seed);
      INDArray ids = Nd4j.create(EXAMPLES, STEPS);
      INDArray mask = Nd4j.ones(EXAMPLES, STEPS);
      INDArray labels = Nd4j.zeros(EXAMPLES, 3);
      for (int i = 0; i < EXAMPLES; i++) {
        labels.putScalar(i, random.nextInt(3), 1);
        int used = STEPS / 2 + random.nextInt(STEPS / 2);
        boolean padded = i % 2 == 0; // at the end with one token, example 0 all over
        for (int t = 0; t < STEPS; t++) {
          int token = random.nextInt(VOCABULARY);
          ids.putScalar(i, t, padded && (t >= used || i == 0) ? 0 : token);
          mask.putScalar(i, t, t < used ? 1 : 0);
        }
      }
      return new DataSet(ids, labels, masked ? mask : null, null);
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case(3, 1, 1, ConvolutionMode.Truncate, Activation.RELU, PoolingType.MAX, false),
        new Case(3, 1, 1, ConvolutionMode.Truncate, Activation.RELU, PoolingType.AVG, false),
        new Case(3, 1, 1, ConvolutionMode.Truncate, Activation.IDENTITY, PoolingType.MAX, false),
        new Case(4, 2, 1, ConvolutionMode.Truncate, Activation.IDENTITY, PoolingType.AVG, false),
        new Case(3, 1, 1, ConvolutionMode.Same, Activation.RELU, PoolingType.MAX, false),
        new Case(4, 2, 1, ConvolutionMode.Same, Activation.RELU, PoolingType.AVG, false),
        new Case(3, 1, 2, ConvolutionMode.Causal, Activation.RELU, PoolingType.MAX, false),
        new Case(3, 1, 2, ConvolutionMode.Causal, Activation.RELU, PoolingType.AVG, false),
        new Case(3, 1, 1, ConvolutionMode.Same, Activation.RELU, PoolingType.MAX, true),
        new Case(3, 1, 1, ConvolutionMode.Causal, Activation.RELU, PoolingType.AVG, true),
        new Case(3, 1, 1, ConvolutionMode.Truncate, Activation.TANH, PoolingType.MAX, false));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void valuesAndGradientsAreThoseOfDl4j(Case c) {
    MultiLayerNetwork expected = c.network(layer -> layer);
    MultiLayerNetwork actual = c.network(FastLayers::of);
    assertThat(actual.getLayer(1).conf().getLayer()).isInstanceOf(FastConv1D.class);
    assertSame(expected, actual, c::data);
  }

  private static void assertSame(
      MultiLayerNetwork expected, MultiLayerNetwork actual, LongFunction<DataSet> batches) {
    expected
        .paramTable()
        .forEach((key, p) -> assertThat(actual.paramTable().get(key)).as(key).isEqualTo(p));

    for (int step = 0; step < 3; step++) {
      DataSet data = batches.apply(step);
      assertThat(actual.score(data)).isEqualTo(expected.score(data), within(1e-5));
      assertClose(gradients(actual, data), gradients(expected, data), "gradient, step " + step);
      assertThat(actual.score()).isEqualTo(expected.score(), within(1e-4));
      expected.fit(data);
      actual.setParams(actual.params());
      expected.paramTable().forEach((key, p) -> actual.paramTable().get(key).assign(p));
    }
  }

  /**
   * What is laid around an LSTM, and whether the texts have masks, which DL4J's LSTM goes by where
   * a LastTimeStep is around it. (There its gradient of the candidates' bias does not leave masked
   * steps out; ours is compared with differences in {@link RecurrentPassTest}.)
   */
  enum Recurrent {
    PLAIN,
    MASKED,
    BOTH,
    BOTH_MASKED,
    LAST_OF_BOTH;

    MultiLayerNetwork network(UnaryOperator<Layer> form) {
      ListBuilder list =
          new NeuralNetConfiguration.Builder().seed(3).updater(new Adam(0.01)).list();
      boolean both = this != PLAIN && this != MASKED;
      Layer core = form.apply(lstm(6, 5));
      Layer layer = both ? new Bidirectional(core) : core;
      list.layer(form.apply(embedding()));
      int channels = both ? 10 : 5;
      list.layer(this == LAST_OF_BOTH ? new LastTimeStep(layer) : layer);
      if (this == LAST_OF_BOTH) {
        list.layer(output(channels));
      } else {
        list.layer(form.apply(lstm(channels, 4)));
        list.layer(new GlobalPoolingLayer(PoolingType.AVG));
        list.layer(output(4));
      }
      MultiLayerNetwork network = new MultiLayerNetwork(list.build());
      network.init();
      return network;
    }

    private static Layer lstm(int in, int units) {
      return new LSTM.Builder().nIn(in).nOut(units).activation(Activation.TANH).build();
    }
  }

  @ParameterizedTest
  @EnumSource
  void lstmsComputeWhatThoseOfDl4jDo(Recurrent c) {
    boolean masked = c == Recurrent.MASKED || c == Recurrent.BOTH_MASKED;
    Case texts = new Case(3, 1, 1, ConvolutionMode.Same, Activation.RELU, PoolingType.MAX, masked);
    MultiLayerNetwork expected = c.network(layer -> layer);
    MultiLayerNetwork actual = c.network(FastLayers::of);
    assertThat(actual.getLayerWiseConfigurations().toJson()).contains("FastLstm");
    assertSame(expected, actual, texts::data);
  }

  /** How the steps are labelled. */
  enum Labels {
    ROWS,
    INDICES,
    MASKED_ROWS,
    MASKED_INDICES,
    WEIGHTED_ROWS;

    private boolean indices() {
      return this == INDICES || this == MASKED_INDICES;
    }

    MultiLayerNetwork network(UnaryOperator<Layer> form) {
      MultiLayerNetwork network =
          new MultiLayerNetwork(
              new NeuralNetConfiguration.Builder()
                  .seed(3)
                  .updater(new Adam(0.01))
                  .list()
                  .layer(form.apply(embedding()))
                  .layer(
                      form.apply(
                          new RnnOutputLayer.Builder(
                                  indices()
                                      ? new IndexCrossEntropy()
                                      : LossFunction.MCXENT.getILossFunction())
                              .nIn(6)
                              .nOut(4)
                              .dataFormat(RNNFormat.NCW)
                              .activation(Activation.SOFTMAX)
                              .build()))
                  .build());
      network.init();
      return network;
    }

    DataSet data(long seed) {
      Random random = new Random(seed);
      INDArray ids = Nd4j.create(EXAMPLES, STEPS);
      INDArray labels = Nd4j.zeros(EXAMPLES, indices() ? 1 : 4, STEPS);
      INDArray mask = Nd4j.ones(EXAMPLES, STEPS);
      for (int i = 0; i < EXAMPLES; i++) {
        int used = i == 0 ? 0 : 1 + random.nextInt(STEPS);
        for (int t = 0; t < STEPS; t++) {
          ids.putScalar(i, t, random.nextInt(VOCABULARY));
          int label = random.nextInt(4);
          labels.putScalar(i, indices() ? 0 : label, t, indices() ? label : 1);
          mask.putScalar(
              i, t, t >= used ? 0 : this == WEIGHTED_ROWS ? 0.5 + random.nextFloat() : 1);
        }
      }
      return new DataSet(ids, labels, null, name().contains("_") ? mask : null);
    }
  }

  @ParameterizedTest
  @EnumSource
  void outputLayersOfStepsComputeWhatThoseOfDl4jDo(Labels c) {
    MultiLayerNetwork expected = c.network(layer -> layer);
    MultiLayerNetwork actual = c.network(FastLayers::of);
    assertThat(actual.getLayer(1).conf().getLayer()).isInstanceOf(FastRnnOutput.class);
    assertSame(expected, actual, c::data);
  }

  /** After a backward pass, and when anything was set since. */
  @ParameterizedTest
  @ValueSource(strings = {"nothing", "input", "labels", "mask"})
  void anOutputLayerGivesTheLossOfWhatItWasGivenLast(String changed) {
    assertThat(lossAfter(changed, FastLayers::of))
        .isEqualTo(lossAfter(changed, layer -> layer), within(1e-5));
  }

  private static double lossAfter(String changed, UnaryOperator<Layer> form) {
    MultiLayerNetwork network = Labels.MASKED_ROWS.network(form);
    network.initGradientsView();
    org.deeplearning4j.nn.layers.recurrent.RnnOutputLayer layer =
        (org.deeplearning4j.nn.layers.recurrent.RnnOutputLayer) network.getLayer(1);
    LayerWorkspaceMgr none = LayerWorkspaceMgr.noWorkspaces();
    DataSet first = Labels.MASKED_ROWS.data(1);
    DataSet second = Labels.MASKED_ROWS.data(2);
    INDArray x = Nd4j.linspace(-1, 1, EXAMPLES * 6L * STEPS).castTo(DataType.FLOAT);
    layer.setInput(x.reshape(EXAMPLES, 6, STEPS), none);
    layer.setLabels(first.getLabels());
    layer.setMaskArray(first.getLabelsMaskArray());
    layer.backpropGradient(null, none);
    switch (changed) {
      case "input" -> layer.setInput(x.mul(x).reshape(EXAMPLES, 6, STEPS), none);
      case "labels" -> layer.setLabels(second.getLabels());
      case "mask" -> layer.setMaskArray(second.getLabelsMaskArray());
      default -> {}
    }
    return layer.computeScore(0, true, none);
  }

  @Test
  void aBatchWithoutStepsThatCountIsLeftToDl4j() {
    MultiLayerNetwork actual = Labels.MASKED_ROWS.network(FastLayers::of);
    DataSet data = Labels.MASKED_ROWS.data(1);
    data.setLabelsMaskArray(Nd4j.zeros(EXAMPLES, STEPS));
    gradients(actual, data)
        .forEach((key, g) -> assertThat(g.ameanNumber().doubleValue()).as(key).isZero());
    assertThat(actual.score()).isZero();
  }

  private static org.assertj.core.data.Offset<Double> within(double d) {
    return org.assertj.core.api.Assertions.within(d);
  }

  private static Map<String, INDArray> gradients(MultiLayerNetwork network, DataSet data) {
    network.setInput(data.getFeatures());
    network.setLabels(data.getLabels());
    network.setLayerMaskArrays(data.getFeaturesMaskArray(), data.getLabelsMaskArray());
    network.computeGradientAndScore();
    network.clearLayerMaskArrays();
    return network.gradient().gradientForVariable();
  }

  private static void assertClose(
      Map<String, INDArray> actual, Map<String, INDArray> expected, String what) {
    expected.forEach(
        (key, e) -> {
          INDArray a = actual.get(key);
          double scale = Math.max(1e-3, e.norm2Number().doubleValue());
          assertThat(a.sub(e).norm2Number().doubleValue() / scale)
              .as(what + ", " + key)
              .isLessThan(2e-5);
        });
  }

  @Test
  void gradientsOfSeveralReadersAreAddedAsNd4jAddsThem() {
    INDArray[] rows = {random(1), random(2), random(3)};
    INDArray expected = rows[0].add(rows[1]).addi(rows[2]).permute(0, 2, 1);
    INDArray sum = StepMajorGradient.of(rows[0].dup());
    assertThat(sum.addi(StepMajorGradient.of(rows[1]))).isSameAs(sum);
    sum.addi(rows[2].permute(0, 2, 1).dup('c'));
    assertThat(sum.shape()).containsExactly(4, 5, 7);
    assertThat(Floats.read(sum)).isEqualTo(Floats.read(expected));
    assertThat(Floats.readByStep(sum)).isEqualTo(Floats.readByStep(sum.dup('c')));
  }

  private static INDArray random(long seed) {
    Random random = new Random(seed);
    float[] values = new float[4 * 7 * 5];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() - 0.5f;
    }
    return Nd4j.create(values, new long[] {4, 7, 5}, 'c');
  }

  @Test
  void aTrainingCanBeRepeatedToTheBit() {
    for (Case c : List.of(cases().toList().get(0), cases().toList().get(1))) {
      MultiLayerNetwork first = c.network(FastLayers::of);
      MultiLayerNetwork second = c.network(FastLayers::of);
      for (int step = 0; step < 5; step++) {
        first.fit(c.data(step));
        second.fit(c.data(step));
      }
      assertThat(second.params()).isEqualTo(first.params());
      assertThat(second.params().toFloatVector()).isEqualTo(first.params().toFloatVector());
    }
  }

  @Test
  void otherLayersStayAsTheyAre() {
    Layer pooling = new GlobalPoolingLayer(PoolingType.AVG);
    assertThat(FastLayers.of(pooling)).isSameAs(pooling);
  }

  /** DL4J's own throws in the first step; this one drops values, and hands gradients on. */
  @Test
  void dropoutGoesWithMaskedSequences() {
    INDArray ids = Nd4j.create(EXAMPLES, STEPS);
    INDArray mask = Nd4j.ones(EXAMPLES, STEPS);
    Random random = new Random(4);
    for (int i = 0; i < EXAMPLES; i++) {
      for (int t = 0; t < STEPS; t++) {
        ids.putScalar(i, t, random.nextInt(VOCABULARY));
        mask.putScalar(i, t, t < 5 + i % 20 ? 1 : 0);
      }
    }
    DataSet batch = new DataSet(ids, Nd4j.rand(EXAMPLES, 3, STEPS), mask, mask);
    MultiLayerNetwork plain = dropping(new DropoutLayer(0.5));
    assertThatThrownBy(() -> plain.fit(batch)).isInstanceOf(RuntimeException.class);
    MultiLayerNetwork fast = dropping(FastLayers.of(new DropoutLayer(0.5)));
    INDArray before = fast.getLayer(0).params().dup();
    fast.setLayerMaskArrays(mask, mask);
    List<INDArray> values = fast.feedForward(ids, true);
    double all = values.get(2).length() * mask.meanNumber().doubleValue();
    double left = values.get(2).neq(0).castTo(DataType.FLOAT).sumNumber().doubleValue();
    assertThat(left / all).as("share that is left").isBetween(0.45, 0.55);
    fast.fit(batch);
    assertThat(fast.getLayer(0).params()).isNotEqualTo(before);
    MultiLayerNetwork without = dropping(new ActivationLayer(Activation.IDENTITY));
    without.setParams(fast.params());
    assertThat(fast.output(ids, false, mask, mask))
        .isEqualTo(without.output(ids, false, mask, mask));
  }

  private static MultiLayerNetwork dropping(Layer dropout) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(3)
                .updater(new Adam(0.01))
                .list()
                .layer(FastLayers.of(embedding()))
                .layer(dropout)
                .layer(
                    new RnnOutputLayer.Builder(LossFunction.MSE)
                        .dataFormat(RNNFormat.NCW)
                        .nIn(6)
                        .nOut(3)
                        .activation(Activation.IDENTITY)
                        .build())
                .build());
    network.init();
    return network;
  }
}
