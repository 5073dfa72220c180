package org.qat4j.qat.internal;

import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.activations.impl.ActivationTanH;
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
