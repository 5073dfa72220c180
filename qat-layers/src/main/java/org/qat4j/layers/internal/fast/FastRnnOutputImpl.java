package org.qat4j.layers.internal.fast;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.recurrent.RnnOutputLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.layers.internal.host.SequenceMemory;
import org.qat4j.layers.internal.host.StepMajorGradient;

/** Computes {@link FastRnnOutput}. */
public class FastRnnOutputImpl extends RnnOutputLayer {
  private static final long serialVersionUID = 1L;

  /** Logits, [classes, rows], column-major; made anew only when more are asked for. */
  private transient INDArray memory;

  /** Labels of the last backward pass made here, if nothing was set since; and its loss. */
  private transient INDArray scored;

  private transient double loss;

  /** The mask as it was set. */
  private transient INDArray given;

  public FastRnnOutputImpl(NeuralNetConfiguration conf, DataType type) {
    super(conf, type);
  }

  @Override
  public void setInput(INDArray input, LayerWorkspaceMgr workspaces) {
    super.setInput(input, workspaces);
    scored = null;
  }

  @Override
  public void setMaskArray(INDArray mask) {
    super.setMaskArray(mask);
    if (mask != given) { // a graph sets the same one again before it asks for the loss
      scored = null;
    }
    given = mask;
  }

  @Override
  public void clear() {
    super.clear();
    scored = null;
    given = null;
  }

  @Override
  public double computeScore(
      double regularization, boolean training, LayerWorkspaceMgr workspaces) {
    if (!training || scored == null || scored != labels) {
      return super.computeScore(regularization, training, workspaces);
    }
    score = loss / (conf().isMiniBatch() ? input.size(0) : 1) + regularization;
    return score;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    assertInputSet(true);
    scored = null;
    int[] rows = isSupported() ? countedRows() : new int[0];
    if (rows.length == 0) {
      return super.backpropGradient(epsilon, workspaces);
    }
    INDArray w = getParamWithNoise(DefaultParamInitializer.WEIGHT_KEY, true, workspaces);
    INDArray whole = input;
    input = gather(whole, rows);
    applyDropOutIfNecessary(true, workspaces);
    INDArray read = Floats.rowMajor(input).transpose();
    memory = Floats.atLeast(memory, w.size(1) * rows.length);
    INDArray logits = Floats.columnMajor(memory, w.size(1), rows.length);
    Nd4j.gemm(w, read, logits, true, false, 1, 0);
    if (hasBias()) {
      INDArray b = getParamWithNoise(DefaultParamInitializer.BIAS_KEY, true, workspaces);
      logits.addiColumnVector(b.reshape(b.length(), 1));
    }
    Pair<Double, INDArray> result =
        layerConf()
            .getLossFn()
            .computeGradientAndScore(
                gather(labels, rows),
                logits.transpose(),
                layerConf().getActivationFn(),
                null,
                false);
    INDArray delta = Floats.rowMajor(result.getSecond()).transpose();
    Gradient gradient = gradient(read, delta);
    INDArray below =
        Nd4j.createUninitialized(DataType.FLOAT, new long[] {w.size(0), rows.length}, 'f');
    Nd4j.gemm(w, delta, below, false, false, 1, 0);
    below = backpropDropOutIfPresent(below.transpose());
    input = whole;
    weightNoiseParams.clear();
    scored = labels;
    loss = result.getFirst();
    return new Pair<>(gradient, scatter(below, rows, workspaces));
  }

  private boolean isSupported() {
    return Floats.fastLayers()
        && input.rank() == 3
        && labels.rank() == 3
        && input.dataType() == DataType.FLOAT
        && labels.dataType() == DataType.FLOAT
        && dataType == DataType.FLOAT
        && layerConf().getRnnDataFormat() == RNNFormat.NCW
        && input.size(0) == labels.size(0)
        && input.size(2) == labels.size(2)
        && (maskArray == null || maskArray.length() == input.size(0) * input.size(2));
  }

  /**
   * Steps that are not masked, as step · examples + example: so does DL4J lay out its mask. None
   * where a mask weighs steps, of which DL4J makes something of its own.
   */
  private int[] countedRows() {
    int n = (int) (input.size(0) * input.size(2));
    float[] mask = maskArray == null ? null : Floats.read(maskArray);
    int[] rows = new int[n];
    int counted = 0;
    for (int i = 0; i < n; i++) {
      if (mask != null && mask[i] != 0 && mask[i] != 1) {
        return new int[0];
      }
      if (mask == null || mask[i] == 1) {
        rows[counted++] = i;
      }
    }
    return Arrays.copyOf(rows, counted);
  }

  /** Rows of [n, c, t] as [rows, c], row-major. */
  private static INDArray gather(INDArray sequence, int[] rows) {
    int examples = (int) sequence.size(0);
    int channels = (int) sequence.size(1);
    SequenceMemory from = SequenceMemory.of(sequence);
    float[] values = new float[rows.length * channels];
    for (int i = 0; i < rows.length; i++) {
      from.copy(rows[i] % examples, rows[i] / examples, values, i * channels);
    }
    return Floats.array(values, rows.length, channels);
  }

  /** [rows, c] as rows of [n, c, t], which is 0 elsewhere. */
  private INDArray scatter(INDArray rows, int[] places, LayerWorkspaceMgr workspaces) {
    int examples = (int) input.size(0);
    int channels = (int) input.size(1);
    int steps = (int) input.size(2);
    float[] values = Floats.read(rows);
    float[] all = new float[examples * steps * channels];
    for (int i = 0; i < places.length; i++) {
      int at = (places[i] % examples * steps + places[i] / examples) * channels;
      System.arraycopy(values, i * channels, all, at, channels);
    }
    long[] shape = {examples, steps, channels};
    INDArray made =
        workspaces.createUninitialized(ArrayType.ACTIVATION_GRAD, DataType.FLOAT, shape, 'c');
    Floats.pointer(made).put(all, 0, all.length);
    return StepMajorGradient.of(made);
  }

  /**
   * Gradients of the parameters.
   *
   * @param read [k, rows]
   * @param delta of the logits, [classes, rows]
   */
  private Gradient gradient(INDArray read, INDArray delta) {
    Gradient gradient = new DefaultGradient();
    INDArray weights = gradientViews.get(DefaultParamInitializer.WEIGHT_KEY);
    Nd4j.gemm(read, delta, weights, false, true, 1, 0);
    gradient.gradientForVariable().put(DefaultParamInitializer.WEIGHT_KEY, weights);
    if (hasBias()) {
      INDArray bias = gradientViews.get(DefaultParamInitializer.BIAS_KEY);
      delta.sum(bias, 1);
      gradient.gradientForVariable().put(DefaultParamInitializer.BIAS_KEY, bias);
    }
    return gradient;
  }
}
