package org.qat4j.layers.internal.quantized;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.codes.IntegerLayers;
import org.qat4j.layers.internal.plain.EmbeddingBagImpl;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.QatLayer;

/** Computes {@link QatEmbeddingBag}. */
final class QatEmbeddingBagImpl extends EmbeddingBagImpl implements QatLayer {
  private static final long serialVersionUID = 1L;

  private final transient LayerQuantizer quantizer = LayerQuantizer.ofTable(this);

  QatEmbeddingBagImpl(NeuralNetConfiguration conf, DataType type) {
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
    if (quantizer.pass().integer(training)) {
      return workspaces.leverageTo(
          ArrayType.ACTIVATIONS, IntegerLayers.rounded(sums(false), quantizer.scales().output()));
    }
    return quantizer
        .pass()
        .forward(
            training,
            () ->
                quantizer.pass().fake(training)
                    ? workspaces.leverageTo(ArrayType.ACTIVATIONS, sums(true))
                    : super.activate(training, workspaces));
  }

  /** Sums of codes times the scale of the table, [n, nOut]. */
  private INDArray sums(boolean training) {
    INDArray rows = gather();
    return pool(rows, quantizer.weights().table().quantize(rows, training));
  }

  @Override
  protected boolean needsRowGradients() {
    return quantizer.pass().fake(true) && quantizer.weights().table().masksGradients();
  }

  @Override
  protected INDArray rowGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    return quantizer.pass().rowGradient(epsilon, workspaces);
  }

  @Override
  public Pair<Gradient, INDArray> backpropGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    return quantizer
        .pass()
        .backward(epsilon, workspaces, delta -> super.backpropGradient(delta, workspaces));
  }
}
