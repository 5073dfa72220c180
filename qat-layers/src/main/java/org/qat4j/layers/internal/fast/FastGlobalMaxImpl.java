package org.qat4j.layers.internal.fast;

import java.nio.FloatBuffer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.pooling.GlobalPoolingLayer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.host.Floats;

/** Computes {@link FastGlobalMax}. */
final class FastGlobalMaxImpl extends GlobalPoolingLayer {
  private static final long serialVersionUID = 1L;

  /** Maxima of the last forward pass, row-major [n, c]; null if it was no pass over time alone. */
  private transient float[] maxima;

  FastGlobalMaxImpl(NeuralNetConfiguration conf, DataType type) {
    super(conf, type);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    INDArray y = super.activate(training, workspaces);
    boolean fast =
        training
            && maskArray == null
            && input.rank() == 3
            && Floats.fastLayers()
            && Floats.isRowMajor(input);
    maxima = fast ? Floats.read(y) : null;
    return y;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    if (maxima == null) {
      return super.backpropGradient(epsilon, workspaces);
    }
    INDArray gradient =
        workspaces.create(ArrayType.ACTIVATION_GRAD, input.dataType(), input.shape(), 'c');
    float[] outer = Floats.read(epsilon);
    FloatBuffer x = Floats.buffer(input);
    FloatBuffer to = Floats.buffer(gradient);
    int steps = (int) input.size(2);
    float[] run = new float[steps];
    for (int i = 0; i < maxima.length; i++) {
      x.get(i * steps, run, 0, steps);
      for (int t = 0; t < steps; t++) {
        if (run[t] == maxima[i]) {
          to.put(i * steps + t, outer[i]);
          break;
        }
      }
    }
    return new Pair<>(new DefaultGradient(), gradient);
  }
}
