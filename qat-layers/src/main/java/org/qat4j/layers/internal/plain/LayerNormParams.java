package org.qat4j.layers.internal.plain;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.qat4j.layers.LayerNormLayer;

/** Parameters of {@link LayerNormLayer}: gain 1 and bias 0, each [1, channels]. */
public final class LayerNormParams implements ParamInitializer {
  public static final String GAIN = "g";
  public static final String BIAS = "b";

  private static long channels(Layer layer) {
    return ((FeedForwardLayer) layer).getNIn();
  }

  @Override
  public long numParams(NeuralNetConfiguration conf) {
    return numParams(conf.getLayer());
  }

  @Override
  public long numParams(Layer layer) {
    return 2 * channels(layer);
  }

  @Override
  public List<String> paramKeys(Layer layer) {
    return List.of(GAIN, BIAS);
  }

  /** None: weight decay would pull gains towards 0. */
  @Override
  public List<String> weightKeys(Layer layer) {
    return List.of();
  }

  @Override
  public List<String> biasKeys(Layer layer) {
    return List.of(GAIN, BIAS);
  }

  @Override
  public boolean isWeightParam(Layer layer, String key) {
    return false;
  }

  @Override
  public boolean isBiasParam(Layer layer, String key) {
    return GAIN.equals(key) || BIAS.equals(key);
  }

  @Override
  public Map<String, INDArray> init(
      NeuralNetConfiguration conf, INDArray view, boolean initialize) {
    Map<String, INDArray> parts = getGradientsFromFlattened(conf, view);
    if (initialize) {
      parts.get(GAIN).assign(1);
      parts.get(BIAS).assign(0);
    }
    parts.keySet().forEach(conf::addVariable);
    return parts;
  }

  @Override
  public Map<String, INDArray> getGradientsFromFlattened(
      NeuralNetConfiguration conf, INDArray view) {
    long n = channels(conf.getLayer());
    INDArray flat = view.reshape(view.length());
    Map<String, INDArray> parts = new LinkedHashMap<>();
    parts.put(GAIN, flat.get(NDArrayIndex.interval(0, n)).reshape(1L, n));
    parts.put(BIAS, flat.get(NDArrayIndex.interval(n, 2 * n)).reshape(1L, n));
    return parts;
  }
}
