package org.qat4j.layers;

import java.io.Serializable;

/**
 * How one layer is quantized; part of the layer's configuration and its JSON.
 *
 * <p>A reference to a quantizer is "layer/slot", for example {@code "out/INPUT"}: the scale with
 * which a value is quantized may belong to the layer that reads it, so that branches which meet
 * share one scale and are rounded once.
 */
public final class QuantSettings implements Serializable {
  private static final long serialVersionUID = 1L;

  private String layer = "";
  private int weightBits = 8;
  private boolean perChannel = true;
  private int activationBits = 8;
  private boolean symmetricActivations;
  private float momentum = 0.05f;
  private boolean ownInput;
  private boolean ownPreActivation;
  private boolean ownOutput;
  private String inputRef;
  private String outputRef;
  private long fakeQuantFrom;
  private long observeUntil = Long.MAX_VALUE;

  /** Name of the layer in its network. */
  public String getLayer() {
    return layer;
  }

  public void setLayer(String layer) {
    this.layer = layer;
  }

  /** Bits of weights or embedding rows, 2 to 8. */
  public int getWeightBits() {
    return weightBits;
  }

  public void setWeightBits(int weightBits) {
    this.weightBits = weightBits;
  }

  /** One weight scale per output channel, or one for the layer. */
  public boolean isPerChannel() {
    return perChannel;
  }

  public void setPerChannel(boolean perChannel) {
    this.perChannel = perChannel;
  }

  /** Bits of activations, 2 to 8. */
  public int getActivationBits() {
    return activationBits;
  }

  public void setActivationBits(int activationBits) {
    this.activationBits = activationBits;
  }

  /** Zero point 0 and narrow range for activations. */
  public boolean isSymmetricActivations() {
    return symmetricActivations;
  }

  public void setSymmetricActivations(boolean symmetricActivations) {
    this.symmetricActivations = symmetricActivations;
  }

  /** Weight of a new batch in the moving average of the range, in (0, 1]; 0 for min-max. */
  public float getMomentum() {
    return momentum;
  }

  public void setMomentum(float momentum) {
    this.momentum = momentum;
  }

  /** Whether this layer quantizes what it reads. */
  public boolean isOwnInput() {
    return ownInput;
  }

  public void setOwnInput(boolean ownInput) {
    this.ownInput = ownInput;
  }

  /** Whether the value before the activation function is quantized (table look-up follows). */
  public boolean isOwnPreActivation() {
    return ownPreActivation;
  }

  public void setOwnPreActivation(boolean ownPreActivation) {
    this.ownPreActivation = ownPreActivation;
  }

  /** Whether this layer owns the quantizer of what it hands on. */
  public boolean isOwnOutput() {
    return ownOutput;
  }

  public void setOwnOutput(boolean ownOutput) {
    this.ownOutput = ownOutput;
  }

  /** Quantizer that made the codes that this layer reads; null where it reads token ids. */
  public String getInputRef() {
    return inputRef;
  }

  public void setInputRef(String inputRef) {
    this.inputRef = inputRef;
  }

  /** Quantizer of the codes that this layer makes; null where it makes real logits. */
  public String getOutputRef() {
    return outputRef;
  }

  public void setOutputRef(String outputRef) {
    this.outputRef = outputRef;
  }

  /** Number of training steps that only observe, before fake quantization starts. */
  public long getFakeQuantFrom() {
    return fakeQuantFrom;
  }

  public void setFakeQuantFrom(long fakeQuantFrom) {
    this.fakeQuantFrom = fakeQuantFrom;
  }

  /** Number of training steps after which ranges stay as they are. */
  public long getObserveUntil() {
    return observeUntil;
  }

  public void setObserveUntil(long observeUntil) {
    this.observeUntil = observeUntil;
  }
}
