package org.qat4j.layers.internal.quantizing;

import java.util.Arrays;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Broadcast;
import org.qat4j.QatException;

/** What a layer is taught to hand on in one step; see {@link LayerQuantizer#teach}. */
final class HiddenTarget {
  private final String layer;
  private final INDArray values;
  private final float weight;
  private INDArray gradient;

  HiddenTarget(String layer, INDArray values, float weight) {
    this.layer = layer;
    this.values = values;
    this.weight = weight;
  }

  /**
   * Compares with what the layer hands on.
   *
   * @param mask [n, t], 0 where a step of y [n, c, t] is padding; or null
   */
  void compare(INDArray y, INDArray mask) {
    if (!Arrays.equals(y.shape(), values.shape())) {
      throw new QatException(
          "layer \""
              + layer
              + "\" hands on "
              + Arrays.toString(y.shape())
              + " and cannot be taught "
              + Arrays.toString(values.shape())
              + ", the teacher's; leave it out of the hidden layers of the distillation");
    }
    // DL4J's gradients are sums over the examples, so that n is no part of the mean here.
    INDArray d = y.sub(values.castTo(y.dataType())).muli((double) weight * y.size(0) / y.length());
    if (mask != null && y.rank() == 3) {
      Broadcast.mul(d, mask.castTo(y.dataType()), d, 0, 2);
    }
    gradient = d.detach();
  }

  /** The gradient of what the layer handed on, and of the comparison. */
  INDArray addGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    if (gradient == null) {
      throw new QatException("layer \"" + layer + "\" cannot be taught what to hand on");
    }
    return workspaces.dup(ArrayType.BP_WORKING_MEM, epsilon).addi(gradient);
  }
}
