package org.qat4j.qat.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.graph.internal.Topology;
import org.qat4j.layers.FlattenPreProcessor;
import org.qat4j.layers.internal.codes.FusedActivation;

/**
 * Cross-layer equalization (Nagel et al., arXiv:1906.04721, section 4.1). Dividing a channel that a
 * layer makes by s > 0 and multiplying the weights that read it by s changes nothing if what lies
 * between is positively homogeneous, f(x/s) = f(x)/s. With r1 and r2 the largest magnitudes of the
 * weights that make and that read the channel, equation (11),
 *
 * <pre>s = √(r1·r2) / r2</pre>
 *
 * makes both √(r1·r2). Applied to one pair after the other, until nothing moves or {@value #ROUNDS}
 * times. An embedding makes the channels of its rows.
 */
public final class Equalization {
  private static final int ROUNDS = 20;
  private static final double STILL = 1e-3;

  /**
   * A layer that reads the channels of another.
   *
   * @param weights of the layer
   * @param offset place of the first channel among those that it reads
   * @param repeat how many of its inputs a channel is: the steps where a sequence is flattened
   */
  private record Reader(Weights weights, int offset, int repeat) {
    int first(int channel) {
      return (offset + channel) * repeat;
    }
  }

  private final Model network;
  private final Topology topology;
  private final Map<String, Weights> weights = new HashMap<>();

  public Equalization(Model network) {
    this.network = network;
    this.topology = Topology.of(network);
  }

  public void run() {
    for (int round = 0; round < ROUNDS; round++) {
      double moved = 0;
      for (Topology.Node node : topology.nodes()) {
        moved = Math.max(moved, equalize(node));
      }
      if (moved < STILL) {
        break;
      }
    }
    weights.values().forEach(Weights::write);
  }

  /** How far the channels that a node makes were moved, as a logarithm. */
  private double equalize(Topology.Node node) {
    if (!makesChannels(node) || topology.outputs().contains(node.name())) {
      return 0;
    }
    List<Reader> readers = new ArrayList<>();
    if (!collect(node.name(), 0, readers)) {
      return 0;
    }
    Weights made = weights(node);
    double moved = 0;
    for (int c = 0; c < made.outputs; c++) {
      double r1 = made.largestOfOutput(c);
      double r2 = 0;
      for (Reader reader : readers) {
        r2 = Math.max(r2, reader.weights.largestOfInputs(reader.first(c), reader.repeat));
      }
      double s = Math.sqrt(r1 * r2) / r2;
      if (r1 > 0 && r2 > 0 && Double.isFinite(s)) {
        made.scaleOutput(c, 1 / s);
        for (Reader reader : readers) {
          reader.weights.scaleInputs(reader.first(c), reader.repeat, s);
        }
        moved = Math.max(moved, Math.abs(Math.log(s)));
      }
    }
    return moved;
  }

  private static boolean makesChannels(Topology.Node node) {
    Kind kind = Kind.of(node);
    if (kind == Kind.CONV1D || kind == Kind.DENSE) {
      return isHomogeneous(((BaseLayer) node.core()).getActivationFn());
    }
    boolean plain =
        !(node.layer() instanceof EmbeddingLayer e)
            || (!e.hasBias() && e.getActivationFn() instanceof ActivationIdentity);
    return kind != null && kind.readsTokens() && plain;
  }

  private static boolean isHomogeneous(IActivation f) {
    return FusedActivation.supports(f)
        && (f instanceof ActivationIdentity
            || f instanceof ActivationReLU
            || f instanceof ActivationLReLU);
  }

  /**
   * Finds the layers that read the channels of a value, and whether they are all there is.
   *
   * @param offset place of the first channel in the value
   */
  private boolean collect(String value, int offset, List<Reader> readers) {
    if (topology.outputs().contains(value)) {
      return false;
    }
    for (Topology.Node node : topology.consumers(value)) {
      Kind kind = Kind.of(node);
      if (kind == null) {
        return false;
      }
      boolean found =
          switch (kind) {
            case CONV1D, DENSE, OUTPUT -> read(node, offset, readers);
            case GLOBAL_MAX, GLOBAL_AVERAGE, MAX, AVERAGE, IDENTITY ->
                collect(node.name(), offset, readers);
            case ACTIVATION ->
                isHomogeneous(((ActivationLayer) node.layer()).getActivationFn())
                    && collect(node.name(), offset, readers);
            case MERGE -> collectMerged(node, value, offset, readers);
            default -> false;
          };
      if (!found) {
        return false;
      }
    }
    return true;
  }

  private boolean read(Topology.Node node, int offset, List<Reader> readers) {
    if (node.preProcessor() != null && !(node.preProcessor() instanceof FlattenPreProcessor)) {
      return false;
    }
    int repeat = node.preProcessor() instanceof FlattenPreProcessor f ? (int) f.getSteps() : 1;
    readers.add(new Reader(weights(node), offset, repeat));
    return true;
  }

  /** In each place where it stands in a merge, if it can be told which these are. */
  private boolean collectMerged(
      Topology.Node merge, String value, int offset, List<Reader> readers) {
    int before = offset;
    for (String input : merge.inputs()) {
      if (input.equals(value) && (before < 0 || !collect(merge.name(), before, readers))) {
        return false;
      }
      int channels = channels(input);
      before = channels < 0 || before < 0 ? -1 : before + channels;
    }
    return true;
  }

  /** Channels of a value; −1 where no layer tells, as of an input of the network. */
  private int channels(String value) {
    Topology.Node node = topology.node(value);
    Kind kind = node == null ? null : Kind.of(node);
    if (kind == null) {
      return -1;
    } else if (node.layer() instanceof FeedForwardLayer f && kind.hasWeights()) {
      return (int) f.getNOut();
    } else if (kind == Kind.MERGE) {
      int sum = 0;
      for (String input : node.inputs()) {
        int channels = channels(input);
        sum = channels < 0 || sum < 0 ? -1 : sum + channels;
      }
      return sum;
    }
    return switch (kind) {
      case IDENTITY, ACTIVATION, LAYER_NORM, BATCH_NORM, GLOBAL_MAX, GLOBAL_AVERAGE, MAX, AVERAGE ->
          node.preProcessor() == null ? channels(node.inputs().get(0)) : -1;
      default -> -1;
    };
  }

  private Weights weights(Topology.Node node) {
    return weights.computeIfAbsent(
        node.name(), name -> new Weights(topology.layer(network, node.name())));
  }

  /** Weights of a layer as [taps, inputs, outputs]: taps are 1 but for a convolution. */
  static final class Weights {
    private final INDArray w;
    private final INDArray bias;
    private final boolean convolution;
    private final float[] values;
    private final int inputs;
    private final int outputs;

    Weights(Layer layer) {
      FeedForwardLayer conf = (FeedForwardLayer) layer.conf().getLayer();
      w = layer.getParam(DefaultParamInitializer.WEIGHT_KEY);
      bias = layer.paramTable().get(DefaultParamInitializer.BIAS_KEY);
      convolution = w.rank() == 4;
      inputs = (int) conf.getNIn();
      outputs = (int) conf.getNOut();
      // A convolution over time lies in memory with the output channels side by side.
      values = convolution ? w.dup(w.ordering()).data().asFloat() : w.dup('c').data().asFloat();
    }

    private int at(int tapAndInput, int output) {
      return tapAndInput * outputs + output;
    }

    double largestOfOutput(int c) {
      double largest = 0;
      for (int i = 0; i < values.length / outputs; i++) {
        largest = Math.max(largest, Math.abs(values[at(i, c)]));
      }
      return largest;
    }

    double largestOfInputs(int first, int n) {
      double largest = 0;
      for (int i = 0; i < values.length / outputs; i++) {
        if (i % inputs >= first && i % inputs < first + n) {
          for (int c = 0; c < outputs; c++) {
            largest = Math.max(largest, Math.abs(values[at(i, c)]));
          }
        }
      }
      return largest;
    }

    void scaleOutput(int c, double by) {
      for (int i = 0; i < values.length / outputs; i++) {
        values[at(i, c)] *= (float) by;
      }
      if (bias != null) {
        bias.putScalar(c, (float) (bias.getDouble(c) * by));
      }
    }

    void scaleInputs(int first, int n, double by) {
      for (int i = 0; i < values.length / outputs; i++) {
        if (i % inputs >= first && i % inputs < first + n) {
          for (int c = 0; c < outputs; c++) {
            values[at(i, c)] *= (float) by;
          }
        }
      }
    }

    void write() {
      w.assign(Nd4j.create(values, w.shape(), convolution ? w.ordering() : 'c'));
    }
  }
}
