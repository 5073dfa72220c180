package org.qat4j.layers.internal.quantizing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Parameters of a DL4J layer, and behind them those of its quantizers, so that ranges and schedule
 * survive saving, cloning, early stopping and averaging of networks. Keys have no underscore, at
 * which DL4J's updater splits them.
 */
public final class QuantParamInitializer implements ParamInitializer {
  /** Step counter and observed ranges; written by the layer, its gradient stays 0. */
  static final String STATE = "quantState";

  /**
   * Beginning of the keys of ranges of weights, where they are searched or learned: see {@link
   * WeightRanges}.
   */
  static final String WEIGHT_RANGES = "quantWeights";

  /** Learned ranges of activations: see {@link ActivationQuantizer}. */
  static final String ACTIVATION_RANGES = "quantActivations";

  private final ParamInitializer base;
  private final QuantSettings settings;

  public QuantParamInitializer(ParamInitializer base, QuantSettings settings) {
    this.base = base;
    this.settings = settings;
  }

  /** Whether a parameter is a range that may be learned. */
  static boolean isRange(String key) {
    return isWeightRange(key) || ACTIVATION_RANGES.equals(key);
  }

  /** Whether a parameter is a range of weights. */
  static boolean isWeightRange(String key) {
    return key.startsWith(WEIGHT_RANGES);
  }

  /** Key of the ranges of a matrix of weights. */
  static String weightRanges(String weight) {
    return DefaultParamInitializer.WEIGHT_KEY.equals(weight)
        ? WEIGHT_RANGES
        : WEIGHT_RANGES + weight;
  }

  /** Lengths of our parameters of a layer, in their order. */
  private Map<String, Long> sizes(Layer layer) {
    Map<String, Long> sizes = new LinkedHashMap<>();
    sizes.put(STATE, QuantState.size(settings));
    ((QatLayerConf) layer)
        .weightShapes()
        .forEach(
            (key, shape) -> {
              long size = WeightRanges.size(settings, shape);
              if (size > 0) {
                sizes.put(weightRanges(key), size);
              }
            });
    if (settings.learnsActivations()) {
      sizes.put(
          ACTIVATION_RANGES, (long) Slot.places(settings.owned()) * ActivationQuantizer.LEARNED);
    }
    return sizes;
  }

  @Override
  public long numParams(NeuralNetConfiguration conf) {
    return numParams(conf.getLayer());
  }

  @Override
  public long numParams(Layer layer) {
    return base.numParams(layer) + sizes(layer).values().stream().mapToLong(n -> n).sum();
  }

  @Override
  public List<String> paramKeys(Layer layer) {
    List<String> keys = new ArrayList<>(base.paramKeys(layer));
    keys.addAll(sizes(layer).keySet());
    return keys;
  }

  @Override
  public List<String> weightKeys(Layer layer) {
    return base.weightKeys(layer);
  }

  @Override
  public List<String> biasKeys(Layer layer) {
    return base.biasKeys(layer);
  }

  @Override
  public boolean isWeightParam(Layer layer, String key) {
    return base.isWeightParam(layer, key);
  }

  @Override
  public boolean isBiasParam(Layer layer, String key) {
    return base.isBiasParam(layer, key);
  }

  @Override
  public Map<String, INDArray> init(
      NeuralNetConfiguration conf, INDArray view, boolean initialize) {
    long size = base.numParams(conf.getLayer());
    Map<String, INDArray> params = new LinkedHashMap<>();
    if (size > 0) {
      params.putAll(base.init(conf, part(view, 0, size), initialize));
    }
    Map<String, INDArray> ours = split(conf.getLayer(), view);
    for (Map.Entry<String, INDArray> e : ours.entrySet()) {
      if (initialize) {
        e.getValue().assign(0f);
      }
      conf.addVariable(e.getKey());
    }
    params.putAll(ours);
    return params;
  }

  @Override
  public Map<String, INDArray> getGradientsFromFlattened(
      NeuralNetConfiguration conf, INDArray view) {
    long size = base.numParams(conf.getLayer());
    Map<String, INDArray> gradients = new LinkedHashMap<>();
    if (size > 0) {
      gradients.putAll(base.getGradientsFromFlattened(conf, part(view, 0, size)));
    }
    gradients.putAll(split(conf.getLayer(), view));
    return gradients;
  }

  private Map<String, INDArray> split(Layer layer, INDArray view) {
    Map<String, INDArray> parts = new LinkedHashMap<>();
    long from = base.numParams(layer);
    for (Map.Entry<String, Long> e : sizes(layer).entrySet()) {
      parts.put(e.getKey(), part(view, from, e.getValue()));
      from += e.getValue();
    }
    return parts;
  }

  private static INDArray part(INDArray view, long from, long size) {
    INDArray flat = view.reshape(view.length());
    return flat.get(NDArrayIndex.interval(from, from + size)).reshape(1L, size);
  }
}
