package org.qat4j.layers.internal.quantized;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.impl.ElementWiseVertex;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.Shape;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.layers.internal.quantizing.IntegerProduct;
import org.qat4j.layers.internal.quantizing.LayerScales;
import org.qat4j.layers.internal.quantizing.Ref;
import org.qat4j.numerics.QuantParams;

/** Computes {@link QatElementWise}. */
@SuppressWarnings("overrides") // within DL4J: an array overrides a variable number of arguments
final class QatElementWiseImpl extends ElementWiseVertex {
  private static final long serialVersionUID = 1L;
  private static final org.deeplearning4j.nn.conf.graph.ElementWiseVertex.Op MAX =
      org.deeplearning4j.nn.conf.graph.ElementWiseVertex.Op.Max;
  private static final org.deeplearning4j.nn.conf.graph.ElementWiseVertex.Op PRODUCT =
      org.deeplearning4j.nn.conf.graph.ElementWiseVertex.Op.Product;
  private static final org.deeplearning4j.nn.conf.graph.ElementWiseVertex.Op AVERAGE =
      org.deeplearning4j.nn.conf.graph.ElementWiseVertex.Op.Average;

  private final transient QatElementWise conf;

  QatElementWiseImpl(
      ComputationGraph graph, String name, int index, QatElementWise conf, DataType type) {
    super(graph, name, index, function(conf), type);
    this.conf = conf;
  }

  private boolean computes(org.deeplearning4j.nn.conf.graph.ElementWiseVertex.Op op) {
    return conf.getOp() == op;
  }

  private static Op function(QatElementWise conf) {
    return switch (conf.getOp()) {
      case Add -> Op.Add;
      case Subtract -> Op.Subtract;
      case Product -> Op.Product;
      case Average -> Op.Average;
      case Max -> Op.Max;
    };
  }

  @Override
  public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
    List<Ref> sources = conf.getSources();
    INDArray all = graph.params();
    boolean integer = LayerScales.ownerOf(all, sources.get(0)).pass().integer(training);
    if (!integer || computes(MAX)) {
      return super.doForward(training, workspaces);
    }
    QuantParams[] params = new QuantParams[inputs.length];
    float[][] k = new float[inputs.length][];
    long[] shape = inputs[0].shape();
    for (INDArray input : inputs) {
      shape = Shape.broadcastOutputShape(shape, input.shape());
    }
    for (int j = 0; j < params.length; j++) {
      params[j] = LayerScales.resolve(all, sources.get(j));
      k[j] = IntegerProduct.distances(spread(inputs[j], shape), params[j]);
    }
    INDArray made = Nd4j.create(combined(k, params), shape, 'c');
    return workspaces.leverageTo(ArrayType.ACTIVATIONS, made);
  }

  private static INDArray spread(INDArray x, long[] shape) {
    return Arrays.equals(x.shape(), shape)
        ? x
        : x.broadcast(Nd4j.createUninitialized(x.dataType(), shape));
  }

  /** Real values of the accumulators (10), from codes without their zero points. */
  private float[] combined(float[][] k, QuantParams[] params) {
    boolean product = computes(PRODUCT);
    float scale = product ? params[0].scale() * params[1].scale() : params[0].scale();
    float[] made = new float[k[0].length];
    for (int i = 0; i < made.length; i++) {
      int acc = (int) k[0][i];
      for (int j = 1; j < k.length; j++) {
        int x = (int) k[j][i];
        acc =
            switch (conf.getOp()) {
              case Product -> acc * x;
              case Subtract -> acc - x;
              default -> acc + x;
            };
      }
      float real = (float) acc * scale;
      made[i] = computes(AVERAGE) ? real / (float) k.length : real;
    }
    return made;
  }
}
