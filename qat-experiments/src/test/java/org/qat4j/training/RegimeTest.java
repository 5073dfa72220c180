package org.qat4j.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.qat4j.QatException;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.TextBatches;
import org.qat4j.experiment.BlockSpec;
import org.qat4j.experiment.ModelSpec;
import org.qat4j.experiment.TrainSpec;
import org.qat4j.graph.internal.Topology;
import org.qat4j.network.TextNetwork;
import org.qat4j.zoo.TinyTexts;
import org.qat4j.zoo.Zoo;

class RegimeTest {
  private static final double RATE = 0.5;
  private static final TrainSpec ZERO =
      new TrainSpec(1, 8, 0.01, TrainSpec.Schedule.CONSTANT, 0, 0);
  private static final double INFINITE = Double.POSITIVE_INFINITY;

  private static MultiLayerNetwork network() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Sgd(RATE))
                .list()
                .layer(
                    new DenseLayer.Builder()
                        .name("hidden")
                        .nIn(2)
                        .nOut(3)
                        .activation(Activation.TANH)
                        .build())
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .name("out")
                        .nIn(3)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    network.init();
    return network;
  }

  /** One step an epoch. */
  private static void fit(
      MultiLayerNetwork network, String row, int steps, Regime regime, TrainingAid aid) {
    TextBatches rows =
        TextBatches.inOrder(
            List.of(new Example(row, 0), new Example(row, 0)),
            new TextBatches.Inputs(List.of(), false),
            2,
            2);
    TrainingPlan plan =
        new TrainingPlan(steps, RATE, TrainSpec.Schedule.CONSTANT, false, 1).in(regime);
    Trainer.fit(network, plan, rows, null, TrainingLog.SILENT, aid);
  }

  private static double moved(Regime regime) {
    MultiLayerNetwork network = network();
    INDArray before = network.params().dup();
    fit(network, "3,-4", 1, regime, TrainingAid.NONE);
    return network.params().sub(before).norm2Number().doubleValue();
  }

  @Test
  void clipsTheNormOfTheWholeGradient() {
    double free = moved(Regime.PLAIN) / RATE;
    assertThat(free).isGreaterThan(0.3);
    assertThat(moved(new Regime(0, 0, free / 3, List.of(), 1, 0, false, 1)))
        .isCloseTo(RATE * free / 3, within(1e-5));
    assertThat(moved(new Regime(0, 0, free * 1.01, List.of(), 1, 0, false, 1)))
        .isEqualTo(RATE * free);
  }

  @Test
  void frozenLayersStay() {
    MultiLayerNetwork network = network();
    INDArray hidden = network.getLayer(0).params().dup();
    INDArray out = network.getLayer(1).params().dup();
    fit(
        network,
        "3,-4",
        3,
        new Regime(0.1, 0, INFINITE, List.of("hid*"), 1, 0, false, 1),
        TrainingAid.NONE);
    assertThat(network.getLayer(0).params()).isEqualTo(hidden);
    assertThat(network.getLayer(1).params()).isNotEqualTo(out);
    assertThatThrownBy(
            () -> new Regime(0, 0, INFINITE, List.of("h"), 1, 0, false, 1).check(network))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("\"h\"; there are hidden, out");
  }

  @Test
  void weightsDecayBesideTheGradient() {
    MultiLayerNetwork network = network();
    INDArray w = network.getLayer(0).getParam("W").dup();
    network.getLayer(0).getParam("b").assign(0.25);
    INDArray bias = network.getLayer(0).getParam("b").dup();
    Regime decay = new Regime(0.1, 0, INFINITE, List.of(), 1, 0, false, 1);
    fit(network, "0,0", 1, Regime.PLAIN, TrainingAid.NONE); // the gradient of the weights is 0
    assertThat(network.getLayer(0).getParam("W")).isEqualTo(w);
    INDArray moved = network.getLayer(0).getParam("b").dup();
    network.setParams(network().params());
    network.getLayer(0).getParam("b").assign(bias);
    fit(network, "0,0", 1, decay, TrainingAid.NONE);
    assertThat(network.getLayer(0).getParam("b")).isEqualTo(moved);
    float[] expected = w.mul(1 - RATE * 0.1).dup('c').data().asFloat();
    assertThat(network.getLayer(0).getParam("W").dup('c').data().asFloat())
        .containsExactly(expected, within(1e-6f));
  }

  @Test
  void theRateFallsWithDepth() {
    MultiLayerNetwork plain = network();
    MultiLayerNetwork falling = network();
    fit(plain, "3,-4", 1, Regime.PLAIN, TrainingAid.NONE);
    fit(
        falling,
        "3,-4",
        1,
        new Regime(0, 0, INFINITE, List.of(), 0.5, 0, false, 1),
        TrainingAid.NONE);
    INDArray hidden = network().getLayer(0).params();
    INDArray step = plain.getLayer(0).params().sub(hidden);
    assertThat(step.norm2Number().doubleValue()).isPositive();
    assertThat(falling.getLayer(0).params().sub(hidden).equalsWithEps(step.mul(0.5), 1e-6))
        .isTrue();
    assertThat(falling.getLayer(1).params()).isEqualTo(plain.getLayer(1).params());
  }

  /** DL4J leaves layers without a name where nobody gave one; here they are layer0, layer1, … */
  @Test
  void layersWithoutNamesAreFrozenToo() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .updater(new Sgd(RATE))
                .list()
                .layer(new DenseLayer.Builder().nIn(2).nOut(3).build())
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(3)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    network.init();
    INDArray hidden = network.getLayer(0).params().dup();
    Regime regime = new Regime(0, 0, INFINITE, List.of("layer0"), 0.5, 0, false, 1);
    regime.check(network);
    fit(network, "3,-4", 1, regime, TrainingAid.NONE);
    assertThat(network.getLayer(0).params()).isEqualTo(hidden);
  }

  @Test
  void whatIsWrappedHasTheDepthOfItsWrapper() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .updater(new Sgd(RATE))
                .list()
                .layer(new LastTimeStep(new LSTM.Builder().nIn(2).nOut(3).build()))
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(3)
                        .nOut(2)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    network.init();
    LayerGroups groups = LayerGroups.of(Topology.of(network));
    assertThat(groups.depth(network.getLayer(0).getConfig())).isEqualTo(1);
    assertThat(groups.depth(network.getLayer(1).getConfig())).isZero();
  }

  /** Each block is a group; what has no parameters is none. */
  @Test
  void depthIsThatOfGroups() {
    ModelSpec model =
        new ModelSpec.Transformer(
            ModelSpec.Units.CHARACTERS, 20, false, 1, 3, new BlockSpec(2, 8, 2, 16), 0);
    Topology topology = Topology.of(Zoo.build(model, TinyTexts.of(8, 1), ZERO, 1).network());
    LayerGroups groups = LayerGroups.of(topology);
    Map<String, Integer> expected =
        Map.of(
            "out",
            0,
            "norm",
            1,
            "block2/wide",
            2,
            "block2/parts",
            2,
            "block1/wide",
            3,
            "positions",
            4,
            "embedding",
            5);
    expected.forEach(
        (name, depth) ->
            assertThat(groups.depth(topology.node(name).conf().getLayer()))
                .as(name)
                .isEqualTo(depth));
  }

  @Test
  void endsWithTheAverage() {
    MultiLayerNetwork network = network();
    INDArray[] average = {null};
    TrainingAid record =
        new TrainingAid() {
          @Override
          public void after(int step) {
            INDArray now = network.params().dup();
            double keep = Math.min(0.4, (1.0 + step) / (10 + step));
            average[0] = step == 1 ? now : average[0].mul(keep).add(now.mul(1 - keep));
          }
        };
    fit(network, "3,-4", 8, new Regime(0, 0, INFINITE, List.of(), 1, 0.4, false, 1), record);
    assertThat(network.params().equalsWithEps(average[0], 1e-6)).isTrue();
  }

  @Test
  void warmsUp() {
    TrainingPlan plan =
        new TrainingPlan(1, 1, TrainSpec.Schedule.LINEAR, false, 1)
            .in(new Regime(0, 0.5, INFINITE, List.of(), 1, 0, false, 1));
    double[] rates = {0.25, 0.5 * 0.875, 0.75 * 0.75, 0.625, 0.5, 0.375, 0.25, 0.125};
    for (int i = 0; i < rates.length; i++) {
      assertThat(plan.learningRate(i, rates.length)).isCloseTo(rates[i], within(1e-12));
    }
  }

  @Test
  void holdsForGraphsAndTheKeysOfExperiments() {
    Dataset data = TinyTexts.of(30, 1);
    TrainSpec spec =
        new TrainSpec(
            1,
            8,
            0.01,
            TrainSpec.Schedule.LINEAR,
            0,
            0,
            0.01,
            0.1,
            1,
            List.of("embedding", "block1/*"),
            1,
            0,
            null,
            false,
            false,
            1);
    ModelSpec model =
        new ModelSpec.Transformer(
            ModelSpec.Units.CHARACTERS, 20, false, 1, 3, new BlockSpec(1, 8, 2, 16), 0);
    TextNetwork text = Zoo.build(model, data, spec, 1);
    ComputationGraph graph = (ComputationGraph) text.network();
    INDArray embedding = graph.getLayer("embedding").params().dup();
    INDArray wide = graph.getLayer("block1/wide").params().dup();
    INDArray out = graph.getLayer("out").params().dup();
    TrainingPlan plan =
        new TrainingPlan(1, 0.01, TrainSpec.Schedule.LINEAR, false, 1).in(Regime.of(spec));
    TextBatches texts = TextBatches.shuffled(data, text.inputs(), 8, 1, 0);
    Trainer.fit(graph, plan, texts, null, TrainingLog.SILENT);
    assertThat(graph.getLayer("embedding").params()).isEqualTo(embedding);
    assertThat(graph.getLayer("block1/wide").params()).isEqualTo(wide);
    assertThat(graph.getLayer("out").params()).isNotEqualTo(out);
  }

  /** Weights of a convolution lie in another order than their shape says. */
  @Test
  void weightsOfConvolutionsDecayAsTheyLie() {
    Dataset data = TinyTexts.of(8, 1);
    ModelSpec model =
        new ModelSpec.Transformer(
            ModelSpec.Units.CHARACTERS, 20, false, 1, 3, new BlockSpec(1, 8, 2, 16), 0);
    INDArray[] after = new INDArray[2];
    INDArray before = null;
    for (int i = 0; i < 2; i++) {
      TextNetwork text = Zoo.build(model, data, ZERO, 1);
      before = text.network().params().dup();
      TrainingPlan plan =
          new TrainingPlan(1, 0.01, TrainSpec.Schedule.CONSTANT, false, 1)
              .in(new Regime(0.5 * i, 0, INFINITE, List.of(), 1, 0, false, 1));
      TextBatches texts = TextBatches.inOrder(data.train(), text.inputs(), 3, 8);
      Trainer.fit(text.network(), plan, texts, null, TrainingLog.SILENT);
      after[i] = ((ComputationGraph) text.network()).getLayer("positions").getParam("W").dup();
    }
    ComputationGraph first = (ComputationGraph) Zoo.build(model, data, ZERO, 1).network();
    first.setParams(before);
    INDArray expected = first.getLayer("positions").getParam("W").mul(-0.01 * 0.5).addi(after[0]);
    assertThat(after[1].dup('c').data().asFloat())
        .containsExactly(expected.dup('c').data().asFloat(), within(1e-6f));
  }
}
