package org.qat4j.qat.internal;

import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationTanH;
import org.qat4j.graph.internal.Topology;
import org.qat4j.model.Op;
import org.qat4j.model.Op.RealFunction.Form;

/** The functions that make a network's answers of its logits, in real numbers (12). */
final class Answers {
  /** For messages. */
  static final String SUPPORTED = "identity, softmax, sigmoid, tanh, relu and leakyrelu";

  private Answers() {}

  static boolean supports(IActivation f) {
    return isPlain(f) || operation(f, "name", "logits") != null;
  }

  /**
   * A network whose losses compute the functions of the products in front of them, so that these
   * make real logits; not initialized. The network itself where there are none. A dense layer with
   * softmax and a loss of what it makes are a dense layer and a loss of the softmax.
   *
   * @param network stays as it is
   */
  static Model moved(Model network) {
    Topology topology = Topology.of(network);
    Map<String, IActivation> functions = new HashMap<>();
    for (Topology.Node node : topology.nodes()) {
      IActivation f = Support.functionOfLogits(topology, node);
      if (f != null) {
        functions.put(node.name(), f);
      }
    }
    if (functions.isEmpty()) {
      return network;
    }
    Model copy = Topology.uninitializedCopy(network);
    Topology all = Topology.of(copy);
    functions.forEach(
        (name, f) -> {
          ((BaseLayer) all.node(name).layer()).setActivationFn(new ActivationIdentity());
          ((BaseLayer) all.consumers(name).get(0).layer()).setActivationFn(f);
        });
    return copy;
  }

  /** Whether logits are the answers. */
  static boolean isPlain(IActivation f) {
    return f instanceof ActivationIdentity;
  }

  /** Whether it is softmax, which reads more than one value and so has no table. */
  static boolean isSoftmax(Object layer) {
    return layer instanceof ActivationLayer a && a.getActivationFn() instanceof ActivationSoftmax;
  }

  /** The function of a value, or null where there is none. */
  static Op operation(IActivation f, String name, String logits) {
    if (f instanceof ActivationSoftmax) {
      return new Op.Softmax(name, logits);
    } else if (f instanceof ActivationSigmoid) {
      return new Op.RealFunction(name, Form.SIGMOID, logits, 0);
    } else if (f instanceof ActivationTanH) {
      return new Op.RealFunction(name, Form.TANH, logits, 0);
    } else if (f instanceof ActivationLReLU leaky) {
      return new Op.RealFunction(name, Form.LEAKY_RELU, logits, (float) leaky.getAlpha());
    } else if (f instanceof ActivationReLU relu && isUnset(relu.getMax())) {
      boolean plain = isUnset(relu.getThreshold()) && isUnset(relu.getNegativeSlope());
      return plain ? new Op.RealFunction(name, Form.RELU, logits, 0) : null;
    }
    return null;
  }

  private static boolean isUnset(Double value) {
    return value == null || value == 0;
  }
}
