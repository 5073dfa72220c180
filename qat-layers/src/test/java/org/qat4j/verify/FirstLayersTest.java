package org.qat4j.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.adapter.SingletonMultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.model.IntegerModel;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.qat.internal.SampleArrays;
import org.qat4j.runtime.Sample;

/**
 * Layers and vertices that only move values, as the first of a network: they hand on real values,
 * which are quantized where they are read, and codes in the model.
 */
class FirstLayersTest {
  private static final InputType IMAGE = InputType.convolutional(8, 8, 2);
  private static final InputType SEQUENCE = InputType.recurrent(4, 6);
  private static final InputType VECTOR = InputType.feedForward(6);

  /**
   * @param first a Layer or GraphVertex
   * @param reader reads it
   */
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Case(InputType type, Object first, Layer reader, long... shape) {}

  private static final Map<String, Case> CASES = new TreeMap<>();

  static {
    image("zero padding", new ZeroPaddingLayer.Builder(1, 2).build());
    image(
        "max pooling",
        new SubsamplingLayer.Builder(SubsamplingLayer.PoolingType.MAX)
            .kernelSize(2, 2)
            .stride(2, 2)
            .build());
    image("upsampling", new Upsampling2D.Builder(2).build());
    image("cropping", new Cropping2D.Builder(1, 1, 0, 2).build());
    image("subset of channels", new SubsetVertex(1, 1));
    sequence("zero padding of steps", new ZeroPadding1DLayer.Builder(1).build());
    sequence("upsampling of steps", new Upsampling1D.Builder(2).build());
    sequence("cropping of steps", new Cropping1D.Builder(1).build());
    sequence(
        "max pooling of steps",
        new Subsampling1DLayer.Builder(SubsamplingLayer.PoolingType.MAX)
            .kernelSize(2)
            .stride(2)
            .build());
    vector("global max", SEQUENCE, new GlobalPoolingLayer(PoolingType.MAX), 4, 6);
    vector("last step", SEQUENCE, new LastTimeStepVertex("in"), 4, 6);
    vector("subset", VECTOR, new SubsetVertex(1, 3), 6);
    CASES.put(
        "reshape",
        new Case(
            InputType.feedForward(12),
            new ReshapeVertex(-1, 3, 2, 2),
            new ConvolutionLayer.Builder(2, 2).nIn(3).nOut(4).build(),
            12));
  }

  private static void image(String name, Object first) {
    CASES.put(
        name, new Case(IMAGE, first, new ConvolutionLayer.Builder(3, 3).nOut(4).build(), 2, 8, 8));
  }

  private static void sequence(String name, Object first) {
    CASES.put(
        name, new Case(SEQUENCE, first, new Convolution1DLayer.Builder(2).nOut(4).build(), 4, 6));
  }

  private static void vector(String name, InputType type, Object first, long... shape) {
    CASES.put(name, new Case(type, first, new DenseLayer.Builder().nOut(4).build(), shape));
  }

  static List<String> names() {
    return List.copyOf(CASES.keySet());
  }

  private static ComputationGraph network(Case c) {
    GraphBuilder graph =
        new NeuralNetConfiguration.Builder()
            .seed(1)
            .activation(Activation.RELU)
            .graphBuilder()
            .addInputs("in")
            .setInputTypes(c.type);
    if (c.first instanceof Layer layer) {
      graph.addLayer("first", layer.clone(), "in");
    } else {
      graph.addVertex("first", (GraphVertex) c.first, "in");
    }
    graph.addLayer("reader", c.reader.clone(), "first");
    String last = "reader";
    if (c.reader instanceof Convolution1DLayer) {
      graph.addLayer("max", new GlobalPoolingLayer(PoolingType.MAX), last);
      last = "max";
    }
    graph.addLayer(
        "out", new OutputLayer.Builder().nOut(3).activation(Activation.SOFTMAX).build(), last);
    ComputationGraph network = new ComputationGraph(graph.setOutputs("out").build());
    network.init();
    return network;
  }

  @ParameterizedTest
  @MethodSource("names")
  void codesAreComparedAsCodes(String name) {
    Case c = CASES.get(name);
    long[] shape = new long[c.shape.length + 1];
    shape[0] = 16;
    System.arraycopy(c.shape, 0, shape, 1, c.shape.length);
    INDArray x = Nd4j.create(shape);
    Random random = new Random(5);
    for (long i = 0; i < x.length(); i++) {
      x.putScalar(i, random.nextGaussian());
    }
    QatNetwork qat = Qat.prepare(network(c), QuantSpec.int8());
    MultiDataSet data = new MultiDataSet(x, Nd4j.zeros(16, 3));
    qat.calibrate(new SingletonMultiDataSetIterator(data), 1);
    IntegerModel model = qat.freeze();
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      samples.add(SampleArrays.of(model, i, x));
    }
    VerifyReport report = Verifier.verify(qat, model, OnnxOptions.DEFAULT, samples);
    report.requireExact();
    assertThat(report.layers())
        .filteredOn(layer -> layer.name().equals("first"))
        .singleElement()
        .satisfies(layer -> assertThat(layer.qatValues()).isPositive());
  }
}
