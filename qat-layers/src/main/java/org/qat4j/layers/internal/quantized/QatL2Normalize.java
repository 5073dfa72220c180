package org.qat4j.layers.internal.quantized;

import java.util.Objects;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.qat4j.layers.internal.codes.VectorNorm;
import org.qat4j.layers.internal.quantizing.LayerScales;
import org.qat4j.layers.internal.quantizing.Ref;

/** A vector divided by its norm, under quantization: evaluation computes on its codes (18). */
public class QatL2Normalize extends L2NormalizeVertex {
  private static final long serialVersionUID = 1L;

  private final Ref source;

  /**
   * @param dimension over which the norm is, none for all but the first
   * @param eps the least norm
   * @param source quantizer of the input
   */
  public QatL2Normalize(
      @JsonProperty("dimension") int[] dimension,
      @JsonProperty("eps") double eps,
      @JsonProperty("source") Ref source) {
    super(dimension, eps);
    this.source = source;
  }

  public Ref getSource() {
    return source;
  }

  @Override
  public QatL2Normalize clone() {
    return new QatL2Normalize(getDimension(), getEps(), source);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof QatL2Normalize v && super.equals(v) && v.source.equals(source);
  }

  @Override
  public int hashCode() {
    return Objects.hash(super.hashCode(), source);
  }

  @Override
  public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
      ComputationGraph graph,
      String name,
      int index,
      INDArray view,
      boolean initialize,
      DataType type) {
    return new Computing(graph, name, index, this, type);
  }

  @SuppressWarnings("overrides") // within DL4J: an array overrides a variable number of arguments
  private static final class Computing
      extends org.deeplearning4j.nn.graph.vertex.impl.L2NormalizeVertex {
    private static final long serialVersionUID = 1L;

    private final transient Ref source;

    Computing(ComputationGraph graph, String name, int index, QatL2Normalize conf, DataType type) {
      super(graph, name, index, conf.getDimension(), conf.getEps(), type);
      source = conf.source;
    }

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
      INDArray all = graph.params();
      if (!LayerScales.ownerOf(all, source).pass().integer(training)) {
        return super.doForward(training, workspaces);
      }
      INDArray x = inputs[0];
      int values = (int) (x.length() / x.size(0));
      INDArray made = new VectorNorm(values, LayerScales.resolve(all, source)).apply(x);
      return workspaces.leverageTo(ArrayType.ACTIVATIONS, made);
    }
  }
}
