package org.qat4j.layers;

import java.util.Collection;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.layers.AbstractLayer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What every layer of DL4J does when its configuration makes it. */
final class LayerSetup {
  private LayerSetup() {}

  static void connect(
      AbstractLayer<?> layer,
      LayerQuantizer quantizer,
      Collection<TrainingListener> listeners,
      int index,
      INDArray view,
      boolean initialize) {
    layer.setListeners(listeners);
    layer.setIndex(index);
    layer.setParamsViewArray(view);
    Map<String, INDArray> params =
        layer.conf().getLayer().initializer().init(layer.conf(), view, initialize);
    layer.setParamTable(params);
    if (quantizer != null) {
      quantizer.attach(view, params.get(QuantStateInitializer.STATE));
    }
  }

  static QuantSettings settings(Layer layer) {
    return ((QatLayerConf) layer.conf().getLayer()).getQuant();
  }
}
