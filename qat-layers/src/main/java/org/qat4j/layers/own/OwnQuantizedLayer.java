package org.qat4j.layers.own;

import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.params.EmptyParamInitializer;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.qat4j.layers.internal.quantized.ParameterlessImpl;
import org.qat4j.layers.internal.quantizing.LayerSetup;
import org.qat4j.layers.internal.quantizing.QatLayerConf;
import org.qat4j.layers.internal.quantizing.QuantParamInitializer;
import org.qat4j.model.Op;
import org.qat4j.numerics.QuantParams;

/**
 * Configuration of a layer of a user's own, without weights, under quantization: how it computes on
 * codes, in the network's evaluation and as operations of the frozen model. Both must give the same
 * codes, which freezing and verification check.
 */
public interface OwnQuantizedLayer extends QatLayerConf {
  /**
   * The layer in evaluation.
   *
   * @param x real values that stand for codes of {@code in}
   * @return real values that stand for codes of {@code out}
   */
  INDArray onCodes(INDArray x, QuantParams in, QuantParams out);

  /**
   * The same for the frozen model.
   *
   * @param name of the layer; the last operation bears it, those before it begin with it
   * @param input name of the value that the layer reads
   */
  List<Op> operations(String name, String input, QuantParams in, QuantParams out);

  /** What {@code Layer.instantiate} gives: DL4J's object of the layer with quantizers around it. */
  default Layer around(
      Layer inner,
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int index,
      INDArray view,
      boolean initialize,
      DataType type) {
    ParameterlessImpl impl =
        new ParameterlessImpl(
            conf, type, inner, (q, x, mask) -> onCodes(x, q.scales().input(), q.scales().output()));
    return LayerSetup.connect(impl, listeners, index, view, initialize);
  }

  /** What {@code Layer.initializer} gives: room for the state of the quantizers. */
  default ParamInitializer quantizerState() {
    return new QuantParamInitializer(EmptyParamInitializer.getInstance(), getQuant());
  }

  /** What {@code Layer.getUpdaterByParam} gives. */
  default IUpdater quantizerUpdater(String key) {
    return LayerSetup.updater(getQuant(), key, null);
  }
}
