package org.qat4j.layers.internal.quantized;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.feedforward.embedding.EmbeddingLayer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.QatLayer;

/** Computes {@link QatTokenEmbedding}: training and evaluation gather the same codes. */
final class QatTokenEmbeddingImpl extends EmbeddingLayer implements QatLayer {
  private static final long serialVersionUID = 1L;

  private final transient LayerQuantizer quantizer = LayerQuantizer.ofTable(this);

  QatTokenEmbeddingImpl(NeuralNetConfiguration conf, DataType type) {
    super(conf, type);
  }

  @Override
  public LayerQuantizer quantizer() {
    return quantizer;
  }

  @Override
  public void setInput(INDArray input, LayerWorkspaceMgr workspaces) {
    super.setInput(input, workspaces);
    quantizer.pass().newInput();
  }

  @Override
  public INDArray activate(boolean training, LayerWorkspaceMgr workspaces) {
    assertInputSet(false);
    quantizer.pass().begin(input, null, training, workspaces);
    return quantizer.pass().quantizedRows(super.activate(training, workspaces), training);
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    return quantizer
        .pass()
        .backward(
            epsilon,
            workspaces,
            delta ->
                super.backpropGradient(
                    quantizer.pass().rowGradient(delta, workspaces), workspaces));
  }
}
