package org.qat4j.qat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.deeplearning4j.datasets.iterator.IteratorDataSetIterator;
import org.deeplearning4j.nn.api.layers.RecurrentLayer;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.qat4j.QatException;
import org.qat4j.layers.LayerNormLayer;
import org.qat4j.layers.MultiHeadAttentionLayer;
import org.qat4j.model.Input;
import org.qat4j.model.IntegerModel;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.qat.internal.SampleArrays;
import org.qat4j.quantizer.Mode;
import org.qat4j.quantizer.Schedule;
import org.qat4j.runtime.Sample;
import org.qat4j.verify.Verifier;
import org.qat4j.verify.VerifyReport;

/** Texts and sequences of different lengths: masks in training, evaluation and the frozen model. */
class MaskedSequencesTest {
  private static final int STEPS = 9;
  private static final int VOCABULARY = 15;
  private static final int CHANNELS = 6;
  private static final int CLASSES = 3;
  private static final double STEP = 1e-6;
  private static final QuantSpec SMOOTH =
      QuantSpec.int8().withSchedule(Schedule.of(1_000_000, 1_000_000));

  /** What reads a masked sequence of 6 channels and makes one, or a vector, of 6 channels. */
  enum Kind {
    LSTM,
    SIMPLE,
    BOTH,
    ATTENTION,
    MAX,
    AVERAGE,
    /** Windows reach over the end, where what is masked is 0. */
    WINDOWS;

    private List<Layer> layers() {
      return switch (this) {
        case LSTM -> List.of(last(lstm()));
        case SIMPLE -> List.of(simple(), new GlobalPoolingLayer(PoolingType.AVG));
        case BOTH -> List.of(last(new Bidirectional(lstm(3))));
        case MAX -> List.of(new Bidirectional(lstm(3)), new GlobalPoolingLayer(PoolingType.MAX));
        case AVERAGE -> List.of(lstm(), new GlobalPoolingLayer(PoolingType.AVG));
        case WINDOWS ->
            List.of(
                lstm(),
                windows(4, Activation.RELU),
                windows(6, Activation.SIGMOID),
                new GlobalPoolingLayer(PoolingType.SUM));
        case ATTENTION ->
            List.of(
                new MultiHeadAttentionLayer(2),
                new LayerNormLayer(2),
                lstm(2, 6),
                new GlobalPoolingLayer(PoolingType.AVG));
      };
    }

    MultiLayerNetwork network(DataType type, boolean tokens) {
      ListBuilder list =
          new NeuralNetConfiguration.Builder()
              .seed(3)
              .dataType(type)
              .updater(new Adam(0.02))
              .activation(Activation.IDENTITY)
              .list();
      if (tokens) {
        list.layer(
            new EmbeddingSequenceLayer.Builder()
                .nIn(VOCABULARY)
                .nOut(CHANNELS)
                .inputLength(STEPS)
                .build());
      }
      layers().forEach(list::layer);
      list.layer(
          new OutputLayer.Builder(LossFunction.MCXENT)
              .nIn(6)
              .nOut(CLASSES)
              .activation(Activation.SOFTMAX)
              .build());
      MultiLayerNetwork network = new MultiLayerNetwork(list.build());
      network.init();
      return network;
    }
  }

  private static Layer lstm() {
    return lstm(6);
  }

  private static Layer lstm(int units) {
    return lstm(CHANNELS, units);
  }

  private static Layer lstm(int read, int units) {
    return new LSTM.Builder().nIn(read).nOut(units).activation(Activation.TANH).build();
  }

  private static Layer windows(int out, Activation f) {
    return new Convolution1DLayer.Builder(3)
        .nIn(10 - out)
        .nOut(out)
        .convolutionMode(ConvolutionMode.Same)
        .activation(f)
        .build();
  }

  private static Layer simple() {
    return new SimpleRnn.Builder().nIn(CHANNELS).nOut(6).activation(Activation.TANH).build();
  }

  private static Layer last(Layer layer) {
    return new LastTimeStep(layer);
  }

  /** Ids with padding behind, or real sequences; with masks. */
  private static DataSet batch(Random random, int n, DataType type, boolean tokens) {
    INDArray x = tokens ? Nd4j.zeros(type, n, STEPS) : Nd4j.zeros(type, n, CHANNELS, STEPS);
    INDArray mask = Nd4j.zeros(type, n, STEPS);
    INDArray labels = Nd4j.zeros(type, n, CLASSES);
    for (int i = 0; i < n; i++) {
      int used = 1 + random.nextInt(STEPS);
      for (int t = 0; t < STEPS; t++) {
        mask.putScalar(i, t, t < used ? 1 : 0);
        if (tokens) {
          x.putScalar(i, t, t < used ? 1 + random.nextInt(VOCABULARY - 1) : 0);
        } else {
          for (int c = 0; c < CHANNELS; c++) {
            x.putScalar(i, c, t, random.nextGaussian());
          }
        }
      }
      labels.putScalar(i, random.nextInt(CLASSES), 1);
    }
    return new DataSet(x, labels, mask, null);
  }

  private static DataSetIterator batches(Random random, boolean tokens) {
    List<DataSet> batches = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      batches.add(batch(random, 8, DataType.FLOAT, tokens));
    }
    return new IteratorDataSetIterator(batches.iterator(), 8);
  }

  private static QatNetwork trained(Kind kind, boolean tokens, int bits) {
    MultiLayerNetwork network = kind.network(DataType.FLOAT, tokens);
    QatNetwork qat =
        Qat.prepare(network, QuantSpec.of(org.qat4j.quantizer.LayerSpec.of(bits, bits)));
    Random random = new Random(5);
    qat.calibrate(batches(random, tokens), 3);
    for (int i = 0; i < 4; i++) {
      qat.multiLayerNetwork().fit(batch(random, 8, DataType.FLOAT, tokens));
    }
    return qat;
  }

  @ParameterizedTest
  @EnumSource
  void everyEngineLeavesThePaddingOfTextsOut(Kind kind) {
    for (int bits : new int[] {8, 4}) {
      QatNetwork qat = trained(kind, true, bits);
      INDArray ids = batch(new Random(6), 60, DataType.FLOAT, true).getFeatures();
      IntegerModel model = qat.freeze(FreezeInfo.named("m"), ids);
      List<Sample> samples = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        samples.add(SampleArrays.of(model, i, ids));
      }
      assertThat(model.inputs()).hasSize(1);
      verify(qat, model, samples);
    }
  }

  @ParameterizedTest
  @EnumSource
  void realSequencesHaveAMaskOfTheirOwn(Kind kind) {
    QatNetwork qat = trained(kind, false, 8);
    DataSet batch = batch(new Random(6), 40, DataType.FLOAT, false);
    IntegerModel model = qat.freeze(FreezeInfo.named("m"), batch.getFeatures());
    assertThat(model.inputs()).extracting(Input::name).containsExactly("input", "input/mask");
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      float[][] reals = {SampleArrays.of(model, i, batch.getFeatures()).reals(0), null};
      int[] mask = batch.getFeaturesMaskArray().getRow(i).toIntVector();
      samples.add(Sample.of(new int[][] {null, mask}, reals));
    }
    verify(qat, model, samples);
  }

  @ParameterizedTest
  @EnumSource
  void aRequantizerKnowsTheMasks(Kind kind) {
    QuantSpec spec = QuantSpec.of(org.qat4j.quantizer.LayerSpec.of(5, 7));
    FreezeInfo info = FreezeInfo.named("m");
    INDArray ids = batch(new Random(6), 4, DataType.FLOAT, true).getFeatures();
    MultiLayerNetwork network = kind.network(DataType.FLOAT, true);
    QatNetwork qat = Qat.prepare(network, spec);
    qat.calibrate(batches(new Random(5), true), 3);
    Calibration calibration =
        Calibration.of(
            network, new MultiDataSetIteratorAdapter(batches(new Random(5), true)), 3, ids);
    IntegerModel again = new Requantizer(network, calibration).freeze(spec, info);
    IntegerModel model = qat.freeze(info, ids);
    assertThat(again.inputs()).isEqualTo(model.inputs());
    assertThat(again.ops()).isEqualTo(model.ops());
  }

  private static void verify(QatNetwork qat, IntegerModel model, List<Sample> samples) {
    VerifyReport report = Verifier.verify(qat, model, OnnxOptions.DEFAULT, samples);
    assertThat(report.requireExact().maxLogitDifference()).isZero();
    assertThat(report.layers()).allSatisfy(layer -> assertThat(layer.tolerance()).isLessThan(1e-4));
  }

  /** What is not rounded yet is what the float network makes, with masks as well. */
  @ParameterizedTest
  @EnumSource
  void aPreparedNetworkTakesMasksAsTheFloatOneDoes(Kind kind) {
    for (boolean tokens : new boolean[] {true, false}) {
      MultiLayerNetwork network = kind.network(DataType.FLOAT, tokens);
      QatNetwork qat = Qat.prepare(network, QuantSpec.int8());
      qat.setMode(Mode.CALIBRATE);
      DataSet batch = batch(new Random(9), 12, DataType.FLOAT, tokens);
      INDArray mask = batch.getFeaturesMaskArray();
      INDArray expected = network.output(batch.getFeatures(), false, mask, null);
      INDArray actual = qat.multiLayerNetwork().output(batch.getFeatures(), false, mask, null);
      assertThat(actual.distance1(expected)).as("tokens: %s", tokens).isLessThan(1e-5);
    }
  }

  /**
   * What stands where a step is masked changes no answer, but where a layer goes backward through
   * the padding, or windows reach into it: an LSTM of DL4J's is not masked, unless by the
   * LastTimeStep around it.
   */
  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"MAX", "WINDOWS"})
  void maskedStepsChangeNothing(Kind kind) {
    QatNetwork qat = trained(kind, false, 8);
    DataSet batch = batch(new Random(7), 12, DataType.FLOAT, false);
    INDArray mask = batch.getFeaturesMaskArray();
    INDArray other = batch.getFeatures().dup();
    for (int i = 0; i < 12; i++) {
      for (int t = 0; t < STEPS; t++) {
        if (mask.getInt(i, t) == 0) {
          other.putScalar(i, 1, t, -3);
        }
      }
    }
    MultiLayerNetwork network = qat.multiLayerNetwork();
    for (Mode mode : Mode.values()) {
      qat.setMode(mode);
      INDArray expected = network.output(batch.getFeatures(), false, mask, null);
      assertThat(network.output(other, false, mask, null)).isEqualTo(expected);
    }
  }

  /**
   * Before fake quantization begins, gradients with masks are those of finite differences. (With a
   * mask DL4J's LastTimeStep rounds to float, which differences do not survive.)
   */
  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"LSTM", "BOTH"})
  void gradientsWithMasksAreTrue(Kind kind) {
    MultiLayerNetwork network =
        Qat.prepare(kind.network(DataType.DOUBLE, false), SMOOTH).multiLayerNetwork();
    DataSet batch = batch(new Random(8), 5, DataType.DOUBLE, false);
    score(network, batch);
    INDArray gradient = network.gradient().gradient().dup();
    int at = 0;
    for (Map.Entry<String, INDArray> param : network.paramTable().entrySet()) {
      int n = (int) param.getValue().length();
      for (int i = at; !param.getKey().contains("quant") && i < at + n; i += Math.max(1, n / 9)) {
        double there = network.params().getDouble(i);
        network.params().putScalar(i, there + STEP);
        double up = score(network, batch);
        network.params().putScalar(i, there - STEP);
        double expected = (up - score(network, batch)) / (2 * STEP);
        network.params().putScalar(i, there);
        assertThat(gradient.getDouble(i) / 5)
            .as("%s[%d]", param.getKey(), i - at)
            .isCloseTo(expected, Offset.offset(1e-7 + 1e-4 * Math.abs(expected)));
      }
      at += n;
    }
  }

  private static double score(MultiLayerNetwork network, DataSet batch) {
    network.setLayerMaskArrays(batch.getFeaturesMaskArray(), null);
    network.setInput(batch.getFeatures());
    network.setLabels(batch.getLabels());
    network.computeGradientAndScore();
    return network.score();
  }

  /**
   * Layers by themselves: DL4J's own, and ours before fake quantization begins. (DL4J's SimpleRnn
   * leaves the state in front of the truncated steps out of its gradient; its LSTM does not.)
   */
  @Test
  void truncatedBackPropagationIsThatOfDeeplearning4j() {
    MultiLayerNetwork plain = recurrent(true, DataType.DOUBLE);
    MultiLayerNetwork prepared = Qat.prepare(plain, SMOOTH).multiLayerNetwork();
    plain.initGradientsView();
    prepared.initGradientsView();
    Random random = new Random(9);
    LayerWorkspaceMgr none = LayerWorkspaceMgr.noWorkspaces();
    for (int segment = 0; segment < 2; segment++) {
      for (MultiLayerNetwork network : List.of(plain, prepared)) {
        RecurrentLayer layer = (RecurrentLayer) network.getLayer(0);
        layer.rnnSetPreviousState(layer.rnnGetTBPTTState()); // as a network does
      }
      INDArray x = batch(random, 4, DataType.DOUBLE, false).getFeatures();
      INDArray epsilon = batch(random, 4, DataType.DOUBLE, false).getFeatures();
      List<Pair<Gradient, INDArray>> found = new ArrayList<>();
      for (MultiLayerNetwork network : List.of(plain, prepared)) {
        RecurrentLayer layer = (RecurrentLayer) network.getLayer(0);
        layer.rnnActivateUsingStoredState(x.dup(), true, true, none);
        found.add(layer.tbpttBackpropGradient(epsilon.dup('f'), 4, none));
      }
      assertThat(found.get(1).getSecond().equalsWithEps(found.get(0).getSecond(), 1e-9)).isTrue();
      found
          .get(0)
          .getFirst()
          .gradientForVariable()
          .forEach(
              (key, expected) ->
                  assertThat(
                          found.get(1).getFirst().getGradientFor(key).equalsWithEps(expected, 1e-9))
                      .as(key)
                      .isTrue());
    }
  }

  /** Step by step with the state kept is the same as all at once, on codes too. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void stepsOneByOneGiveTheSame(boolean lstm) {
    QatNetwork qat = Qat.prepare(recurrent(lstm, DataType.FLOAT), QuantSpec.int8());
    List<DataSet> batches = List.of(batch(new Random(1), 8, DataType.FLOAT, false));
    qat.calibrate(new IteratorDataSetIterator(batches.iterator(), 8), 1);
    RecurrentLayer layer = (RecurrentLayer) qat.multiLayerNetwork().getLayer(0);
    LayerWorkspaceMgr none = LayerWorkspaceMgr.noWorkspaces();
    INDArray x = batch(new Random(2), 4, DataType.FLOAT, false).getFeatures();
    for (Mode mode : Mode.values()) {
      qat.setMode(mode);
      layer.rnnClearPreviousState();
      INDArray expected = layer.activate(x.dup(), false, none).dup();
      for (int t = 0; t < STEPS; t++) {
        INDArray step = x.get(all(), all(), interval(t, t + 1)).dup();
        INDArray made = layer.rnnTimeStep(step, none);
        assertThat(made)
            .as("%s, step %d", mode, t)
            .isEqualTo(expected.get(all(), all(), interval(t, t + 1)));
      }
    }
  }

  private static MultiLayerNetwork recurrent(boolean lstm, DataType type) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(4)
                .dataType(type)
                .activation(Activation.IDENTITY)
                .list()
                .layer(lstm ? lstm() : simple())
                .layer(new GlobalPoolingLayer(PoolingType.AVG))
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.recurrent(CHANNELS, STEPS))
                .build());
    network.init();
    return network;
  }

  /** DL4J's attention hands down twice the gradient; ours hands down the gradient. */
  @Test
  void attentionOfDeeplearning4jDoublesTheGradientBelowItAndOursDoesNot() {
    assertThat(gradientBelow(deeplearning4jAttention())).isCloseTo(2, Offset.offset(1e-4));
    assertThat(gradientBelow(new MultiHeadAttentionLayer(2))).isCloseTo(1, Offset.offset(1e-4));
  }

  private static org.deeplearning4j.nn.conf.layers.Layer deeplearning4jAttention() {
    return new org.deeplearning4j.nn.conf.layers.SelfAttentionLayer.Builder()
        .nOut(4)
        .nHeads(2)
        .projectInput(true)
        .build();
  }

  /** A gradient of a convolution below a layer, as a multiple of the one by differences. */
  private static double gradientBelow(Layer layer) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(4)
                .dataType(DataType.DOUBLE)
                .activation(Activation.IDENTITY)
                .list()
                .layer(
                    new Convolution1DLayer.Builder(1).nOut(6).activation(Activation.TANH).build())
                .layer(layer)
                .layer(new GlobalPoolingLayer(PoolingType.AVG))
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.recurrent(CHANNELS, STEPS))
                .build());
    network.init();
    DataSet batch = batch(new Random(8), 5, DataType.DOUBLE, false);
    batch.setFeaturesMaskArray(null);
    score(network, batch);
    INDArray gradient = network.gradient().gradient().dup();
    double found = 0;
    double expected = 0;
    for (int i = 0; i < network.getLayer(0).numParams(); i += 7) {
      double there = network.params().getDouble(i);
      network.params().putScalar(i, there + STEP);
      double up = score(network, batch);
      network.params().putScalar(i, there - STEP);
      double difference = (up - score(network, batch)) / (2 * STEP);
      network.params().putScalar(i, there);
      found += difference * gradient.getDouble(i) / 5;
      expected += difference * difference;
    }
    return found / expected;
  }

  /** What a mask makes impossible is known before anything is trained. */
  @Test
  void reversalsThatFollowAMaskAreRefusedAtFirstSight() {
    ComputationGraph network =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .graphBuilder()
                .addInputs("x")
                .addLayer("a", lstm(), "x")
                .addVertex("r", new ReverseTimeSeriesVertex("x"), "a")
                .addLayer("p", new GlobalPoolingLayer(PoolingType.AVG), "r")
                .addLayer(
                    "out",
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(6)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build(),
                    "p")
                .setOutputs("out")
                .build());
    network.init();
    INDArray x = Nd4j.rand(2, CHANNELS, STEPS);
    INDArray mask = Nd4j.ones(2, STEPS);
    mask.putScalar(0, STEPS - 1, 0);
    DataSet batch = new DataSet(x, Nd4j.zeros(2, CLASSES), mask, null);
    QatNetwork qat = Qat.prepare(network, QuantSpec.int8());
    String why = "vertex \"r\": it reverses the steps that the mask of \"x\"";
    assertThatThrownBy(() -> ((ComputationGraph) qat.network()).fit(batch))
        .isInstanceOf(QatException.class)
        .hasMessageContaining(why);
    assertThatThrownBy(() -> qat.calibrate(one(batch), 1))
        .isInstanceOf(QatException.class)
        .hasMessageContaining(why);
    assertThat(((ComputationGraph) qat.toFloat()).getConfiguration().getVertices().get("r"))
        .isEqualTo(new ReverseTimeSeriesVertex("x"));
  }

  private static DataSetIterator one(DataSet batch) {
    return new IteratorDataSetIterator(List.of(batch).iterator(), batch.numExamples());
  }

  /** As sentences have them that are images of words and dimensions. */
  @ParameterizedTest
  @EnumSource(
      value = PoolingType.class,
      names = {"MAX", "AVG"})
  void masksOfImagesAreRefusedAtFirstSight(PoolingType pooling) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .list()
                .layer(
                    new ConvolutionLayer.Builder(2, CHANNELS)
                        .stride(1, CHANNELS)
                        .nOut(4)
                        .convolutionMode(ConvolutionMode.Same)
                        .build())
                .layer(new GlobalPoolingLayer(pooling))
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(STEPS, CHANNELS, 1))
                .build());
    network.init();
    INDArray mask = Nd4j.ones(2, 1, STEPS, 1);
    mask.putScalar(new int[] {0, 0, STEPS - 1, 0}, 0);
    DataSet batch =
        new DataSet(Nd4j.rand(2, 1, STEPS, CHANNELS), Nd4j.zeros(2, CLASSES), mask, null);
    QatNetwork qat = Qat.prepare(network, QuantSpec.int8());
    String why = "layer \"layer0\": it was given a mask of images";
    assertThatThrownBy(() -> ((MultiLayerNetwork) qat.network()).fit(batch))
        .isInstanceOf(QatException.class)
        .hasMessageContaining(why);
    assertThatThrownBy(() -> qat.calibrate(one(batch), 1))
        .isInstanceOf(QatException.class)
        .hasMessageContaining(why);
  }
}
