package org.qat4j.encoder;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.model.TextInput;
import org.qat4j.qat.Calibration;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.runtime.Sample;

/** The mean of an encoder's hidden states as a network, in float and under quantization. */
final class SentenceVectors {
  private static final int BATCH = 32;

  private final EncoderNetwork encoder;
  private final ComputationGraph floats;

  /** The same with the ranges of norms moved into weights. */
  SentenceVectors(SentenceVectors other, List<String> texts, double strength) {
    encoder = other.encoder;
    Batches batches = other.batched(texts);
    floats = (ComputationGraph) Qat.smoothed(other.floats, batches, batches.all.size(), strength);
  }

  SentenceVectors(Encoder encoder, int length) {
    this.encoder = new EncoderNetwork(encoder, length, false);
    GraphBuilder graph = new NeuralNetConfiguration.Builder().seed(1).graphBuilder();
    String last = this.encoder.addTo(graph);
    graph
        .addLayer("mean", new GlobalPoolingLayer.Builder(PoolingType.AVG).build(), last)
        .setOutputs("mean");
    floats = new ComputationGraph(graph.build());
    floats.init();
    this.encoder.setWeights(floats);
  }

  ComputationGraph floats() {
    return floats;
  }

  /** Calibrated with some texts. */
  QatNetwork quantized(QuantSpec spec, List<String> texts) {
    QatNetwork qat = Qat.prepare(floats, spec);
    Batches batches = batched(texts);
    qat.calibrate(batches, batches.all.size());
    return qat;
  }

  /** What some texts come to in float. */
  Calibration calibration(List<String> texts, INDArray[] whole) {
    return Calibration.of(floats, batched(texts), Integer.MAX_VALUE, whole);
  }

  private Batches batched(List<String> texts) {
    List<MultiDataSet> batches = new ArrayList<>();
    for (List<Integer> batch : batches(texts)) {
      INDArray[] inputs = inputs(texts, batch);
      INDArray none = Nd4j.zeros(batch.size(), 1);
      batches.add(new MultiDataSet(inputs, new INDArray[] {none}, masks(inputs), null));
    }
    return new Batches(batches);
  }

  private static final class Batches
      implements org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator {
    private static final long serialVersionUID = 1L;

    private final List<MultiDataSet> all;
    private int next;

    Batches(List<MultiDataSet> all) {
      this.all = all;
    }

    @Override
    public org.nd4j.linalg.dataset.api.MultiDataSet next(int num) {
      return next();
    }

    @Override
    public void setPreProcessor(org.nd4j.linalg.dataset.api.MultiDataSetPreProcessor p) {}

    @Override
    public org.nd4j.linalg.dataset.api.MultiDataSetPreProcessor getPreProcessor() {
      return null;
    }

    @Override
    public boolean resetSupported() {
      return true;
    }

    @Override
    public boolean asyncSupported() {
      return false;
    }

    @Override
    public void reset() {
      next = 0;
    }

    @Override
    public boolean hasNext() {
      return next < all.size();
    }

    @Override
    public MultiDataSet next() {
      return all.get(next++);
    }
  }

  /** Vectors in float, of length 1. */
  float[][] vectors(List<String> texts) {
    return vectors(texts, (inputs, masks) -> floats.output(false, inputs, masks, null)[0]);
  }

  /** The same of a network under quantization in evaluation, which is what its model gives. */
  float[][] vectors(QatNetwork qat, List<String> texts) {
    return vectors(texts, (inputs, masks) -> qat.output(inputs));
  }

  private float[][] vectors(
      List<String> texts, BiFunction<INDArray[], INDArray[], INDArray> network) {
    float[][] vectors = new float[texts.size()][];
    for (List<Integer> batch : batches(texts)) {
      INDArray[] inputs = inputs(texts, batch);
      INDArray made = network.apply(inputs, masks(inputs));
      for (int i = 0; i < batch.size(); i++) {
        INDArray row = made.getRow(i);
        vectors[batch.get(i)] = row.div(row.norm2Number()).toFloatVector();
      }
    }
    return vectors;
  }

  /** Inputs of a model, as long as it is. */
  List<Sample> samples(List<String> texts) {
    List<Sample> samples = new ArrayList<>();
    for (String text : texts) {
      samples.add(
          Sample.ofTokens(
              encoder.text().stream()
                  .map(TextInput::encoder)
                  .map(e -> e.encode(text))
                  .toArray(int[][]::new)));
    }
    return samples;
  }

  /** Inputs of one text, padded to the length of the network. */
  INDArray[] whole(String text) {
    return samples(List.of(text)).stream()
        .flatMap(s -> IntStream.range(0, encoder.text().size()).mapToObj(s::tokens))
        .map(ids -> Nd4j.createFromArray(new int[][] {ids}).castTo(Nd4j.dataType()))
        .toArray(INDArray[]::new);
  }

  /** Inputs of some texts, padded to the longest. */
  INDArray[] batch(List<String> texts) {
    return inputs(texts, IntStream.range(0, texts.size()).boxed().toList());
  }

  /** Texts of about one length lie together. */
  private List<List<Integer>> batches(List<String> texts) {
    List<Integer> order =
        IntStream.range(0, texts.size())
            .boxed()
            .sorted(Comparator.comparingInt((Integer i) -> texts.get(i).length()))
            .toList();
    List<List<Integer>> batches = new ArrayList<>();
    for (int from = 0; from < order.size(); from += BATCH) {
      batches.add(order.subList(from, Math.min(from + BATCH, order.size())));
    }
    return batches;
  }

  private INDArray[] inputs(List<String> texts, List<Integer> batch) {
    int longest = batch.stream().mapToInt(i -> count(ids(0, texts.get(i)))).max().orElseThrow();
    INDArray[] inputs = new INDArray[encoder.text().size()];
    for (int k = 0; k < inputs.length; k++) {
      int[][] rows = new int[batch.size()][];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = Arrays.copyOf(ids(k, texts.get(batch.get(i))), longest);
      }
      inputs[k] = Nd4j.createFromArray(rows).castTo(Nd4j.dataType());
    }
    return inputs;
  }

  private int[] ids(int input, String text) {
    return encoder.text().get(input).encoder().encode(text);
  }

  private static int count(int[] ids) {
    return (int) Arrays.stream(ids).filter(id -> id != 0).count();
  }

  static INDArray[] masks(INDArray[] inputs) {
    INDArray mask = inputs[0].neq(0).castTo(Nd4j.dataType());
    INDArray[] masks = new INDArray[inputs.length];
    Arrays.fill(masks, mask);
    return masks;
  }

  /** Mean and lowest cosine of vectors of length 1. */
  record Cosine(double mean, double lowest) {
    static Cosine of(float[][] a, float[][] b) {
      double sum = 0;
      double lowest = 1;
      for (int i = 0; i < a.length; i++) {
        double dot = dot(a[i], b[i]);
        sum += dot;
        lowest = Math.min(lowest, dot);
      }
      return new Cosine(sum / a.length, lowest);
    }
  }

  static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}
