package org.qat4j.qat.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.params.BatchNormalizationParamInitializer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.graph.internal.Topology;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.Slot;
import org.qat4j.numerics.QuantParams;
import org.qat4j.qat.Diagnosis;

/** Looks at what a network makes of a batch for faults that its training does not show. */
public final class Diagnostics {
  /** Ratio of deviations from which running statistics are those of other data. */
  private static final double OTHER = 2;

  /** Codes below which hardly anything is left of a branch. */
  private static final double FEW_CODES = 8;

  /** Steps of a scale below which a channel's deviation drowns in its rounding. */
  private static final double DROWNED = 1.5;

  /** Ratio of widths from which channels are of another kind. */
  private static final double OUTLIER = 10;

  private final PreparedModel network;
  private final Topology topology;
  private final Model floats;
  private final Map<String, INDArray> values;

  /** Of each input, [n, t], or null. */
  private final INDArray[] masks;

  private final List<Diagnosis> found = new ArrayList<>();

  /**
   * @param floats the network without quantization
   * @param features one batch per input
   */
  public Diagnostics(PreparedModel network, Model floats, INDArray[] features) {
    this.network = network;
    this.topology = network.topology();
    this.floats = floats;
    INDArray[] known = network.masks(features);
    this.masks = known == null ? new INDArray[0] : known;
    this.values = Topology.activations(floats, features, known);
    for (int i = 0; i < features.length; i++) {
      values.put(topology.inputs().get(i), features[i]);
    }
  }

  public List<Diagnosis> run() {
    for (Topology.Node node : topology.nodes()) {
      Kind kind = Kind.of(node);
      if (kind == Kind.BATCH_NORM) {
        statistics(node);
      } else if (kind == Kind.MERGE || kind == Kind.STACK) {
        branches(node);
      } else if (kind == Kind.SUM) {
        LayerQuantizer reader = readerOf(node.name());
        if (reader != null && reader.scales().exponents(Slot.INPUT).length == 0) {
          channels(node, reader.scales().input());
        }
      } else if (isAdded(node)) {
        LayerQuantizer maker = network.quantizers().get(node.quantizer());
        if (maker.scales().exponents(Slot.OUTPUT).length == 0) {
          channels(node, maker.scales().output());
        }
      }
    }
    return List.copyOf(found);
  }

  private void statistics(Topology.Node node) {
    INDArray x = read(node);
    int[] others = x.rank() == 2 ? new int[] {0} : new int[] {0, 2, 3};
    INDArray variances = x.castTo(DataType.DOUBLE).var(false, others);
    Map<String, INDArray> params = topology.layer(floats, node.name()).paramTable();
    INDArray kept = params.get(BatchNormalizationParamInitializer.GLOBAL_VAR);
    INDArray log = params.get(BatchNormalizationParamInitializer.GLOBAL_LOG_STD);
    double[] ratios = new double[(int) variances.length()];
    for (int c = 0; c < ratios.length; c++) {
      double deviation =
          kept == null ? Math.pow(10, log.getDouble(c)) : Math.sqrt(kept.getDouble(c));
      ratios[c] = (Math.sqrt(variances.getDouble(c)) + 1e-9) / (deviation + 1e-9);
    }
    Arrays.sort(ratios);
    double middle = ratios[ratios.length / 2];
    if (middle > OTHER || middle < 1 / OTHER) {
      add(
          node,
          Diagnosis.Cause.STATISTICS,
          "layer \"%s\": its running statistics do not fit the data: what it normalizes spreads"
              + " %.2g times as wide as they say, so that it makes other values in evaluation than"
              + " in training; train for more steps before it is quantized, or lower its decay",
          node.name(),
          middle);
    }
  }

  /** What a layer reads, behind its preprocessor. */
  private INDArray read(Topology.Node node) {
    INDArray x = values.get(node.inputs().get(0));
    return node.preProcessor() == null
        ? x
        : node.preProcessor().preProcess(x, (int) x.size(0), LayerWorkspaceMgr.noWorkspaces());
  }

  private void branches(Topology.Node merge) {
    QuantParams shared = reader(merge.name());
    for (int i = 0; shared != null && i < merge.inputs().size(); i++) {
      INDArray branch = values.get(merge.inputs().get(i));
      double width =
          Math.max(0, branch.maxNumber().doubleValue())
              - Math.min(0, branch.minNumber().doubleValue());
      double codes = width / shared.scale();
      if (width > 0 && codes < FEW_CODES) {
        add(
            merge,
            Diagnosis.Cause.LOST_BRANCH,
            "layer \"%s\": \"%s\" is lost in it: its values span %.2g, which is %.2g steps of the"
                + " scale %.2g that all branches share; even out the channels before"
                + " (Qat.equalized), or, where a function or an input of the network takes no"
                + " factor, normalize it, or put a ScaleVertex between the large branch and the"
                + " merge",
            merge.name(),
            merge.inputs().get(i),
            width,
            codes,
            shared.scale());
      }
    }
  }

  /** Whether a layer makes codes that a sum reads. */
  private boolean isAdded(Topology.Node node) {
    LayerQuantizer q = network.quantizers().get(node.quantizer());
    return q != null
        && q.settings().owns(Slot.OUTPUT)
        && topology.consumers(node.name()).stream().anyMatch(n -> Kind.of(n) == Kind.SUM);
  }

  /** Compares the channels of a value with each other, and with the scale that they share. */
  private void channels(Topology.Node node, QuantParams shared) {
    INDArray x = values.get(node.name());
    if (shared == null || x == null || x.rank() != 3) {
      return;
    }
    int channels = (int) x.size(1);
    boolean[] counts = counts(x);
    double[] widths = new double[channels];
    double[] deviations = new double[channels];
    for (int c = 0; c < channels; c++) {
      float[] channel = Floats.read(x.slice(c, 1));
      double[] seen =
          IntStream.range(0, channel.length)
              .filter(i -> counts[i])
              .mapToDouble(i -> channel[i])
              .toArray();
      double mean = Arrays.stream(seen).average().orElse(0);
      double squares = Arrays.stream(seen).map(v -> (v - mean) * (v - mean)).sum();
      deviations[c] = Math.sqrt(squares / seen.length);
      widths[c] = Arrays.stream(seen).max().orElse(0) - Arrays.stream(seen).min().orElse(0);
    }
    Arrays.sort(widths);
    Arrays.sort(deviations);
    double ratio = widths[channels - 1] / widths[channels / 2];
    double steps = deviations[channels / 2] / shared.scale();
    if (ratio > OUTLIER && steps < DROWNED) {
      add(
          node,
          Diagnosis.Cause.OUTLIER_CHANNELS,
          "layer \"%s\": its largest channel is %.2g times as wide as the middle one, whose"
              + " deviation is %.2g steps of the scale %.2g that all channels share",
          node.name(),
          ratio,
          steps,
          shared.scale());
    }
  }

  /** Which steps of [n, c, t] are no padding. */
  private boolean[] counts(INDArray x) {
    boolean[] counts = new boolean[(int) (x.size(0) * x.size(2))];
    Arrays.fill(counts, true);
    for (INDArray mask : masks) {
      for (int i = 0; mask != null && i < counts.length && mask.length() == counts.length; i++) {
        counts[i] &= mask.getDouble(i) != 0;
      }
    }
    return counts;
  }

  /** What the codes mean of the first layer that quantizes what a merge makes; null for none. */
  private QuantParams reader(String name) {
    LayerQuantizer reader = readerOf(name);
    return reader == null ? null : reader.scales().input();
  }

  /** The first layer that quantizes what others combine; null for none. */
  private LayerQuantizer readerOf(String name) {
    for (Topology.Node consumer : topology.consumers(name)) {
      LayerQuantizer q = network.quantizers().get(consumer.quantizer());
      if (q != null && q.settings().owned().contains(Slot.INPUT)) {
        return q;
      }
      LayerQuantizer further = q == null ? readerOf(consumer.name()) : null;
      if (further != null) {
        return further;
      }
    }
    return null;
  }

  private void add(Topology.Node node, Diagnosis.Cause cause, String message, Object... values) {
    String text = String.format(Locale.ROOT, message, values);
    found.add(new Diagnosis(node.name(), cause, text));
  }
}
