package org.qat4j.layers;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.numerics.QuantParams;

/** Computes {@link QatEmbeddingBag}. */
final class QatEmbeddingBagImpl extends EmbeddingBagImpl implements QatLayer {
  private static final long serialVersionUID = 1L;

  private final transient LayerQuantizer quantizer;
  private final transient TableQuantizer table;

  QatEmbeddingBagImpl(NeuralNetConfiguration conf, DataType type) {
    super(conf, type);
    QuantSettings settings = LayerSetup.settings(this);
    this.quantizer = new LayerQuantizer(settings);
    this.table = new TableQuantizer(settings, () -> params.get(DefaultParamInitializer.WEIGHT_KEY));
  }

  @Override
  public LayerQuantizer quantizer() {
    return quantizer;
  }

  @Override
  public void setInput(INDArray input, LayerWorkspaceMgr workspaces) {
    super.setInput(input, workspaces);
    quantizer.newInput();
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    quantizer.begin(input, training, workspaces);
    INDArray pooled = super.activate(training, workspaces);
    return quantizer.integer(training) ? pooled : quantizer.quantize(Slot.OUTPUT, pooled, training);
  }

  @Override
  float[] rows(boolean training) {
    float[] rows = super.rows(training);
    if (quantizer.fake(training)) {
      float scale = table.params().scale();
      for (int i = 0; i < rows.length; i++) {
        rows[i] = scale * (float) Math.rint(rows[i] / scale);
      }
    }
    return rows;
  }

  /** In evaluation by (10): integer sums, (float) acc·s, then divided by n, then (2). */
  @Override
  float[] pool(int n, boolean training) {
    if (!quantizer.integer(training)) {
      return super.pool(n, training);
    }
    QuantParams rowParams = table.params();
    QuantParams out = quantizer.outputParams();
    float[] rows = super.rows(training);
    int d = (int) layerConf().getNOut();
    int length = ids().length / n;
    float[] real = new float[n * d];
    int[] acc = new int[d];
    for (int b = 0; b < n; b++) {
      Arrays.fill(acc, 0);
      for (int t = b * length; t < (b + 1) * length; t++) {
        if (ids()[t] != 0) {
          for (int j = 0; j < d; j++) {
            acc[j] += rowParams.quantize(rows[t * d + j]);
          }
        }
      }
      int count = Math.max(1, count(b, length));
      for (int j = 0; j < d; j++) {
        float sum = (float) acc[j] * rowParams.scale();
        real[b * d + j] = out.fakeQuantize(layerConf().isMean() ? sum / (float) count : sum);
      }
    }
    return real;
  }

  /** Scale of the table. */
  QuantParams tableParams() {
    return table.params();
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    return super.backpropGradient(quantizer.gradient(Slot.OUTPUT, epsilon, workspaces), workspaces);
  }
}
