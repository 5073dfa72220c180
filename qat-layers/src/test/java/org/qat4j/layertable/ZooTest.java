package org.qat4j.layertable;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.zoo.model.AlexNet;
import org.deeplearning4j.zoo.model.Darknet19;
import org.deeplearning4j.zoo.model.LeNet;
import org.deeplearning4j.zoo.model.ResNet50;
import org.deeplearning4j.zoo.model.SimpleCNN;
import org.deeplearning4j.zoo.model.SqueezeNet;
import org.deeplearning4j.zoo.model.TextGenerationLSTM;
import org.deeplearning4j.zoo.model.TinyYOLO;
import org.deeplearning4j.zoo.model.UNet;
import org.deeplearning4j.zoo.model.VGG16;
import org.deeplearning4j.zoo.model.Xception;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.learning.config.Sgd;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QuantSpec;

/**
 * The networks of Deeplearning4j's zoo with small images and a sixteenth of their channels, from
 * training to prediction: works and exact, or refused before any work.
 */
class ZooTest {
  private static final int EXAMPLES = 3;
  private static final int CLASSES = 4;

  /** Of what has so many channels or more, a sixteenth is left. */
  private static final int WIDE = 32;

  private static final int SIZE = 96;

  /** Of which ResNet50 leaves just enough for its last pooling. */
  private static final int LARGE = 192;

  private static final String RESIDUAL = "ResNet50";

  /** Ends in a softmax that nothing trains; it is fine by the preflight. */
  private static final String WITHOUT_LOSS = "SimpleCNN";

  private static final String TEXT = "TextGenerationLSTM";
  private static final int CHARACTERS = 8;
  private static final int STEPS = 10;

  private static final int[] IMAGE = {3, SIZE, SIZE};

  private static Map<String, Supplier<Model>> zoo() {
    Map<String, Supplier<Model>> all = new LinkedHashMap<>();
    InputType image = InputType.convolutional(SIZE, SIZE, 3);
    all.put(
        "LeNet",
        () -> small(LeNet.builder().inputShape(IMAGE).numClasses(CLASSES).build().conf(), image));
    all.put(
        WITHOUT_LOSS,
        () ->
            small(SimpleCNN.builder().inputShape(IMAGE).numClasses(CLASSES).build().conf(), image));
    all.put(
        "AlexNet",
        () -> small(AlexNet.builder().inputShape(IMAGE).numClasses(CLASSES).build().conf(), image));
    all.put(
        "VGG16",
        () -> small(VGG16.builder().inputShape(IMAGE).numClasses(CLASSES).build().conf(), image));
    all.put(
        RESIDUAL,
        () ->
            small(
                ResNet50.builder()
                    .inputShape(new int[] {3, LARGE, LARGE})
                    .numClasses(CLASSES)
                    .build()
                    .graphBuilder()
                    .build(),
                InputType.convolutional(LARGE, LARGE, 3)));
    all.put(
        "SqueezeNet",
        () ->
            small(
                SqueezeNet.builder()
                    .inputShape(IMAGE)
                    .numClasses(CLASSES)
                    .build()
                    .graphBuilder()
                    .addInputs("input")
                    .setInputTypes(image)
                    .build(),
                image));
    all.put(
        "Darknet19",
        () ->
            small(Darknet19.builder().inputShape(IMAGE).numClasses(CLASSES).build().conf(), image));
    all.put(
        "TinyYOLO",
        () ->
            small(TinyYOLO.builder().inputShape(IMAGE).numClasses(CLASSES).build().conf(), image));
    all.put(
        "UNet",
        () ->
            small(
                UNet.builder()
                    .inputShape(IMAGE)
                    .build()
                    .graphBuilder()
                    .addInputs("input")
                    .setInputTypes(image)
                    .build(),
                image));
    all.put(
        "UNet without dropout",
        () -> {
          ComputationGraph unet = (ComputationGraph) all.get("UNet").get();
          for (org.deeplearning4j.nn.api.Layer layer : unet.getLayers()) {
            layer.conf().getLayer().setIDropout(null);
          }
          return unet;
        });
    all.put(
        "Xception",
        () ->
            small(
                Xception.builder()
                    .inputShape(IMAGE)
                    .numClasses(CLASSES)
                    .build()
                    .graphBuilder()
                    .addInputs("input")
                    .setInputTypes(image)
                    .build(),
                image));
    all.put(
        TEXT,
        () ->
            small(
                TextGenerationLSTM.builder()
                    .inputShape(new int[] {CHARACTERS, STEPS})
                    .totalUniqueCharacters(CHARACTERS)
                    .build()
                    .conf(),
                InputType.recurrent(CHARACTERS, STEPS)));
    return all;
  }

  /** What is refused for one of its layers, and the layer. */
  private static final Map<String, String> REFUSED =
      Map.of(
          "AlexNet", "LocalResponseNormalization",
          "UNet", "let each that reads it drop out its input itself",
          "TinyYOLO", "Yolo2OutputLayer");

  @Tag("slow")
  @TestFactory
  Stream<DynamicTest> everyNetworkIsRun() {
    return zoo().entrySet().stream()
        .map(e -> DynamicTest.dynamicTest(e.getKey(), () -> run(e.getKey(), e.getValue().get())));
  }

  private static void run(String name, Model network) {
    List<String> problems = Qat.describe(network, QuantSpec.int8()).problems();
    if (REFUSED.containsKey(name)) {
      assertThat(problems).isNotEmpty().allMatch(p -> p.contains(REFUSED.get(name)));
      return;
    }
    assertThat(problems).isEmpty();
    if (name.equals(WITHOUT_LOSS)) {
      return;
    }
    Random random = new Random(1);
    int size = name.equals(RESIDUAL) ? LARGE : SIZE;
    INDArray x =
        name.equals(TEXT)
            ? Nets.reals(random, DataType.FLOAT, EXAMPLES, CHARACTERS, STEPS)
            : Nets.reals(random, DataType.FLOAT, EXAMPLES, 3, size, size);
    INDArray labels = output(network, x).dup();
    for (long i = 0; i < labels.length(); i++) {
      labels.putScalar(i, random.nextInt(2));
    }
    WholeWay.ofUntrained(network, new MultiDataSet(x, labels), 1);
  }

  private static INDArray output(Model network, INDArray x) {
    return network instanceof ComputationGraph graph
        ? graph.output(x)[0]
        : ((MultiLayerNetwork) network).output(x);
  }

  private static Model small(MultiLayerConfiguration all, InputType type) {
    ListBuilder list = new NeuralNetConfiguration.Builder().seed(1).updater(new Sgd(0.001)).list();
    for (NeuralNetConfiguration conf : all.getConfs()) {
      list.layer(narrow(conf.getLayer().clone()));
    }
    MultiLayerNetwork network = new MultiLayerNetwork(list.setInputType(type).build());
    network.init();
    return network;
  }

  private static Model small(ComputationGraphConfiguration all, InputType type) {
    List<String> last = new ArrayList<>();
    all.getNetworkOutputs().forEach(out -> last.addAll(all.getVertexInputs().get(out)));
    GraphBuilder graph =
        new NeuralNetConfiguration.Builder().seed(1).updater(new Sgd(0.001)).graphBuilder();
    graph.addInputs(all.getNetworkInputs());
    all.getVertices()
        .forEach(
            (name, vertex) -> {
              String[] inputs = all.getVertexInputs().get(name).toArray(String[]::new);
              if (vertex instanceof LayerVertex layer) {
                Layer made = layer.getLayerConf().getLayer();
                graph.addLayer(name, last.contains(name) ? made : narrow(made), inputs);
              } else {
                graph.addVertex(name, vertex, inputs);
              }
            });
    graph.setOutputs(all.getNetworkOutputs().toArray(String[]::new)).setInputTypes(type);
    ComputationGraph network = new ComputationGraph(graph.build());
    network.init();
    return network;
  }

  private static Layer narrow(Layer layer) {
    if (layer instanceof FeedForwardLayer wide) {
      wide.setNIn(0);
      if (wide.getNOut() >= WIDE) {
        wide.setNOut(wide.getNOut() / 16);
      }
    }
    return layer;
  }
}
