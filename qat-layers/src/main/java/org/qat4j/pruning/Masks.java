package org.qat4j.pruning;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.pruning.internal.MaskConstraint;

/** The masks among the constraints of a layer. */
final class Masks {
  private Masks() {}

  /**
   * Masks values of a parameter from now on, beside those that are, and sets them to 0.
   *
   * @param layer has the parameter itself, not one that it wraps: DL4J asks that one alone
   */
  static void add(Layer layer, String param, INDArray values, BitSet more) {
    BitSet pruned = get(layer, param);
    pruned.or(more);
    MaskConstraint mask = MaskConstraint.of(param, (int) values.length(), pruned);
    List<LayerConstraint> constraints = others(layer, param);
    constraints.add(mask);
    layer.setConstraints(constraints);
    mask.apply(values);
  }

  /** Which values of a parameter are pruned; none where it has no mask. */
  static BitSet get(Layer layer, String param) {
    List<LayerConstraint> constraints = layer.getConstraints();
    for (LayerConstraint c : constraints == null ? List.<LayerConstraint>of() : constraints) {
      if (c instanceof MaskConstraint mask && mask.getParam().equals(param)) {
        return mask.bits();
      }
    }
    return new BitSet();
  }

  /** Constraints without the mask of a parameter. */
  private static List<LayerConstraint> others(Layer layer, String param) {
    List<LayerConstraint> kept = new ArrayList<>();
    List<LayerConstraint> constraints = layer.getConstraints();
    if (constraints != null) {
      for (LayerConstraint c : constraints) {
        if (!(c instanceof MaskConstraint mask && mask.getParam().equals(param))) {
          kept.add(c);
        }
      }
    }
    return kept;
  }
}
