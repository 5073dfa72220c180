package org.qat4j.layers.internal.quantized;

import java.util.List;
import java.util.Objects;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.qat4j.layers.internal.quantizing.Ref;

/**
 * Difference, product, mean or maximum of values under quantization: evaluation computes on their
 * codes (10).
 */
public class QatElementWise extends ElementWiseVertex {
  private static final long serialVersionUID = 1L;

  private final List<Ref> sources;

  /**
   * @param op what is computed
   * @param sources quantizers of the inputs
   */
  public QatElementWise(@JsonProperty("op") Op op, @JsonProperty("sources") List<Ref> sources) {
    super(op);
    this.sources = List.copyOf(sources);
  }

  public List<Ref> getSources() {
    return sources;
  }

  @Override
  public QatElementWise clone() {
    return new QatElementWise(getOp(), sources);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof QatElementWise v && v.getOp() == getOp() && v.sources.equals(sources);
  }

  @Override
  public int hashCode() {
    return Objects.hash(getOp(), sources);
  }

  @Override
  public org.deeplearning4j.nn.graph.vertex.GraphVertex instantiate(
      ComputationGraph graph,
      String name,
      int index,
      INDArray view,
      boolean initialize,
      DataType type) {
    return new QatElementWiseImpl(graph, name, index, this, type);
  }
}
