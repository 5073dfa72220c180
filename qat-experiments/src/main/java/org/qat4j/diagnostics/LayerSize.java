package org.qat4j.diagnostics;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.qat4j.format.ModelFile;
import org.qat4j.graph.internal.Topology;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.QuantizedTensor;

/**
 * What a layer takes before and after.
 *
 * @param layer its name
 * @param floatBytes four for each parameter of the layer in the float network
 * @param weights in the integer model
 * @param zeros share of these that are 0
 * @param packedBytes of these at their bit width
 * @param bytes of these in model.qat, scales included, where zeros are left out if that is smaller
 */
public record LayerSize(
    String layer, long floatBytes, long weights, double zeros, long packedBytes, long bytes) {

  /**
   * The layers that have weights.
   *
   * @param network the float network
   * @param model made of it, perhaps after pruning
   */
  public static List<LayerSize> of(Model network, IntegerModel model) {
    List<LayerSize> sizes = new ArrayList<>();
    for (Topology.Node node : Topology.of(network).nodes()) {
      if (node.layer() == null) {
        continue;
      }
      long parameters = node.layer().initializer().numParams(node.conf());
      List<QuantizedTensor> tensors =
          model.ops().stream()
              .filter(op -> belongs(op, node.name()))
              .flatMap(op -> op.tensors().stream())
              .toList();
      if (!tensors.isEmpty()) {
        long weights = tensors.stream().mapToLong(t -> t.codes().length).sum();
        sizes.add(
            new LayerSize(
                node.name(),
                Float.BYTES * parameters,
                weights,
                QuantizedTensor.zeroShare(tensors),
                tensors.stream().mapToLong(QuantizedTensor::packedBytes).sum(),
                tensors.stream().mapToLong(ModelFile::bytes).sum()));
      }
    }
    return sizes;
  }

  /** Operations that a layer becomes are called as the layer, or "layer/part". */
  private static boolean belongs(Op op, String layer) {
    return op.name().equals(layer) || op.name().startsWith(layer + "/");
  }
}
