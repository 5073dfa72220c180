package org.qat4j.layers.internal.fast;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.feedforward.embedding.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.layers.internal.host.LazyTable;
import org.qat4j.layers.internal.host.RowsRead;
import org.qat4j.layers.internal.host.TableRows;

/** Computes {@link FastEmbedding}. */
public class FastEmbeddingImpl extends EmbeddingSequenceLayer implements LazyTable {
  private static final long serialVersionUID = 1L;

  /** Tokens of the last forward pass, row-major [n, t], if it was made here; null otherwise. */
  private transient int[] ids;

  private final transient RowsRead read = new RowsRead();

  public FastEmbeddingImpl(NeuralNetConfiguration conf, DataType type) {
    super(conf, type);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    INDArray table = params.get(DefaultParamInitializer.WEIGHT_KEY);
    ids = supports(table) ? tokens(table.size(0)) : null;
    if (ids == null) {
      return super.activate(training, workspaces);
    }
    INDArray rows =
        workspaces.createUninitialized(
            ArrayType.ACTIVATIONS,
            table.dataType(),
            new long[] {input.size(0), input.size(1), table.size(1)},
            'c');
    TableRows.gather(table, ids, rows);
    return rows.permute(0, 2, 1);
  }

  private boolean supports(INDArray table) {
    return Floats.fastLayers()
        && TableRows.supports(table)
        && maskArray == null
        && !hasBias()
        && layerConf().getActivationFn() instanceof ActivationIdentity
        && layerConf().getOutputFormat() == RNNFormat.NCW
        && input.rank() == 2
        && (layerConf().isInferInputLength() || input.size(1) == layerConf().getInputLength());
  }

  /** Tokens of the input; null where one does not exist, which DL4J reports. */
  private int[] tokens(long vocabulary) {
    float[] values = Floats.read(input);
    int[] tokens = ids != null && ids.length == values.length ? ids : new int[values.length];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = (int) values[i];
      if (tokens[i] < 0 || tokens[i] >= vocabulary) {
        return null;
      }
    }
    return tokens;
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    INDArray gradient = gradientViews.get(DefaultParamInitializer.WEIGHT_KEY);
    if (ids == null) {
      read.written(Floats.read(input), (int) gradient.size(0));
      return super.backpropGradient(epsilon, workspaces);
    }
    INDArray rows = Floats.rowMajor(epsilon.permute(0, 2, 1));
    TableRows.scatter(ids, rows, 1, true, gradient, read);
    Gradient result = new DefaultGradient();
    result.gradientForVariable().put(DefaultParamInitializer.WEIGHT_KEY, gradient);
    return new Pair<>(result, null);
  }

  @Override
  public String tableKey() {
    return DefaultParamInitializer.WEIGHT_KEY;
  }

  @Override
  public long columns() {
    return layerConf().getNOut();
  }

  @Override
  public boolean hasRows() {
    return !hasBias() && TableRows.supports(params.get(DefaultParamInitializer.WEIGHT_KEY));
  }

  @Override
  public void keepRest(boolean keeps) {
    read.keepRest(keeps);
  }

  @Override
  public int[] rowsRead() {
    return read.rows();
  }

  @Override
  public void clear() {
    super.clear();
    ids = null;
  }
}
