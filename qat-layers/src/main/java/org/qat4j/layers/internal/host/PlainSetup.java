package org.qat4j.layers.internal.host;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What every layer of DL4J does when its configuration makes it. */
public final class PlainSetup {
  private PlainSetup() {}

  /**
   * Connects a new layer with its network.
   *
   * @param view of the network's parameters: those of the layer
   * @param initialize whether the parameters are drawn anew
   */
  public static <L extends Layer> L connect(
      L layer,
      Collection<TrainingListener> listeners,
      int index,
      INDArray view,
      boolean initialize) {
    layer.setListeners(listeners);
    layer.setIndex(index);
    layer.setParamsViewArray(view);
    layer.setParamTable(layer.conf().getLayer().initializer().init(layer.conf(), view, initialize));
    return layer;
  }
}
