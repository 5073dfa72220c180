package org.qat4j.layers;

import org.deeplearning4j.nn.api.MaskState;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.QatException;

/**
 * Lays a sequence [n, channels, steps] out as one vector [n, channels·steps], channel by channel,
 * in front of a dense layer. DL4J's own preprocessor for this place applies the dense layer to each
 * step instead.
 */
public final class FlattenPreProcessor implements InputPreProcessor {
  private static final long serialVersionUID = 1L;

  private long channels;
  private long steps;

  /** For DL4J's JSON reader. */
  public FlattenPreProcessor() {}

  /** For sequences of {@code steps} with {@code channels}. */
  public FlattenPreProcessor(long channels, long steps) {
    this.channels = channels;
    this.steps = steps;
  }

  public long getChannels() {
    return channels;
  }

  public void setChannels(long channels) {
    this.channels = channels;
  }

  public long getSteps() {
    return steps;
  }

  public void setSteps(long steps) {
    this.steps = steps;
  }

  @Override
  public INDArray preProcess(INDArray input, int miniBatchSize, LayerWorkspaceMgr workspaces) {
    if (input.rank() != 3 || input.size(1) != channels || input.size(2) != steps) {
      throw new QatException(
          "cannot flatten "
              + input.shapeInfoToString()
              + ": expected [n, "
              + channels
              + ", "
              + steps
              + "]");
    }
    INDArray c = workspaces.dup(ArrayType.ACTIVATIONS, input, 'c');
    return c.reshape('c', input.size(0), channels * steps);
  }

  @Override
  public INDArray backprop(INDArray output, int miniBatchSize, LayerWorkspaceMgr workspaces) {
    INDArray c = workspaces.dup(ArrayType.ACTIVATION_GRAD, output, 'c');
    return c.reshape('c', output.size(0), channels, steps);
  }

  @Override
  public InputPreProcessor clone() {
    return new FlattenPreProcessor(channels, steps);
  }

  @Override
  public InputType getOutputType(InputType inputType) {
    return InputType.feedForward(channels * steps);
  }

  @Override
  public Pair<INDArray, MaskState> feedForwardMaskArray(
      INDArray maskArray, MaskState currentMaskState, int minibatchSize) {
    return new Pair<>(null, currentMaskState);
  }
}
