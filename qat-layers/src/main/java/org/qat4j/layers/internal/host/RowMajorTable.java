package org.qat4j.layers.internal.host;

import java.util.Map;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.params.EmbeddingLayerParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Lets the rows of an embedding table lie in memory as rows. DL4J's table is column-major, so that
 * each value of a row that is read, and each value of a gradient that is added, costs a cache line
 * of its own. The initial values are DL4J's.
 */
public final class RowMajorTable extends EmbeddingLayerParamInitializer {
  public static final RowMajorTable INSTANCE = new RowMajorTable();

  private RowMajorTable() {}

  @Override
  public Map<String, INDArray> init(
      NeuralNetConfiguration conf, INDArray view, boolean initialize) {
    Map<String, INDArray> params = super.init(conf, view, initialize);
    INDArray columnMajor = params.get(DefaultParamInitializer.WEIGHT_KEY);
    INDArray initial = initialize ? columnMajor.dup('c') : null;
    INDArray rowMajor = asRows(view, columnMajor);
    if (initialize) {
      rowMajor.assign(initial);
    }
    params.put(DefaultParamInitializer.WEIGHT_KEY, rowMajor);
    return params;
  }

  @Override
  public Map<String, INDArray> getGradientsFromFlattened(
      NeuralNetConfiguration conf, INDArray view) {
    Map<String, INDArray> gradients = super.getGradientsFromFlattened(conf, view);
    gradients.computeIfPresent(
        DefaultParamInitializer.WEIGHT_KEY, (key, columnMajor) -> asRows(view, columnMajor));
    return gradients;
  }

  /** The table is the first of the parameters. */
  private static INDArray asRows(INDArray view, INDArray table) {
    INDArray flat = view.reshape(view.length());
    return flat.get(NDArrayIndex.interval(0, table.length())).reshape('c', table.shape());
  }
}
