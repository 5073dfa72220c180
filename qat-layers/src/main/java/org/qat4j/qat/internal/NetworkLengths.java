package org.qat4j.qat.internal;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.qat4j.graph.internal.Topology;
import org.qat4j.layers.MultiHeadAttentionLayer;
import org.qat4j.layers.internal.fast.Maskable;
import org.qat4j.model.internal.InputLengths;
import org.qat4j.model.internal.LengthRules;

/**
 * How short the texts of a batch may be cut, so that a network of DL4J, in float or under
 * quantization, gives the same for each of them. What holds for the frozen model is found by {@link
 * org.qat4j.model.TextLengths}.
 */
public final class NetworkLengths {
  private final Topology topology;
  private final boolean masked;
  private final LengthRules rules = new LengthRules();
  private final Map<String, Integer> texts = new HashMap<>();
  private final Set<String> endless = new HashSet<>();
  private final Map<String, LengthRules.Tail> tails = new HashMap<>();

  private NetworkLengths(Topology topology, boolean masked) {
    this.topology = topology;
    this.masked = masked;
  }

  /** See {@link org.qat4j.qat.Qat#lengths}. */
  public static InputLengths of(Model network, int[] limits, boolean[] ongoing, boolean masked) {
    NetworkLengths lengths = new NetworkLengths(Topology.of(network), masked);
    return lengths.follow(limits, ongoing);
  }

  private InputLengths follow(int[] limits, boolean[] ongoing) {
    int[] numbers = new int[limits.length];
    for (int i = 0; i < limits.length; i++) {
      String input = topology.inputs().get(i);
      numbers[i] = Kind.readsTokens(topology, input) ? rules.addText(limits[i]) : -1;
      if (numbers[i] >= 0) {
        texts.put(input, numbers[i]);
        if (ongoing[i]) {
          endless.add(input);
        }
      }
    }
    for (Topology.Node node : topology.nodes()) {
      LengthRules.Tail tail = tail(node);
      if (tail != null) {
        tails.put(node.name(), tail);
      }
    }
    topology.outputs().forEach(output -> rules.answer(tails.get(output)));
    return new InputLengths(rules, numbers);
  }

  private LengthRules.Tail tail(Topology.Node node) {
    Kind kind = Kind.of(node);
    LengthRules.Tail in = tails.get(node.inputs().get(0));
    if (kind == null || node.preProcessor() != null) {
      return unknown(node);
    }
    return switch (kind) {
      case EMBEDDING -> embedding(node.inputs().get(0));
      case BAG -> null;
      case CONV1D -> convolution(node, in);
      case MAX, AVERAGE -> pooled(node, in);
      case LAYER_NORM, ACTIVATION, STEP_OUTPUT, SHIFT -> rowByRow(node, false);
      case SUM, MERGE, ELEMENTWISE, IDENTITY, SCALE -> rowByRow(node, true);
      case ATTENTION -> {
        int prefix = ((MultiHeadAttentionLayer) node.layer()).getPrefix();
        yield rules.attention(in, mask(in), prefix);
      }
      case LSTM, GRAVES_LSTM, SIMPLE_RNN -> recurrent(node, kind, in);
      case GLOBAL_MAX -> {
        if (masked) {
          ofMasked(in);
        } else {
          rules.ofDistinct(in);
        }
        yield null;
      }
      case GLOBAL_AVERAGE -> ofMasked(in);
      case GLOBAL_SUM -> {
        if (masked) {
          ofMasked(in);
        } else {
          rules.ofSum(in);
        }
        yield null;
      }
      case CROPPING1D -> {
        int[] cropping = ((Cropping1D) node.layer()).getCropping();
        yield in == null || cropping[1] > 0
            ? unknown(node)
            : rules.part(in, cropping[0], in.rows() - cropping[0]);
      }
      default -> unknown(node);
    };
  }

  private LengthRules.Tail embedding(String input) {
    int text = texts.get(input);
    return endless.contains(input) ? rules.places(text) : rules.tokens(text, masked);
  }

  private LengthRules.Tail unknown(Topology.Node node) {
    for (String input : node.inputs()) {
      Integer text = texts.get(input);
      rules.fix(text == null ? tails.get(input) : rules.tokens(text, false));
    }
    return null;
  }

  private LengthRules.Tail rowByRow(Topology.Node node, boolean keepsZero) {
    return rules.rowByRow(node.inputs().stream().map(tails::get).toList(), keepsZero);
  }

  /** Which steps of a sequence are no padding; null without masks. */
  private LengthRules.Tail mask(LengthRules.Tail in) {
    return masked && in != null ? rules.tokens(in.text(), true) : null;
  }

  /** What is made of all rows that are no padding. */
  private LengthRules.Tail ofMasked(LengthRules.Tail in) {
    rules.ofMasked(in, mask(in));
    return null;
  }

  private LengthRules.Tail convolution(Topology.Node node, LengthRules.Tail in) {
    if (in == null) {
      return null;
    }
    Convolution1DLayer conf = (Convolution1DLayer) node.layer();
    ConvolutionMode mode = conf.getConvolutionMode();
    int stride = conf.getStride()[0];
    int reach = (conf.getKernelSize()[0] - 1) * conf.getDilation()[0];
    int left = conf.getPadding()[0];
    int right = left;
    int rows = (in.rows() + left + right - reach - 1) / stride + 1;
    if (mode == ConvolutionMode.Same) {
      rows = (in.rows() + stride - 1) / stride;
      int all = Math.max(0, (rows - 1) * stride + reach + 1 - in.rows());
      left = all / 2;
      right = all - left;
    } else if (mode == ConvolutionMode.Causal) {
      left = reach;
      right = 0;
      rows = (in.rows() - 1) / stride + 1;
    }
    boolean fits = in.rows() + left + right > reach;
    boolean keepsSteps = stride == 1 && (mode == ConvolutionMode.Same || reach == 0);
    if (!fits || (masked && !keepsSteps)) {
      return unknown(node);
    }
    LengthRules.Tail all = rules.windows(in, reach, stride, left, right, false, rows);
    return masked ? rules.masked(all, mask(all), true) : all;
  }

  private LengthRules.Tail pooled(Topology.Node node, LengthRules.Tail in) {
    Subsampling1DLayer conf = (Subsampling1DLayer) node.layer();
    boolean plain =
        !masked
            && in != null
            && in.rows() >= conf.getKernelSize()[0]
            && conf.getPadding()[0] == 0
            && conf.getConvolutionMode() != ConvolutionMode.Same
            && conf.getConvolutionMode() != ConvolutionMode.Causal;
    if (!plain) {
      return unknown(node);
    }
    int reach = conf.getKernelSize()[0] - 1;
    int stride = conf.getStride()[0];
    int rows = (in.rows() - reach - 1) / stride + 1;
    return rules.windows(in, reach, stride, 0, 0, true, rows);
  }

  private LengthRules.Tail recurrent(Topology.Node node, Kind kind, LengthRules.Tail in) {
    if (in == null) {
      return null;
    }
    var wrappers = node.wrappers();
    LengthRules.Tail there =
        wrappers.maskZero() != null ? rules.rowByRow(List.of(in), true) : mask(in);
    boolean told =
        wrappers.maskZero() != null
            || wrappers.last()
            || kind == Kind.SIMPLE_RNN
            || Maskable.leavesOut(wrappers.core());
    LengthRules.Tail mask = told ? there : null;
    LengthRules.Tail all = rules.recurrent(in, mask, wrappers.bidirectional() != null);
    if (!wrappers.last()) {
      return all;
    }
    if (all != null) {
      rules.last(all, there);
    }
    return null;
  }
}
