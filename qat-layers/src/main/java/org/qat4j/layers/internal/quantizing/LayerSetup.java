package org.qat4j.layers.internal.quantizing;

import java.util.Collection;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.schedule.ISchedule;
import org.qat4j.layers.internal.host.PlainSetup;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Learned;

/** What the configurations of quantized layers have in common. */
public final class LayerSetup {
  private LayerSetup() {}

  /** As every layer is connected; its quantizer is found by its parameters from then on. */
  public static <L extends Layer> L connect(
      L layer,
      Collection<TrainingListener> listeners,
      int index,
      INDArray view,
      boolean initialize) {
    PlainSetup.connect(layer, listeners, index, view, initialize);
    if (layer instanceof QatLayer quantized) {
      LayerQuantizer q = quantized.quantizer();
      QuantizerRegistry.register(view, q.settings().layer(), q);
    }
    return layer;
  }

  /**
   * The updater of a parameter of a quantized layer.
   *
   * @param own that of the layer for its weights, or null where it has none
   */
  public static IUpdater updater(QuantSettings settings, String key, IUpdater own) {
    LayerSpec spec = settings.spec();
    if (QuantParamInitializer.isWeightRange(key)) {
      return scaled(own, spec.weights().learned());
    }
    return switch (key) {
      case QuantParamInitializer.STATE -> new NoOp();
      case QuantParamInitializer.ACTIVATION_RANGES -> scaled(own, spec.activations().learned());
      default -> own;
    };
  }

  private static IUpdater scaled(IUpdater own, Learned learned) {
    if (learned instanceof Learned.None) {
      return new NoOp();
    }
    if (!own.hasLearningRate()) {
      return own;
    }
    IUpdater updater = own.clone();
    updater.setLrAndSchedule(Double.NaN, new ScaledRate(own, learned.rate()));
    return updater;
  }

  /** The learning rate of another updater, at any time, times a factor. */
  private record ScaledRate(IUpdater of, float factor) implements ISchedule {
    @Override
    public double valueAt(int iteration, int epoch) {
      return of.getLearningRate(iteration, epoch) * factor;
    }

    @Override
    public ISchedule clone() {
      return this;
    }
  }
}
