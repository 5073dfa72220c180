package org.qat4j.layers.internal.fast;

import java.util.Map;
import org.deeplearning4j.nn.gradient.DefaultGradient;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.params.LSTMParamInitializer;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.numerics.QuantParams;

/**
 * Forward and backward pass of an LSTM (Greff et al., arXiv:1503.04069, appendix A), with or
 * without peepholes, or of a simple recurrent layer, in real numbers, with the state rounded after
 * each step or not. Gates in DL4J's order c, f, o, i. Keeps what the backward pass needs; not
 * thread-safe.
 */
public interface RecurrentPass {
  // The keys of the parameters of both layers are the same.
  String WEIGHTS = LSTMParamInitializer.INPUT_WEIGHT_KEY;
  String RECURRENT = LSTMParamInitializer.RECURRENT_WEIGHT_KEY;
  String BIAS = LSTMParamInitializer.BIAS_KEY;

  /**
   * A pass.
   *
   * @param gate of f, o and i; null for a layer without gates and cell
   */
  static RecurrentPass of(IActivation gate, IActivation activation, DataType type) {
    return LstmLoops.supports(gate, activation, type)
        ? new LstmLoops()
        : new RecurrentOperations(gate, activation, false);
  }

  /** A pass of an LSTM with peepholes. */
  static RecurrentPass withPeepholes(IActivation gate, IActivation activation) {
    return new RecurrentOperations(gate, activation, true);
  }

  boolean hasCell();

  /** States before they were rounded, [n, units, t]. */
  INDArray exactStates();

  /** Cells, [n, units, t]. */
  INDArray cells();

  /** The state after the last step, [n, units], a copy. */
  INDArray lastState();

  /** The cell after the last step, [n, units], a copy; null without cells. */
  INDArray lastCell();

  /**
   * All steps.
   *
   * @param input [n, k, t]
   * @param weights [k, gates·units]
   * @param recurrent [units, gates·units], and behind that the peepholes of f, o and i, [units, 3]
   * @param bias gates·units values
   * @param state before the first step, [n, units], or null for 0
   * @param cell likewise
   * @param steps which count, [n, t], or null
   * @param rounding of the state, or null
   * @return states [n, units, t], to be copied
   */
  INDArray forward(
      INDArray input,
      INDArray weights,
      INDArray recurrent,
      INDArray bias,
      INDArray state,
      INDArray cell,
      INDArray steps,
      QuantParams rounding);

  /**
   * Gradients of the last forward pass.
   *
   * @param epsilon of the states, [n, units, t]
   * @param gradients of the parameters, to which is added
   * @param last so many steps at the end are gone back, all where it is not positive
   * @param plain whether the gradient passes where rounding clipped, too
   * @return that of the input, [n, k, t]
   */
  INDArray backward(
      INDArray epsilon,
      INDArray weights,
      INDArray recurrent,
      Map<String, INDArray> gradients,
      int last,
      boolean plain,
      LayerWorkspaceMgr workspaces);

  /** The gradient of a layer, all of it 0. */
  static Gradient noGradient(INDArray flat, Map<String, INDArray> views) {
    Gradient gradient = new DefaultGradient(flat);
    for (String key : new String[] {WEIGHTS, RECURRENT, BIAS}) {
      gradient.gradientForVariable().put(key, views.get(key).assign(0));
    }
    return gradient;
  }
}
