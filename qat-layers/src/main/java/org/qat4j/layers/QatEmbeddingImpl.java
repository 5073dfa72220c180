package org.qat4j.layers;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.layers.feedforward.embedding.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Computes {@link QatEmbedding}: training and evaluation gather the same codes. */
final class QatEmbeddingImpl extends EmbeddingSequenceLayer implements QatLayer {
  private static final long serialVersionUID = 1L;

  private final transient LayerQuantizer quantizer;
  private final transient TableQuantizer table;

  QatEmbeddingImpl(NeuralNetConfiguration conf, DataType type) {
    super(conf, type);
    QuantSettings settings = LayerSetup.settings(this);
    this.quantizer = new LayerQuantizer(settings);
    this.table = new TableQuantizer(settings, () -> params.get(DefaultParamInitializer.WEIGHT_KEY));
    quantizer.outputFromTable(table::params);
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
    assertInputSet(false);
    quantizer.begin(input, training, workspaces);
    INDArray rows = super.activate(training, workspaces);
    if (quantizer.integer(training) || quantizer.fake(training)) {
      table.quantizeRows(rows);
    }
    return rows;
  }
}
