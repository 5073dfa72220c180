package org.qat4j.layers;

import java.util.Arrays;
import org.bytedeco.javacpp.FloatPointer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.BaseLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.QatException;
import org.qat4j.text.TextEncoder;

/** Computes {@link EmbeddingBagLayer}. */
class EmbeddingBagImpl extends BaseLayer<EmbeddingBagLayer> {
  private static final long serialVersionUID = 1L;

  private transient int[] ids = new int[0];
  private transient float[] accumulated = new float[0];

  EmbeddingBagImpl(NeuralNetConfiguration conf, DataType type) {
    super(conf, type);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    int n = (int) input.size(0);
    float[] sums = pool(n, training);
    return workspaces.leverageTo(
        ArrayType.ACTIVATIONS, Nd4j.create(sums, new long[] {n, layerConf().getNOut()}, 'c'));
  }

  /** Real sums or means of a batch, row-major [n, nOut]. */
  float[] pool(int n, boolean training) {
    int d = (int) layerConf().getNOut();
    float[] rows = rows(training);
    float[] sums = new float[n * d];
    int length = ids.length / n;
    for (int b = 0; b < n; b++) {
      for (int t = b * length; t < (b + 1) * length; t++) {
        if (ids[t] != TextEncoder.PADDING) {
          for (int j = 0; j < d; j++) {
            sums[b * d + j] += rows[t * d + j];
          }
        }
      }
      float share = share(b, length);
      if (share != 1f) {
        for (int j = b * d; j < (b + 1) * d; j++) {
          sums[j] *= share;
        }
      }
    }
    return sums;
  }

  /** Number of tokens of a text that are not padding. */
  int count(int text, int length) {
    int count = 0;
    for (int t = text * length; t < (text + 1) * length; t++) {
      count += ids[t] == TextEncoder.PADDING ? 0 : 1;
    }
    return count;
  }

  private float share(int text, int length) {
    return layerConf().isMean() ? 1f / Math.max(1, count(text, length)) : 1f;
  }

  /** The ids of the batch. */
  int[] ids() {
    return ids;
  }

  /** Embeddings of all ids of the batch, row-major [n·length, nOut]. */
  float[] rows(boolean training) {
    INDArray table = params.get(DefaultParamInitializer.WEIGHT_KEY);
    float[] values = Floats.read(input);
    ids = new int[values.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (int) values[i];
      if (ids[i] != values[i] || ids[i] < 0 || ids[i] >= table.size(0)) {
        throw new QatException(
            "token id " + values[i] + " is not in [0, " + table.size(0) + "); " + layerId());
      }
    }
    return Floats.read(Nd4j.pullRows(table, 1, ids, 'c'));
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    INDArray gradient = gradientViews.get(DefaultParamInitializer.WEIGHT_KEY);
    scatter(Floats.read(epsilon), (int) epsilon.size(0), gradient);
    Gradient result = new DefaultGradient();
    result.gradientForVariable().put(DefaultParamInitializer.WEIGHT_KEY, gradient);
    return new Pair<>(result, null);
  }

  /** Sums the gradient of each text into the rows of its tokens. */
  private void scatter(float[] delta, int n, INDArray gradient) {
    int d = (int) layerConf().getNOut();
    int rows = (int) gradient.size(0);
    boolean rowMajor = gradient.ordering() == 'c';
    int size = rows * d;
    if (accumulated.length != size) {
      accumulated = new float[size];
    } else {
      Arrays.fill(accumulated, 0f);
    }
    int length = ids.length / n;
    for (int b = 0; b < n; b++) {
      float share = share(b, length);
      for (int t = b * length; t < (b + 1) * length; t++) {
        int id = ids[t];
        if (id == TextEncoder.PADDING) {
          continue;
        }
        for (int j = 0; j < d; j++) {
          accumulated[rowMajor ? id * d + j : j * rows + id] += share * delta[b * d + j];
        }
      }
    }
    if (Floats.onHost() && Floats.dense(gradient)) {
      FloatPointer pointer = Floats.pointer(gradient);
      pointer.put(accumulated, 0, size);
    } else {
      gradient.assign(Nd4j.create(accumulated, gradient.shape(), gradient.ordering()));
    }
  }

  @Override
  public boolean isPretrainLayer() {
    return false;
  }

  @Override
  public boolean hasBias() {
    return false;
  }

  @Override
  public void clearNoiseWeightParams() {
    // Weight noise is not applied to embeddings.
  }
}
