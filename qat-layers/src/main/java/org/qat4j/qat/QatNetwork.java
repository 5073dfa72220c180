package org.qat4j.qat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.qat4j.QatException;
import org.qat4j.graph.internal.Topology;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.QuantSettings;
import org.qat4j.model.Input;
import org.qat4j.model.IntegerModel;
import org.qat4j.numerics.QuantParams;
import org.qat4j.qat.internal.Conversion;
import org.qat4j.qat.internal.Diagnostics;
import org.qat4j.qat.internal.Equivalents;
import org.qat4j.qat.internal.Freezer;
import org.qat4j.qat.internal.PostTraining;
import org.qat4j.qat.internal.PreparedModel;
import org.qat4j.qat.internal.SampleArrays;
import org.qat4j.qat.internal.Support;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Mode;
import org.qat4j.runtime.reference.ReferenceRuntime;

/**
 * A network that trains under quantization. {@link #network()} is an ordinary DL4J network: train,
 * evaluate, save and load it as any other; its evaluation is that of the frozen model.
 */
public final class QatNetwork {
  /** Examples on which a frozen model is compared with this network. */
  private static final int SAMPLES = 8;

  /** Of a probability; softmax is computed in another order of additions. */
  private static final float TOLERANCE = 1e-5f;

  private final PreparedModel prepared;

  /** Inputs of a few examples that calibration has seen, or null. */
  private INDArray[] samples;

  QatNetwork(Model network) {
    this.prepared = new PreparedModel(network);
  }

  /** What is behind this face. */
  /**
   * How one layer of a network is quantized as it is now.
   *
   * @param type simple class name of the layer under quantization
   * @param spec how its quantizers were asked for
   * @param input scale and zero point of the codes that it reads; null where it reads token ids, or
   *     is a normalization that the product in front of it takes over
   * @param output scale and zero point of the codes that it makes; null where it makes real values
   * @param folded name of the batch normalization behind it that its product takes over; null for
   *     none
   */
  public record LayerRanges(
      String type, LayerSpec spec, QuantParams input, QuantParams output, String folded) {}

  PreparedModel prepared() {
    return prepared;
  }

  /** The MultiLayerNetwork or ComputationGraph. */
  public Model network() {
    return prepared.network();
  }

  /**
   * The network as a MultiLayerNetwork.
   *
   * @throws QatException if it is a ComputationGraph
   */
  public MultiLayerNetwork multiLayerNetwork() {
    if (network() instanceof MultiLayerNetwork net) {
      return net;
    }
    throw new QatException("the network is a ComputationGraph: call graph()");
  }

  /**
   * The network as a ComputationGraph.
   *
   * @throws QatException if it is a MultiLayerNetwork
   */
  public ComputationGraph graph() {
    if (network() instanceof ComputationGraph graph) {
      return graph;
    }
    throw new QatException("the network is a MultiLayerNetwork: call multiLayerNetwork()");
  }

  /**
   * How the layers are quantized as they are now: by layer name, in topological order. The two
   * directions of a layer are called "layer/forward" and "layer/backward".
   *
   * @throws QatException if the network was neither calibrated nor trained
   */
  public Map<String, LayerRanges> ranges() {
    Map<String, LayerRanges> ranges = new LinkedHashMap<>();
    prepared.quantizers().forEach((name, q) -> ranges.put(name, rangesOf(q)));
    return Collections.unmodifiableMap(ranges);
  }

  private static LayerRanges rangesOf(LayerQuantizer q) {
    QuantSettings settings = q.settings();
    boolean normalizes = q.conf() instanceof BatchNormalization;
    boolean takenOver = normalizes && settings.foldRef() != null;
    return new LayerRanges(
        q.conf().getClass().getSimpleName(),
        settings.spec(),
        settings.inputRef() == null || takenOver ? null : q.scales().input(),
        settings.makesCodes() ? q.scales().output() : null,
        normalizes ? null : settings.foldRef());
  }

  /**
   * Weights of a layer as training has them, not rounded, in DL4J's order: of an embedding the
   * table, of a convolution the kernel.
   *
   * @param layer a name of {@link #ranges}
   * @return the parameter of the network itself; null where the layer has none
   * @throws QatException if no layer of this name is quantized
   */
  public INDArray weights(String layer) {
    LayerQuantizer q = prepared.quantizers().get(layer);
    if (q == null) {
      throw new QatException(
          "no layer \"" + layer + "\" is quantized; there are " + prepared.quantizers().keySet());
    }
    return q.layer().paramTable().get(DefaultParamInitializer.WEIGHT_KEY);
  }

  /**
   * Codes of the weights as they would be frozen now: of each layer that has weights, by its name
   * in {@link #ranges}, those of its matrices one behind the other. To see how many of them a
   * training still changes.
   *
   * @throws QatException if the network was neither calibrated nor trained
   */
  public Map<String, byte[]> weightCodes() {
    Map<String, byte[]> codes = new LinkedHashMap<>();
    prepared
        .quantizers()
        .forEach(
            (name, q) -> {
              if (q.weights().exist()) {
                codes.put(name, q.weights().codes());
              }
            });
    return codes;
  }

  /**
   * An ordinary network of DL4J's own layers with the weights as they are now, not rounded; a copy,
   * whose training goes on where this one stands.
   */
  public Model toFloat() {
    return Conversion.toFloat(network());
  }

  /**
   * Layers that stay in float, because they cannot be quantized and {@link
   * org.qat4j.quantizer.Unsupported#FLOAT} was asked for: one line for each, with the reason.
   */
  public List<String> inFloat() {
    Topology topology = prepared.topology();
    List<String> lines = new ArrayList<>();
    for (Topology.Node node : topology.nodes()) {
      String reason = Support.problem(topology, node);
      if (reason != null) {
        lines.add("layer \"" + node.name() + "\": " + reason);
      }
    }
    return lines;
  }

  /**
   * What costs accuracy and does not show in the training: running statistics of batch
   * normalization that are not those of the data, and branches of a merge that are too small for
   * the scale they share. Call it after {@link #calibrate}.
   *
   * @param features one batch per input; a few dozen examples say enough
   * @return nothing where all is well
   */
  public List<Diagnosis> diagnose(INDArray... features) {
    return new Diagnostics(prepared, toFloat(), features).run();
  }

  /** Training steps under quantization so far; frozen layers see none. */
  public long trainingSteps() {
    return prepared.trainingSteps();
  }

  /**
   * Runs batches through the network in float and sets the ranges of all quantizers, from nothing.
   * Steps that a feature mask marks as padding are left out.
   *
   * @param data read from its beginning, and reset afterwards where it can be
   * @param batches at most so many, ≥ 1
   * @throws QatException if there is no batch, a value is not finite (the message names layer and
   *     batch), or no model can express what the network does with inputs of these shapes and masks
   */
  public void calibrate(MultiDataSetIterator data, int batches) {
    calibrate(
        data.resetSupported() ? data::reset : () -> {},
        data::hasNext,
        () -> {
          MultiDataSet batch = data.next();
          observe(batch.getFeatures(), batch.getFeaturesMaskArrays());
        },
        batches);
  }

  /** The same for networks with one input. */
  public void calibrate(DataSetIterator data, int batches) {
    calibrate(
        data.resetSupported() ? data::reset : () -> {},
        data::hasNext,
        () -> {
          DataSet batch = data.next();
          INDArray mask = batch.getFeaturesMaskArray();
          observe(
              new INDArray[] {batch.getFeatures()}, mask == null ? null : new INDArray[] {mask});
        },
        batches);
  }

  private void calibrate(Runnable reset, BooleanSupplier more, Runnable observeNext, int batches) {
    reset.run();
    int done = 0;
    setMode(Mode.CALIBRATE);
    try {
      for (; done < batches && more.getAsBoolean(); done++) {
        observeNext.run();
      }
    } finally {
      setMode(Mode.QAT);
    }
    reset.run();
    checkBatches(done);
    checkExpressible();
  }

  /** So that what no model can express is refused before it is trained, shapes and masks too. */
  private void checkExpressible() {
    if (inFloat().isEmpty()) {
      INDArray[] one = new INDArray[samples.length];
      for (int i = 0; i < one.length; i++) {
        one[i] = samples[i].get(NDArrayIndex.interval(0, 1));
      }
      setMode(Mode.FLOAT); // shapes are the same, and codes are not kept
      Map<String, List<Integer>> shapes;
      try {
        shapes = shapes(one);
      } finally {
        setMode(Mode.QAT);
      }
      new Freezer(prepared, shapes).freeze(FreezeInfo.named("model"));
    }
  }

  private Map<String, List<Integer>> shapes(INDArray... features) {
    return Freezer.shapes(prepared.topology(), features, activations(features));
  }

  private void observe(INDArray[] features, INDArray[] masks) {
    if (network() instanceof ComputationGraph graph) {
      Topology.forgetLabels(graph);
      graph.output(false, features, masks);
    } else {
      ((MultiLayerNetwork) network())
          .output(features[0], false, masks == null ? null : masks[0], null);
    }
    if (samples == null) {
      samples = new INDArray[features.length];
      for (int i = 0; i < features.length; i++) {
        long n = Math.min(SAMPLES, features[i].size(0));
        samples[i] = features[i].get(NDArrayIndex.interval(0, n)).dup();
      }
    }
  }

  private static void checkBatches(int done) {
    if (done == 0) {
      throw new QatException("calibration needs at least one batch, but the iterator has none");
    }
  }

  /**
   * Chooses for each weight of convolutions and dense layers whether it is rounded up or down, so
   * that the outputs of the layer change least (AdaRound: Nagel et al., arXiv:2004.10568). Weights
   * are moved to the grid. Call it after {@link #calibrate}, and before further training if there
   * is any.
   *
   * @param floats the network that this one was prepared from
   * @param data read from its beginning, and reset afterwards where it can be
   * @param batches at most so many, ≥ 1
   * @param steps of the optimizer, for each layer; 1,000 are plenty
   */
  public void roundAdaptively(Model floats, MultiDataSetIterator data, int batches, int steps) {
    roundAdaptively(floats, data, batches, steps, share -> {});
  }

  /**
   * The same, which may take minutes, with news of how far it is.
   *
   * @param progress is told of the share that is done, 0 to 1, from several threads
   */
  public void roundAdaptively(
      Model floats, MultiDataSetIterator data, int batches, int steps, DoubleConsumer progress) {
    new PostTraining(network(), Equivalents.of(floats), features(data, batches))
        .round(steps, progress);
  }

  /**
   * Adds to each bias of convolutions and dense layers what quantization takes from the mean of
   * their products (empirical bias correction: Nagel et al., arXiv:1906.04721, section 4.2). Call
   * it after {@link #calibrate} and {@link #roundAdaptively}.
   *
   * @param floats the network that this one was prepared from
   * @param data read from its beginning, and reset afterwards where it can be
   * @param batches at most so many, ≥ 1
   */
  public void correctBiases(Model floats, MultiDataSetIterator data, int batches) {
    new PostTraining(network(), Equivalents.of(floats), features(data, batches)).correctBiases();
  }

  private static List<INDArray[]> features(MultiDataSetIterator data, int batches) {
    reset(data);
    List<INDArray[]> features = new ArrayList<>();
    while (features.size() < batches && data.hasNext()) {
      features.add(data.next().getFeatures());
    }
    reset(data);
    checkBatches(features.size());
    return features;
  }

  private static void reset(MultiDataSetIterator data) {
    if (data.resetSupported()) {
      data.reset();
    }
  }

  /** How all layers compute now. */
  public Mode mode() {
    return prepared.first().pass().mode();
  }

  /** Switches all layers. */
  public void setMode(Mode mode) {
    prepared.setMode(mode);
  }

  /**
   * Output in evaluation mode, [n, classes].
   *
   * @param features one array per input
   */
  public INDArray output(INDArray... features) {
    return output(features, masks(features));
  }

  private INDArray output(INDArray[] features, INDArray[] masks) {
    if (network() instanceof ComputationGraph graph) {
      Topology.forgetLabels(graph);
      return graph.output(false, features, masks)[0];
    }
    return ((MultiLayerNetwork) network())
        .output(features[0], false, masks == null ? null : masks[0], null);
  }

  /**
   * Masks for inputs whose padding the network has learned to leave out: 0 where a token id is 0.
   *
   * @return one per input, [n, steps], or null for none; null where there is none at all
   */
  public INDArray[] masks(INDArray... features) {
    return prepared.masks(features);
  }

  /** The same, with masks of ones for real inputs that the model is given a mask for. */
  private INDArray[] masks(IntegerModel model, INDArray[] features) {
    INDArray[] known = masks(features);
    INDArray[] masks = known == null ? new INDArray[features.length] : known;
    List<String> names = inputs();
    for (Input input : model.inputs()) {
      for (int i = 0; i < masks.length; i++) {
        if (input.name().equals(names.get(i) + SampleArrays.MASK)) {
          masks[i] = Nd4j.ones(features[i].dataType(), features[i].size(0), input.shape().get(0));
        }
      }
    }
    return Arrays.stream(masks).allMatch(Objects::isNull) ? null : masks;
  }

  /** Names of the inputs, in the order of the features. */
  public List<String> inputs() {
    return prepared.topology().inputs();
  }

  /** Values of all vertices in evaluation mode, by name; padding as {@link #masks} has it. */
  public Map<String, INDArray> activations(INDArray... features) {
    return prepared.activations(features);
  }

  /**
   * The integer model that computes what this network computes in evaluation, named "model", for
   * inputs of the shape that calibration has seen.
   *
   * @throws QatException as {@link #freeze(FreezeInfo, INDArray...)}, or if nothing was calibrated
   *     since this object was made
   */
  public IntegerModel freeze() {
    if (samples == null) {
      throw new QatException(
          "the shapes of the inputs are not known: calibrate the network first, or give freeze a"
              + " batch of inputs");
    }
    return freeze(FreezeInfo.named("model"), samples);
  }

  /**
   * The integer model that computes what this network computes in evaluation. A few of the given
   * examples are run through both.
   *
   * @param info name, text encoders, labels
   * @param features one batch of real inputs, whose shapes the model takes over
   * @throws QatException if the network was not calibrated, the schedule of its training has not
   *     ended, a layer stays in float, or it cannot be expressed
   */
  public IntegerModel freeze(FreezeInfo info, INDArray... features) {
    List<String> inFloat = inFloat();
    if (!inFloat.isEmpty()) {
      throw new QatException(
          "layers stay in float, so that there is no integer model; exchange them, or give them a"
              + " form in integers (OwnLayer):\n  "
              + String.join("\n  ", inFloat));
    }
    if (trainingSteps() > 0) {
      prepared.first().settings().schedule().checkEndsWithin(trainingSteps());
    }
    IntegerModel model = new Freezer(prepared, shapes(features)).freeze(info);
    check(model, features);
    return model;
  }

  private void check(IntegerModel model, INDArray[] features) {
    INDArray[] few = new INDArray[features.length];
    int n = (int) Math.min(SAMPLES, features[0].size(0));
    for (int i = 0; i < few.length; i++) {
      few[i] = features[i].get(NDArrayIndex.interval(0, n));
    }
    float[][] expected = SampleArrays.rows(output(few, masks(model, few)), n);
    ReferenceRuntime runtime = new ReferenceRuntime(model);
    for (int i = 0; i < n; i++) {
      float[] actual = runtime.run(SampleArrays.of(model, i, few));
      float[] there = expected[i];
      for (int c = 0; c < actual.length; c++) {
        if (!(Math.abs(actual[c] - there[c]) <= TOLERANCE)) {
          throw new QatException(
              "the frozen model answers "
                  + actual[c]
                  + " where the network answers "
                  + there[c]
                  + " (example "
                  + i
                  + ", output "
                  + c
                  + "); please report this with the network's configuration");
        }
      }
    }
  }
}
