package org.qat4j.diagnostics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.graph.internal.Topology;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.model.Value;
import org.qat4j.numerics.QuantParams;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QatNetwork.LayerRanges;
import org.qat4j.quantizer.Mode;
import org.qat4j.quantizer.Scheme;
import org.qat4j.quantizer.WeightSpec;

/**
 * Looks at every layer of a quantized network on one batch: what its codes stand for, how its
 * values are distributed, how far they are from those of float arithmetic and from those of the
 * float network.
 */
public final class LayerDiagnostics {
  private final IntegerModel model;

  /** Of all layers. */
  private final Set<String> names;

  /** Outputs of all layers, by name: of the float network, in float arithmetic, in codes. */
  private final Map<String, INDArray> trained;

  private final Map<String, INDArray> exact;
  private final Map<String, INDArray> quantized;

  private LayerDiagnostics(Model floatNetwork, QatNetwork qat, INDArray... features) {
    this.model = qat.freeze(FreezeInfo.named("diagnostics"), features);
    this.names = Set.copyOf(qat.ranges().keySet());
    this.quantized = qat.activations(features);
    this.trained = Topology.activations(floatNetwork, features, qat.masks(features));
    qat.setMode(Mode.FLOAT);
    try {
      this.exact = qat.activations(features);
    } finally {
      qat.setMode(Mode.QAT);
    }
  }

  /**
   * Runs a batch through the float network, through the quantized one, and through the quantized
   * one in float arithmetic, and compares them layer by layer.
   *
   * @param floatNetwork from which the quantized one was prepared
   * @param qat calibrated; left in QAT mode, its state unchanged
   * @param features one batch, one array per input
   * @throws org.qat4j.QatException if the network was not calibrated
   */
  public static LayerReport of(Model floatNetwork, QatNetwork qat, INDArray... features) {
    LayerDiagnostics diagnostics = new LayerDiagnostics(floatNetwork, qat, features);
    List<LayerRow> rows = new ArrayList<>();
    List<ValueDistribution> distributions = new ArrayList<>();
    qat.ranges()
        .forEach(
            (name, ranges) -> {
              String made = ranges.folded() == null ? name : ranges.folded();
              QuantizedTensor weights = diagnostics.weights(name);
              if (weights != null) {
                rows.add(diagnostics.row(name, made, ranges, weights));
                if (made.equals(name)) {
                  WeightSpec spec = ranges.spec().weights();
                  distributions.add(distribution(name, qat.weights(name), spec, weights));
                }
              }
              if (ranges.output() != null) {
                distributions.add(
                    ValueDistribution.of(
                        name,
                        ValueDistribution.What.OUTPUT,
                        diagnostics.inCodes(name, of(diagnostics.exact, made)),
                        ranges.output().minValue(),
                        ranges.output().maxValue()));
              }
            });
    return new LayerReport(rows, distributions);
  }

  /** Weights of a layer in the frozen model, or null where it has none. */
  private QuantizedTensor weights(String layer) {
    return model.ops().stream()
        .filter(op -> owner(op.name()).equals(layer))
        .flatMap(op -> op.tensors().stream())
        .findFirst()
        .orElse(null);
  }

  /** The layer that an operation is of: itself, or the longest name in front of a slash. */
  private String owner(String operation) {
    String name = operation;
    while (!names.contains(name) && name.contains("/")) {
      name = name.substring(0, name.lastIndexOf('/'));
    }
    return name;
  }

  /**
   * @param made the layer whose float values are those of this one: behind it where that is folded
   *     into it
   */
  private LayerRow row(String name, String made, LayerRanges ranges, QuantizedTensor w) {
    QuantParams out = ranges.output();
    float[] values = floats(of(exact, made));
    float[] codes = floats(of(quantized, name));
    return new LayerRow(
        name,
        ranges.type(),
        w.bits(),
        scheme(ranges.spec().weights(), w),
        w.scaleCount(),
        w.smallestScale(),
        w.largestScale(),
        w.zeroShare(),
        out == null ? null : Integer.SIZE - Integer.numberOfLeadingZeros(out.qmax() - out.qmin()),
        out == null ? null : out.scale(),
        out == null ? null : out.zeroPoint(),
        out == null ? null : clippedShare(inCodes(name, of(exact, made)), out),
        LayerError.of(values, codes),
        LayerError.of(floats(of(trained, made)), codes));
  }

  private static String scheme(WeightSpec spec, QuantizedTensor w) {
    String granularity =
        w.groupSize() > 0
            ? "per group of " + w.groupSize()
            : w.scaleCount() == 1 ? "per tensor" : "per channel";
    return granularity
        + (spec.scheme() == Scheme.ASYMMETRIC ? ", asymmetric" : "")
        + (spec.powerOfTwo() ? ", powers of two" : "");
  }

  private static ValueDistribution distribution(
      String name, INDArray trained, WeightSpec spec, QuantizedTensor w) {
    boolean full = spec.fullRange() || spec.scheme() == Scheme.ASYMMETRIC;
    int qmax = QuantParams.maxCode(w.bits());
    int qmin = full ? QuantParams.minCode(w.bits()) : -qmax;
    float scale = w.largestScale() * w.largestMultiple();
    return ValueDistribution.of(
        name,
        ValueDistribution.What.WEIGHTS,
        floats(trained),
        scale * (qmin - w.zeroPoint()),
        scale * (qmax - w.zeroPoint()));
  }

  /** Values of a layer; of one of two directions those of both. */
  private static INDArray of(Map<String, INDArray> values, String name) {
    INDArray found = values.get(name);
    return found == null ? values.get(name.substring(0, name.lastIndexOf('/'))) : found;
  }

  /** Values of a layer as its codes have them: 2^−e where channels have scales of their own. */
  private float[] inCodes(String layer, INDArray values) {
    Value value = model.values().get(layer);
    float[] reals = floats(values);
    if (value == null || !value.hasChannelScales()) {
      return reals;
    }
    int channels = value.exponents().size();
    int steps = values.rank() == 3 ? (int) values.size(2) : 1;
    for (int i = 0; i < reals.length; i++) {
      reals[i] = Math.scalb(reals[i], -value.exponents().get(i / steps % channels));
    }
    return reals;
  }

  /** Share of values that lie farther than half a step outside the range of the codes. */
  private static double clippedShare(float[] values, QuantParams p) {
    int clipped = 0;
    for (float v : values) {
      clipped += Math.abs(v - p.fakeQuantize(v)) > 0.501f * p.scale() ? 1 : 0;
    }
    return clipped / (double) values.length;
  }

  private static float[] floats(INDArray array) {
    return array.dup('c').data().asFloat();
  }
}
