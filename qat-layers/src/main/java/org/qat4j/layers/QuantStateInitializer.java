package org.qat4j.layers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Parameters of a DL4J layer with the state of its quantizers behind them, so that ranges survive
 * saving, cloning and averaging of networks. No updater touches the state: its gradient stays 0.
 */
final class QuantStateInitializer implements ParamInitializer {
  /** Parameter key of the state; without an underscore, at which DL4J's updater splits keys. */
  static final String STATE = "aq";

  static final int SLOT_SIZE = 4;
  static final int SIZE = 12;

  private final ParamInitializer base;

  QuantStateInitializer(ParamInitializer base) {
    this.base = base;
  }

  @Override
  public long numParams(NeuralNetConfiguration conf) {
    return numParams(conf.getLayer());
  }

  @Override
  public long numParams(Layer layer) {
    return base.numParams(layer) + SIZE;
  }

  @Override
  public List<String> paramKeys(Layer layer) {
    List<String> keys = new ArrayList<>(base.paramKeys(layer));
    keys.add(STATE);
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
    INDArray state = part(view, size, SIZE);
    if (initialize) {
      state.assign(0f);
    }
    params.put(STATE, state);
    conf.addVariable(STATE);
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
    gradients.put(STATE, part(view, size, SIZE));
    return gradients;
  }

  private static INDArray part(INDArray view, long from, long size) {
    INDArray flat = view.reshape(view.length());
    return flat.get(NDArrayIndex.interval(from, from + size)).reshape('c', 1, size);
  }
}
