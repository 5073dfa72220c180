package org.qat4j.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.LayerQuantizer;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.numerics.QuantParams;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.QatNetwork;

/** Looks at every layer of a quantized network: ranges, errors, distributions. */
public final class LayerDiagnostics {
  private LayerDiagnostics() {}

  /**
   * Runs a batch through the float network, through the quantized one, and through the quantized
   * one in float arithmetic, and compares them layer by layer.
   *
   * @param floatNetwork from which the quantized one was prepared
   * @param qat calibrated; its state is not changed
   * @param features one batch, one array per input
   */
  public static LayerReport of(Model floatNetwork, QatNetwork qat, INDArray... features) {
    Map<String, float[]> trainedFirst = floats(floatActivations(floatNetwork, qat, features));
    Map<String, float[]> quantized = floats(qat.activations(features));
    Map<String, float[]> exact;
    qat.setMode(LayerQuantizer.Mode.FLOAT);
    try {
      exact = floats(qat.activations(features));
    } finally {
      qat.setMode(LayerQuantizer.Mode.QAT);
    }
    IntegerModel model = qat.freeze(FreezeInfo.named("diagnostics"), features);
    List<LayerRow> rows = new ArrayList<>();
    List<Histogram> histograms = new ArrayList<>();
    for (Map.Entry<String, LayerQuantizer> e : qat.quantizers().entrySet()) {
      String name = e.getKey();
      QuantParams out =
          e.getValue().settings().outputRef() == null ? null : e.getValue().outputParams();
      QuantizedTensor weights = weights(model, name);
      float[] values = exact.get(name);
      LayerError error = LayerError.of(values, quantized.get(name));
      LayerError drift = LayerError.of(trainedFirst.get(name), quantized.get(name));
      org.deeplearning4j.nn.api.Layer layer = layer(qat, name);
      if (weights != null) {
        rows.add(row(name, type(layer), weights, out, values, error, drift));
        float[] w = floats(layer.getParam(DefaultParamInitializer.WEIGHT_KEY));
        float range = weights.scales()[0];
        for (float s : weights.scales()) {
          range = Math.max(range, s);
        }
        range *= QuantParams.maxCode(weights.bits());
        histograms.add(Histogram.of(name, Histogram.What.WEIGHTS, w, -range, range));
      }
      if (out != null) {
        histograms.add(
            Histogram.of(name, Histogram.What.ACTIVATIONS, values, out.minValue(), out.maxValue()));
      }
    }
    return new LayerReport(rows, histograms);
  }

  private static LayerRow row(
      String name,
      String type,
      QuantizedTensor w,
      QuantParams out,
      float[] values,
      LayerError error,
      LayerError drift) {
    float smallest = Float.POSITIVE_INFINITY;
    float largest = 0;
    for (float s : w.scales()) {
      smallest = Math.min(smallest, s);
      largest = Math.max(largest, s);
    }
    int zeros = 0;
    for (byte code : w.codes()) {
      zeros += code == w.zeroPoint() ? 1 : 0;
    }
    return new LayerRow(
        name,
        type,
        w.bits(),
        w.scaleCount() == 1 ? "per tensor" : "per channel",
        w.scaleCount(),
        smallest,
        largest,
        zeros / (double) w.codes().length,
        out == null ? null : 32 - Integer.numberOfLeadingZeros(out.qmax() - out.qmin()),
        out == null ? null : out.scale(),
        out == null ? null : out.zeroPoint(),
        out == null ? null : saturation(values, out),
        error,
        drift);
  }

  private static double saturation(float[] values, QuantParams p) {
    int outside = 0;
    float half = p.scale() / 2;
    for (float v : values) {
      outside += v < p.minValue() - half || v > p.maxValue() + half ? 1 : 0;
    }
    return outside / (double) values.length;
  }

  private static QuantizedTensor weights(IntegerModel model, String layer) {
    for (Op op : model.ops()) {
      if (op.name().equals(layer) || op.name().startsWith(layer + "/")) {
        if (op.tensor().isPresent()) {
          return op.tensor().get();
        }
      }
    }
    return null;
  }

  private static Map<String, INDArray> floatActivations(
      Model network, QatNetwork qat, INDArray... features) {
    if (network instanceof ComputationGraph graph) {
      return graph.feedForward(features, false);
    }
    List<INDArray> values = ((MultiLayerNetwork) network).feedForward(features[0], false);
    Map<String, INDArray> named = new LinkedHashMap<>();
    int i = 1;
    for (String name : qat.activations(features).keySet()) {
      named.put(name, values.get(i++));
    }
    return named;
  }

  private static org.deeplearning4j.nn.api.Layer layer(QatNetwork qat, String name) {
    if (qat.network() instanceof ComputationGraph graph) {
      return graph.getLayer(name);
    }
    return qat.multiLayerNetwork().getLayer(name);
  }

  private static String type(org.deeplearning4j.nn.api.Layer layer) {
    return layer.conf().getLayer().getClass().getSimpleName();
  }

  private static Map<String, float[]> floats(Map<String, INDArray> arrays) {
    Map<String, float[]> all = new LinkedHashMap<>();
    arrays.forEach((name, array) -> all.put(name, floats(array)));
    return all;
  }

  private static float[] floats(INDArray array) {
    return array.dup('c').data().asFloat();
  }
}
