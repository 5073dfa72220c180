package org.qat4j.distillation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.SoftAssertions;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.adapter.SingletonDataSetIterator;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.qat4j.QatException;
import org.qat4j.graph.internal.Topology;
import org.qat4j.layers.LayerNormLayer;
import org.qat4j.qat.Example;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.qat.SmoothGradientTest;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Schedule;

class DistillationTest {
  private static final double STEP = 1e-6;
  private static final int N = 6;

  private static List<String> hidden(Example example) {
    return switch (example) {
      case TOKENS -> List.of("embedding", "conv1", "average", "dense");
      case SEQUENCES -> List.of("conv", "dense", "elu");
      case RECURRENT -> List.of("embedding");
      case GRAPH -> List.of("embedding", "wide", "relu", "narrowMean", "sum", "mean", "dense");
    };
  }

  /** Of answers and hidden layers together, in double, before fake quantization starts. */
  @ParameterizedTest
  @EnumSource
  void gradientsAreThoseOfFiniteDifferences(Example example) {
    QuantSpec spec = QuantSpec.int8().withSchedule(Schedule.of(1_000_000, 1_000_000));
    Model teacher = example.network(DataType.DOUBLE);
    teacher.setParams(teacher.params().mul(1.3).addi(0.05));
    Model student = Qat.prepare(example.network(DataType.DOUBLE), spec).network();
    SmoothGradientTest.withoutDropout(student);
    SmoothGradientTest.withoutDropout(teacher);
    MultiDataSet batch = example.batch(new Random(5), N, DataType.DOUBLE);
    double weight = 3;
    DistillationSpec distilled = new DistillationSpec(2, 0.6, hidden(example), weight);
    try (Distillation distillation = new Distillation(student, teacher, distilled)) {
      MultiDataSet taught = distillation.teach(batch);
      Map<String, INDArray> lesson = Topology.activations(teacher, batch.getFeatures(), null);
      SmoothGradientTest.score(student, taught);
      INDArray gradient = student.gradient().gradient().dup();
      SoftAssertions softly = new SoftAssertions();
      int at = 0;
      for (Map.Entry<String, INDArray> param : Example.params(student).entrySet()) {
        int n = (int) param.getValue().length();
        for (int i = 0; i < n && !param.getKey().contains("quant"); i += Math.max(1, n / 2)) {
          double there = student.params().getDouble(at + i);
          student.params().putScalar(at + i, there + STEP);
          double up = loss(student, taught, lesson, distilled);
          student.params().putScalar(at + i, there - STEP);
          double down = loss(student, taught, lesson, distilled);
          student.params().putScalar(at + i, there);
          double expected = (up - down) / (2 * STEP);
          double actual = gradient.getDouble(at + i) / N;
          softly
              .assertThat(Math.abs(actual - expected))
              .as("%s[%s]: %s, by differences %s", param.getKey(), i, actual, expected)
              .isLessThan(1e-7 + 1e-4 * Math.abs(expected));
        }
        at += n;
      }
      softly.assertAll();
    }
  }

  private static double loss(
      Model student, MultiDataSet taught, Map<String, INDArray> lesson, DistillationSpec spec) {
    double sum = SmoothGradientTest.score(student, taught);
    Map<String, INDArray> own = trained(student, taught.getFeatures());
    for (String layer : spec.layers()) {
      INDArray d = own.get(layer).sub(lesson.get(layer));
      sum += spec.layerWeight() / 2 * d.mul(d).meanNumber().doubleValue();
    }
    return sum;
  }

  /** Values in training mode, which is float arithmetic here. */
  private static Map<String, INDArray> trained(Model network, INDArray[] features) {
    if (network instanceof ComputationGraph graph) {
      return graph.feedForward(features, true);
    }
    List<INDArray> values = ((MultiLayerNetwork) network).feedForward(features[0], true);
    Map<String, INDArray> named = new java.util.LinkedHashMap<>();
    int i = 1;
    for (String name : Topology.of(network).names()) {
      named.put(name, values.get(i++));
    }
    return named;
  }

  /** Lessons bring a ternary network nearer to its teacher than labels do. */
  @ParameterizedTest
  @EnumSource
  void theStudentComesNearer(Example example) {
    Model teacher = example.network();
    Example.fit(teacher, example.data(2, 30));
    QatNetwork student = ternary(example, teacher);
    String before = configuration(student.network());
    DistillationSpec spec = new DistillationSpec(2, 1, hidden(example), 0.1);
    try (Distillation distillation = new Distillation(student.network(), teacher, spec)) {
      MultiDataSetIterator data = example.data(3, 40);
      while (data.hasNext()) {
        Example.fit(student.network(), distillation.teach(data.next()));
      }
    }
    QatNetwork byLabels = ternary(example, teacher);
    Example.fit(byLabels, example.data(3, 40));
    assertThat(distance(student, teacher, example.data(4, 4)))
        .isLessThan(0.8 * distance(byLabels, teacher, example.data(4, 4)));
    assertThat(configuration(student.network())).isEqualTo(before);
  }

  private static QatNetwork ternary(Example example, Model network) {
    QatNetwork qat = Qat.prepare(network, QuantSpec.of(LayerSpec.of(2, 8)).withFreshUpdater());
    qat.calibrate(example.data(1, 4), 4);
    return qat;
  }

  private static double distance(QatNetwork student, Model teacher, MultiDataSetIterator data) {
    double sum = 0;
    while (data.hasNext()) {
      INDArray[] features = data.next().getFeatures();
      String out = Topology.of(teacher).outputs().get(0);
      INDArray expected = Topology.activations(teacher, features, null).get(out);
      sum += student.output(features).distance2(expected);
    }
    return sum;
  }

  private static String configuration(Model network) {
    return network instanceof ComputationGraph graph
        ? graph.getConfiguration().getVertices().toString()
        : ((MultiLayerNetwork) network).getLayerWiseConfigurations().getConfs().toString();
  }

  @Test
  void whatCannotBeTaught() {
    Model teacher = Example.TOKENS.network();
    Model student = Qat.prepare(teacher, QuantSpec.int8()).network();
    assertThatThrownBy(
            () -> new Distillation(student, teacher, new DistillationSpec(2, 1, List.of("x"), 1)))
        .isInstanceOf(QatException.class)
        .hasMessage(
            "there is no hidden layer \"x\" that can be taught; there are [embedding, conv1,"
                + " conv2, average, global, dense]");
    assertThatThrownBy(
            () -> new Distillation(student, teacher, new DistillationSpec(2, 1, List.of("out"), 1)))
        .isInstanceOf(QatException.class);
    assertThatThrownBy(
            () ->
                new Distillation(
                    student,
                    Example.GRAPH.network(),
                    new DistillationSpec(2, 1, List.of("conv1"), 1)))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("the teacher has no layer \"conv1\"");
    assertThatThrownBy(
            () ->
                new Distillation(teacher, teacher, new DistillationSpec(2, 1, List.of("conv1"), 1)))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("layer \"conv1\" is not prepared for quantization");
    assertThatThrownBy(() -> DistillationSpec.of(0, 1)).isInstanceOf(QatException.class);
    assertThatThrownBy(() -> DistillationSpec.of(1, 1.5)).isInstanceOf(QatException.class);
  }

  /** A network whose weights were moved learns the vectors of its teacher, whatever the labels. */
  @Test
  void vectorsAreTaughtAsTheyAre() {
    MultiLayerNetwork teacher =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(4)
                .updater(new Adam(0.01))
                .list()
                .layer(
                    new DenseLayer.Builder()
                        .name("dense")
                        .nIn(6)
                        .nOut(8)
                        .activation(Activation.TANH)
                        .build())
                .layer(new LayerNormLayer(8))
                .layer(
                    new LossLayer.Builder(LossFunction.COSINE_PROXIMITY)
                        .activation(Activation.IDENTITY)
                        .build())
                .build());
    teacher.init();
    INDArray x = Nd4j.create(new Random(6).doubles(240, -1, 1).toArray(), new long[] {40, 6}, 'c');
    INDArray features = x.castTo(DataType.FLOAT);
    INDArray labels = Nd4j.zeros(40, 1);
    MultiLayerNetwork moved = teacher.clone();
    double[] by = new Random(7).doubles(moved.numParams(), -0.4, 0.4).toArray();
    INDArray noise = Nd4j.create(by, new long[] {1, by.length}, 'c').castTo(DataType.FLOAT);
    moved.setParams(moved.params().add(noise));
    QatNetwork qat = Qat.prepare(moved, QuantSpec.int8().withFreshUpdater());
    qat.calibrate(new SingletonDataSetIterator(new DataSet(features, labels)), 1);
    INDArray right = teacher.output(features);
    double before = cosine(qat.multiLayerNetwork().output(features), right);
    DistillationSpec spec = new DistillationSpec(2, 1, List.of("den*"), 0.1);
    try (Distillation distillation = new Distillation(qat.network(), teacher, spec)) {
      for (int i = 0; i < 50; i++) {
        MultiDataSet batch =
            distillation.teach(new org.nd4j.linalg.dataset.MultiDataSet(features, labels));
        assertThat(batch.getLabels(0).equalsWithEps(right, 1e-6)).isTrue();
        qat.multiLayerNetwork().fit(batch.getFeatures(0), batch.getLabels(0));
      }
    }
    double after = cosine(qat.multiLayerNetwork().output(features), right);
    assertThat(1 - after).as("from %s to %s", before, after).isLessThan((1 - before) / 2);
  }

  private static double cosine(INDArray a, INDArray b) {
    INDArray products = a.mul(b).sum(1).div(a.norm2(1)).div(b.norm2(1));
    return products.meanNumber().doubleValue();
  }

  @Test
  void aPatternHasToMatch() {
    Topology topology = Topology.of(Example.TOKENS.network());
    Distillation.check(topology, new DistillationSpec(2, 1, List.of("conv*", "*average"), 1));
    assertThatThrownBy(
            () -> Distillation.check(topology, new DistillationSpec(2, 1, List.of("block*"), 1)))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("no hidden layer \"block*\"")
        .hasMessageContaining("conv1");
  }
}
