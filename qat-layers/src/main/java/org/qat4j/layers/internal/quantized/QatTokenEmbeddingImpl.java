package org.qat4j.layers.internal.quantized;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.layers.feedforward.embedding.EmbeddingLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.QatLayer;

/** Computes {@link QatTokenEmbedding}: training and evaluation gather the same codes. */
final class QatTokenEmbeddingImpl extends EmbeddingLayer implements QatLayer {
  private static final long serialVersionUID = 1L;

  private final transient LayerQuantizer quantizer;
  private final transient boolean plain;

  QatTokenEmbeddingImpl(NeuralNetConfiguration conf, DataType type) {
    super(conf, type);
    plain = !hasBias() && layerConf().getActivationFn() instanceof ActivationIdentity;
    quantizer = LayerQuantizer.ofTable(this, plain ? null : this::handedOn);
  }

  /** Bias and activation function of all rows. */
  private INDArray handedOn(INDArray table) {
    INDArray rows = table.dup('c');
    if (hasBias()) {
      rows.addiRowVector(getParam(DefaultParamInitializer.BIAS_KEY));
    }
    return layerConf().getActivationFn().getActivation(rows, false);
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
    if (!plain && quantizer.pass().integer(training)) {
      INDArray rows = quantizer.pass().quantizedRows(gathered(), training);
      if (maskArray != null) {
        rows.muliColumnVector(maskArray.castTo(rows.dataType()));
      }
      return workspaces.leverageTo(ArrayType.ACTIVATIONS, rows);
    }
    return quantizer.pass().quantizedRows(super.activate(training, workspaces), training);
  }

  /** Rows as the frozen model has them, to the bit. */
  private INDArray gathered() {
    float[] table = Floats.read(quantizer.weights().table().table());
    int dimension = (int) layerConf().getNOut();
    float[] ids = Floats.read(input);
    float[] rows = new float[ids.length * dimension];
    for (int i = 0; i < ids.length; i++) {
      System.arraycopy(table, ((int) ids[i]) * dimension, rows, i * dimension, dimension);
    }
    return Floats.array(rows, ids.length, dimension);
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
