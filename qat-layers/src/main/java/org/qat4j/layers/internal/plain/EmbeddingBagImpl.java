package org.qat4j.layers.internal.plain;

import java.nio.FloatBuffer;
import java.util.Arrays;
import org.deeplearning4j.nn.api.MaskState;
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
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.QatException;
import org.qat4j.layers.EmbeddingBagLayer;
import org.qat4j.layers.internal.host.DeviceOps;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.layers.internal.host.LazyTable;
import org.qat4j.layers.internal.host.RowsRead;
import org.qat4j.layers.internal.host.TableRows;
import org.qat4j.numerics.internal.Rounding;
import org.qat4j.text.TextEncoder;

/** Computes {@link EmbeddingBagLayer}. */
public class EmbeddingBagImpl extends BaseLayer<EmbeddingBagLayer> implements LazyTable {
  private static final long serialVersionUID = 1L;

  private transient int[] ids = new int[0];
  private transient INDArray gathered;
  private final transient RowsRead read = new RowsRead();

  public EmbeddingBagImpl(NeuralNetConfiguration conf, DataType type) {
    super(conf, type);
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    return workspaces.leverageTo(ArrayType.ACTIVATIONS, pool(gather(), Float.NaN));
  }

  /** Embeddings of all ids of the batch, [n·length, nOut], row by row. */
  protected INDArray gather() {
    INDArray table = params.get(DefaultParamInitializer.WEIGHT_KEY);
    float[] values = Floats.read(input);
    if (ids.length != values.length) {
      ids = new int[values.length];
    }
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (int) values[i];
      if (ids[i] != values[i] || ids[i] < 0 || ids[i] >= table.size(0)) {
        throw new QatException(
            "token id " + values[i] + " is not in [0, " + table.size(0) + "); " + layerId());
      }
    }
    if (!TableRows.supports(table)) {
      return Nd4j.pullRows(table, 1, ids, 'c');
    }
    if (gathered == null || gathered.size(0) != ids.length) {
      gathered = Nd4j.createUninitializedDetached(table.dataType(), ids.length, table.size(1));
    }
    TableRows.gather(table, ids, gathered);
    return gathered;
  }

  /**
   * Sums or means of the texts, [n, nOut].
   *
   * @param rows embeddings of the ids, [n·length, nOut]; may be changed
   * @param scale of rows s·q, whose codes are then summed as integers (10); NaN for real rows
   */
  protected INDArray pool(INDArray rows, float scale) {
    int n = (int) input.size(0);
    INDArray sums =
        Floats.inPlace(rows) ? poolOnHost(rows, n, scale) : poolByOperations(rows, n, scale);
    return layerConf().isMean() ? sums.diviColumnVector(column(counts(n), sums)) : sums;
  }

  private INDArray poolOnHost(INDArray rows, int n, float scale) {
    int d = (int) layerConf().getNOut();
    int length = ids.length / n;
    FloatBuffer x = Floats.buffer(rows);
    float[] row = new float[d];
    float[] sum = new float[d];
    INDArray sums = Nd4j.createUninitialized(rows.dataType(), new long[] {n, d}, 'c');
    FloatBuffer to = Floats.buffer(sums);
    for (int i = 0; i < n; i++) {
      Arrays.fill(sum, 0f);
      for (int t = i * length; t < (i + 1) * length; t++) {
        if (ids[t] != TextEncoder.PADDING) {
          x.get(t * d, row, 0, d);
          add(sum, row, scale);
        }
      }
      if (!Float.isNaN(scale)) {
        for (int j = 0; j < d; j++) {
          sum[j] *= scale;
        }
      }
      to.put(i * d, sum, 0, d);
    }
    return sums;
  }

  private static void add(float[] sum, float[] row, float scale) {
    if (Float.isNaN(scale)) {
      for (int j = 0; j < sum.length; j++) {
        sum[j] += row[j];
      }
    } else {
      for (int j = 0; j < sum.length; j++) {
        sum[j] += Rounding.halfEven(row[j] / scale);
      }
    }
  }

  private INDArray poolByOperations(INDArray rows, int n, float scale) {
    if (!Float.isNaN(scale)) {
      DeviceOps.rint(rows.divi(scale));
    }
    rows.muliColumnVector(column(isToken(), rows));
    INDArray sums = rows.reshape('c', n, ids.length / n, layerConf().getNOut()).sum(1);
    return Float.isNaN(scale) ? sums : sums.muli(scale);
  }

  /** 1 for each id of the batch that is a token, 0 where it is padding. */
  private float[] isToken() {
    float[] tokens = new float[ids.length];
    for (int i = 0; i < ids.length; i++) {
      tokens[i] = ids[i] == TextEncoder.PADDING ? 0 : 1;
    }
    return tokens;
  }

  /** Tokens of each text that are not padding, at least 1. */
  private float[] counts(int n) {
    float[] counts = new float[n];
    for (int i = 0; i < ids.length; i++) {
      counts[i / (ids.length / n)] += ids[i] == TextEncoder.PADDING ? 0 : 1;
    }
    for (int b = 0; b < n; b++) {
      counts[b] = Math.max(1, counts[b]);
    }
    return counts;
  }

  private static INDArray column(float[] values, INDArray like) {
    return Nd4j.create(values, new long[] {values.length, 1}, 'c').castTo(like.dataType());
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    INDArray gradient = gradientViews.get(DefaultParamInitializer.WEIGHT_KEY);
    int n = (int) epsilon.size(0);
    INDArray delta =
        layerConf().isMean() ? epsilon.divColumnVector(column(counts(n), epsilon)) : epsilon;
    if (TableRows.supports(gradient)) {
      INDArray dense = Floats.rowMajor(delta);
      int length = ids.length / n;
      if (needsRowGradients()) {
        INDArray rows = rowGradient(TableRows.spread(ids, dense, length), workspaces);
        TableRows.scatter(ids, rows, 1, false, gradient, read);
      } else {
        TableRows.scatter(ids, dense, length, false, gradient, read);
      }
    } else {
      scatterByOperations(delta, n, gradient, workspaces);
    }
    Gradient result = new DefaultGradient();
    result.gradientForVariable().put(DefaultParamInitializer.WEIGHT_KEY, gradient);
    return new Pair<>(result, null);
  }

  /** Whether the gradient of each gathered row is asked for, and not only their sum. */
  protected boolean needsRowGradients() {
    return false;
  }

  /** Gradient of the gathered rows in the table, [n·length, nOut]. */
  protected INDArray rowGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    return epsilon;
  }

  private void scatterByOperations(
      INDArray delta, int n, INDArray gradient, LayerWorkspaceMgr workspaces) {
    long d = layerConf().getNOut();
    long length = ids.length / n;
    INDArray rows = Nd4j.createUninitialized(delta.dataType(), new long[] {n, length, d}, 'c');
    rows.assign(delta.dup('c').reshape('c', n, 1, d).broadcast(n, length, d));
    rows = rows.reshape('c', n * length, d).muliColumnVector(column(isToken(), delta));
    rows = rowGradient(rows, workspaces);
    gradient.assign(0);
    Nd4j.exec(
        DynamicCustomOp.builder("scatter_add")
            .addInputs(gradient, Nd4j.createFromArray(ids), rows)
            .addOutputs(gradient)
            .build());
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
    return TableRows.supports(params.get(DefaultParamInitializer.WEIGHT_KEY))
        && TableRows.supports(gradientViews.get(DefaultParamInitializer.WEIGHT_KEY));
  }

  @Override
  public void keepRest(boolean keeps) {
    read.keepRest(keeps);
  }

  @Override
  public int[] rowsRead() {
    return read.rows();
  }

  /** A mask ends here: padding is known by its id. */
  @Override
  public Pair<INDArray, MaskState> feedForwardMaskArray(
      INDArray mask, MaskState state, int minibatchSize) {
    return null;
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
