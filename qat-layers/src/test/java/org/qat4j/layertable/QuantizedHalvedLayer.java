package org.qat4j.layertable;

import java.util.Collection;
import java.util.List;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.ParamInitializer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.qat4j.layers.internal.quantizing.QuantSettings;
import org.qat4j.layers.own.OwnQuantizedLayer;
import org.qat4j.model.IntVector;
import org.qat4j.model.Op;
import org.qat4j.numerics.QuantParams;

/** {@link HalvedLayer} under quantization: a table of codes. The example of docs/layers.md. */
public class QuantizedHalvedLayer extends HalvedLayer implements OwnQuantizedLayer {
  private static final long serialVersionUID = 1L;

  private QuantSettings quant;

  @Override
  public QuantSettings getQuant() {
    return quant;
  }

  @Override
  public void setQuant(QuantSettings quant) {
    this.quant = quant;
  }

  @Override
  public Layer instantiate(
      NeuralNetConfiguration conf,
      Collection<TrainingListener> listeners,
      int index,
      INDArray view,
      boolean initialize,
      DataType type) {
    return around(new Impl(conf, type), conf, listeners, index, view, initialize, type);
  }

  @Override
  public ParamInitializer initializer() {
    return quantizerState();
  }

  @Override
  public IUpdater getUpdaterByParam(String key) {
    return quantizerUpdater(key);
  }

  private static int[] table(QuantParams in, QuantParams out) {
    int[] table = new int[in.qmax() - in.qmin() + 1];
    for (int i = 0; i < table.length; i++) {
      table[i] = out.quantize(in.dequantize(in.qmin() + i) / 2);
    }
    return table;
  }

  @Override
  public INDArray onCodes(INDArray x, QuantParams in, QuantParams out) {
    int[] table = table(in, out);
    float[] values = x.dup('c').data().asFloat();
    for (int i = 0; i < values.length; i++) {
      values[i] = out.dequantize(table[in.quantize(values[i]) - in.qmin()]);
    }
    return Nd4j.create(values, x.shape(), 'c');
  }

  @Override
  public List<Op> operations(String name, String input, QuantParams in, QuantParams out) {
    return List.of(new Op.Lookup(name, input, IntVector.of(table(in, out)), out));
  }
}
