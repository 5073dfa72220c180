package org.qat4j.layers.internal.quantizing;

import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.QatException;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.quantizer.Mode;

/**
 * One quantized layer on its way through a network, in the mode in which that runs. Training:
 * observe, then fake-quantize, forward and backward. Evaluation: integer codes.
 */
public final class LayerPass {
  private final Layer layer;
  private final QuantSettings settings;
  private final QuantState state;
  private final LayerScales scales;
  private final LayerWeights weights;
  private Mode mode = Mode.QAT;
  private boolean fresh;
  private boolean observing;
  private INDArray mask;

  /** What the layer is taught to hand on, or null. */
  private HiddenTarget target;

  /** Whether the last pass was on codes, behind which a gradient goes straight back. */
  private boolean straight;

  private boolean stale;
  private boolean substituting;

  LayerPass(
      Layer layer,
      QuantSettings settings,
      QuantState state,
      LayerScales scales,
      LayerWeights weights) {
    this.layer = layer;
    this.settings = settings;
    this.state = state;
    this.scales = scales;
    this.weights = weights;
  }

  public Mode mode() {
    return mode;
  }

  /** Switches the mode; leaving {@link Mode#CALIBRATE} sets the ranges. */
  public void setMode(Mode next) {
    if (mode == Mode.CALIBRATE) {
      scales.endCalibration();
    }
    if (next == Mode.CALIBRATE) {
      scales.beginCalibration();
      weights.calibrate();
      state.setMasked(false);
    }
    mode = next;
  }

  /** Whether this pass computes on integer codes. */
  public boolean integer(boolean training) {
    straight = !training && mode == Mode.QAT;
    return straight;
  }

  /** Whether this pass is fake-quantized. */
  public boolean fake(boolean training) {
    return training && mode == Mode.QAT && state.steps() > settings.schedule().fakeQuantFrom();
  }

  /** Training steps that this layer has seen. */
  public long trainingSteps() {
    return state.steps();
  }

  /** Tells that the layer was given a new input. */
  public void newInput() {
    fresh = true;
  }

  /**
   * A mask of rows, as sentences that are images have it, has no form in the model.
   *
   * @param mask or null
   */
  public void refuseMaskOfImages(INDArray mask) {
    if (mask != null && (mode == Mode.QAT || mode == Mode.CALIBRATE)) {
      throw new QatException(
          "layer \""
              + settings.layer()
              + "\": it was given a mask of images, of which the model has no form; give none, and"
              + " fill up with zeros; or read texts as sequences [n, channels, t] with"
              + " Convolution1DLayer, whose masks are frozen");
    }
  }

  /** Tells which steps of the values that the layer makes are padding; null for none. */
  public void setMask(INDArray mask) {
    this.mask = mask;
  }

  /** Which steps of what the layer makes are padding; null for none. */
  public INDArray mask() {
    return mask;
  }

  /**
   * Begins a pass, once for each input: counts the step and observes and fake-quantizes the input
   * where this layer owns its quantizer.
   *
   * @param inputMask [n, t] or null
   * @return {@code x} itself, or a copy in the INPUT workspace
   */
  public INDArray begin(
      INDArray x, INDArray inputMask, boolean training, LayerWorkspaceMgr workspaces) {
    if (!fresh) {
      return x;
    }
    fresh = false;
    stale = true;
    if (training && mode == Mode.QAT) {
      state.countStep();
    }
    observing = observes(training);
    if (inputMask != null && (observing || fake(training)) && !state.masked()) {
      state.setMasked(true);
    }
    ActivationQuantizer q = scales.quantizer(Slot.INPUT);
    if (q == null) {
      return x;
    }
    if (observing) {
      q.observe(x, inputMask);
    }
    DataType type = layer.params().dataType(); // features may be integers, as anywhere in DL4J
    if (!fake(training)) {
      return x.dataType() == type ? x : workspaces.castTo(ArrayType.INPUT, type, x, false);
    }
    INDArray copy =
        x.dataType() == type
            ? workspaces.dup(ArrayType.INPUT, x, 'c')
            : workspaces.dup(ArrayType.INPUT, x.castTo(type), 'c');
    q.fakeQuantize(copy);
    return copy;
  }

  private boolean observes(boolean training) {
    return training
        ? mode == Mode.QAT && settings.schedule().observesIn(state.steps())
        : mode == Mode.CALIBRATE;
  }

  /**
   * Computes with fake-quantized weights where this pass has them, then observes and fake-quantizes
   * what was made.
   */
  public INDArray forward(boolean training, Supplier<INDArray> compute) {
    return compared(quantize(Slot.OUTPUT, withWeights(training, compute), training), training);
  }

  /** Compares what the layer hands on with what it is taught. */
  public INDArray compared(INDArray y, boolean training) {
    if (training && target != null) {
      target.compare(y, mask);
    }
    return y;
  }

  /** The gradient of what the layer hands on, with that of what it is taught. */
  public INDArray taught(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    return target == null ? epsilon : target.addGradient(epsilon, workspaces);
  }

  /**
   * Teaches the layer what to hand on in the next training step.
   *
   * @param values like those that the layer hands on, or null to end the lessons
   * @param weight of the mean over the values of ½·(own − taught)²
   */
  public void teach(INDArray values, float weight) {
    target = values == null ? null : new HiddenTarget(settings.layer(), values, weight);
  }

  /** Computes with fake-quantized weights where this pass has them. */
  public <T> T withWeights(boolean training, Supplier<T> compute) {
    if (!weights.haveCopies() || substituting || !fake(training)) {
      return compute.get();
    }
    if (stale) {
      weights.refreshCopies();
      stale = false;
    }
    substituting = true;
    try {
      return compute.get();
    } finally {
      substituting = false;
    }
  }

  /**
   * A parameter as the layer shall see it.
   *
   * @param own the layer's own
   */
  public INDArray param(String key, INDArray own) {
    return substituting ? weights.copy(key, own) : own;
  }

  /**
   * The backward pass around that of DL4J's layer: through the quantizers of what was made, of the
   * weights, and of what was read.
   *
   * @param backprop DL4J's own
   */
  public Pair<Gradient, INDArray> backward(
      INDArray epsilon,
      LayerWorkspaceMgr workspaces,
      Function<INDArray, Pair<Gradient, INDArray>> backprop) {
    INDArray made = gradient(Slot.OUTPUT, taught(epsilon, workspaces), workspaces);
    INDArray delta = gradient(Slot.PRE, made, workspaces);
    return backward(workspaces, () -> backprop.apply(delta));
  }

  /** The same for a layer that takes the gradient through what it made by itself. */
  public Pair<Gradient, INDArray> backward(
      LayerWorkspaceMgr workspaces, Supplier<Pair<Gradient, INDArray>> backprop) {
    Pair<Gradient, INDArray> back = withWeights(true, backprop);
    back.setSecond(gradient(Slot.INPUT, back.getSecond(), workspaces));
    Map<String, INDArray> gradients = back.getFirst().gradientForVariable();
    if (fake(true) && !straight) {
      weights.backward(gradients);
    }
    for (String key : layer.paramTable().keySet()) {
      if (QuantParamInitializer.isRange(key)) {
        gradients.put(key, state.gradient(key));
      }
    }
    return back;
  }

  /** Whether what the layer makes is observed in this pass. */
  public boolean observing() {
    return observing;
  }

  /** Observes an array of this layer, where this pass does that. */
  public void observe(Slot slot, INDArray y) {
    if (observing) {
      scales.require(slot).observe(y, mask);
    }
  }

  /** Observes and fake-quantizes an array of this layer in place. */
  INDArray quantize(Slot slot, INDArray y, boolean training) {
    ActivationQuantizer q = scales.quantizer(slot);
    if (q == null) {
      return y;
    }
    if (observing) {
      q.observe(y, mask);
    }
    return fake(training) ? fakeQuantize(slot, y) : y;
  }

  /**
   * Quantizes what goes into an activation function that is looked up.
   *
   * @param again whether DL4J computes its forward pass again, so that nothing is observed twice
   */
  public INDArray preActivation(INDArray z, boolean training, boolean again) {
    return within(Slot.PRE, z, training, again);
  }

  /** The same at any place within the layer. */
  public INDArray within(Slot slot, INDArray z, boolean training, boolean again) {
    if (!again) {
      return quantize(slot, z, training);
    }
    ActivationQuantizer q = scales.quantizer(slot);
    return q != null && fake(true) ? fakeQuantize(slot, z) : z;
  }

  private INDArray fakeQuantize(Slot slot, INDArray y) {
    INDArray dense = Floats.dense(y) ? y : y.dup('c');
    scales.fakeQuantize(slot, dense);
    if (dense != y) {
      y.assign(dense);
    }
    return y;
  }

  /** Gradient of what was quantized in a slot before it was. */
  public INDArray gradient(Slot slot, INDArray epsilon, LayerWorkspaceMgr workspaces) {
    ActivationQuantizer q = scales.quantizer(slot);
    if (q == null || epsilon == null || straight || !fake(true)) {
      return epsilon;
    }
    ArrayType where = slot == Slot.INPUT ? ArrayType.ACTIVATION_GRAD : ArrayType.BP_WORKING_MEM;
    return q.gradient(epsilon, where, workspaces);
  }

  /** Rounds the gathered rows of an embedding, in training and in evaluation. */
  public INDArray quantizedRows(INDArray rows, boolean training) {
    if (integer(training) || fake(training)) {
      weights.table().quantize(rows, training);
    }
    return compared(rows, training);
  }

  /** Gradient of gathered rows before they were rounded. */
  public INDArray rowGradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    return fake(true) ? weights.table().gradient(epsilon, workspaces) : epsilon;
  }

  /** Whether running statistics are used in this step of a training too. */
  public boolean statisticsFrozen() {
    return mode == Mode.QAT && state.steps() > settings.schedule().freezeBatchNormAfter();
  }
}
