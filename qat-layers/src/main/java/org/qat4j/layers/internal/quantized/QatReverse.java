package org.qat4j.layers.internal.quantized;

import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.qat4j.QatException;

/**
 * A reversal of steps whose network is to be frozen: it refuses the mask that it would follow as
 * soon as there is one.
 */
public class QatReverse extends ReverseTimeSeriesVertex {
  private static final long serialVersionUID = 1L;

  /**
   * @param mask input whose mask says which steps are reversed
   */
  public QatReverse(@JsonProperty("maskArrayInputName") String mask) {
    super(mask);
  }

  @Override
  public QatReverse clone() {
    return new QatReverse(getMaskArrayInputName());
  }

  /** Why it cannot be frozen where there is a mask. */
  public static QatException masked(String vertex, String input) {
    return new QatException(
        "vertex \""
            + vertex
            + "\": it reverses the steps that the mask of \""
            + input
            + "\" leaves of each example, of which the model has no form; use Bidirectional"
            + " around the layer that reads it, or pad in front and give no mask");
  }

  @Override
  public org.deeplearning4j.nn.graph.vertex.impl.rnn.ReverseTimeSeriesVertex instantiate(
      ComputationGraph graph,
      String name,
      int index,
      INDArray view,
      boolean initialize,
      DataType type) {
    return new Computing(graph, name, index, getMaskArrayInputName(), type);
  }

  @SuppressWarnings("overrides") // within DL4J: an array overrides a variable number of arguments
  private static final class Computing
      extends org.deeplearning4j.nn.graph.vertex.impl.rnn.ReverseTimeSeriesVertex {
    private static final long serialVersionUID = 1L;

    private final String input;

    Computing(ComputationGraph graph, String name, int index, String input, DataType type) {
      super(graph, name, index, input, type);
      this.input = input;
    }

    @Override
    public INDArray doForward(boolean training, LayerWorkspaceMgr workspaces) {
      INDArray[] masks = graph.getInputMaskArrays();
      int at = graph.getConfiguration().getNetworkInputs().indexOf(input);
      if (masks != null && masks[at] != null) {
        throw masked(vertexName, input);
      }
      return super.doForward(training, workspaces);
    }
  }
}
