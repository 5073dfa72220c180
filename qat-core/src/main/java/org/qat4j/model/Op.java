package org.qat4j.model;

import java.util.List;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.LayerNormStep;

/**
 * One operation of the frozen model. Each makes the value that bears its name. Equation numbers are
 * those of docs/quantization.md.
 */
public sealed interface Op {
  /** Unique in the model. */
  String name();

  /** Names of the values that it reads. */
  List<String> inputs();

  /** Weights or table of this operation, what reads its input before what reads its state. */
  default List<QuantizedTensor> tensors() {
    return List.of();
  }

  /**
   * Whether it only moves codes or leaves some out: what it makes has the scale of what it reads.
   */
  boolean keepsCodes();

  /**
   * Whether a step of what it makes depends on no other step of what it reads, so that a sequence
   * can be continued.
   */
  boolean isStepwise();

  /** Calls the method of {@code visitor} that fits this operation. */
  <R> R accept(Visitor<R> visitor);

  /**
   * One method for each kind of operation.
   *
   * @param <R> what the methods return
   */
  interface Visitor<R> {
    R visit(Quantize op);

    R visit(Embedding op);

    R visit(EmbeddingBag op);

    R visit(Conv1d op);

    R visit(Dense op);

    R visit(MaxPool1d op);

    R visit(GlobalMaxPool op);

    R visit(AvgPool1d op);

    R visit(GlobalAvgPool op);

    R visit(Concat op);

    R visit(Add op);

    R visit(Flatten op);

    R visit(Lookup op);

    R visit(Softmax op);

    R visit(RealFunction op);

    R visit(Recurrent op);

    R visit(LastStep op);

    R visit(NotZero op);

    R visit(RealSum op);

    R visit(Masked op);

    R visit(MaskedMean op);

    R visit(Attention op);

    R visit(LayerNorm op);

    R visit(Conv2d op);

    R visit(MaxPool2d op);

    R visit(AvgPool2d op);

    R visit(GlobalSumPool op);

    R visit(Select op);

    R visit(Transpose op);

    R visit(Reshape op);

    R visit(Elementwise op);
  }

  /** Real input to codes by (2) and (15). */
  record Quantize(String name, String input, QuantParams params) implements Op {
    @Override
    public List<String> inputs() {
      return List.of(input);
    }

    @Override
    public boolean keepsCodes() {
      return false;
    }

    @Override
    public boolean isStepwise() {
      return true;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Token ids [T] to codes [T, D] by (11): a gather.
   *
   * @param table [vocabulary, D], one scale, zero point 0
   */
  record Embedding(String name, String input, QuantizedTensor table) implements Op {
    @Override
    public List<String> inputs() {
      return List.of(input);
    }

    @Override
    public List<QuantizedTensor> tensors() {
      return List.of(table);
    }

    @Override
    public boolean keepsCodes() {
      return false;
    }

    @Override
    public boolean isStepwise() {
      return true;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Token ids [T] to one vector of codes [D]: sum or mean of the rows of the tokens that are not
   * padding (id 0), by (10); no token at all gives real 0.
   *
   * @param table [vocabulary, D], one scale, zero point 0
   * @param mean divide by the number of tokens
   */
  record EmbeddingBag(
      String name, String input, QuantizedTensor table, boolean mean, QuantParams output)
      implements Op {
    @Override
    public List<String> inputs() {
      return List.of(input);
    }

    @Override
    public List<QuantizedTensor> tensors() {
      return List.of(table);
    }

    @Override
    public boolean keepsCodes() {
      return false;
    }

    @Override
    public boolean isStepwise() {
      return false;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Convolution over time, codes [T, I] to [T', O]; steps beyond the ends are real 0.
   *
   * @param weights [O, K, I]
   * @param bias int32 at scale s_x·s_w[o]
   * @param padLeft steps added in front
   * @param padRight steps added behind
   */
  record Conv1d(
      String name,
      String input,
      QuantizedTensor weights,
      IntVector bias,
      int stride,
      int dilation,
      int padLeft,
      int padRight,
      Output output)
      implements Op {
    @Override
    public List<String> inputs() {
      return List.of(input);
    }

    @Override
    public List<QuantizedTensor> tensors() {
      return List.of(weights);
    }

    @Override
    public boolean keepsCodes() {
      return false;
    }

    @Override
    public boolean isStepwise() {
      return false;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Matrix product, codes [I] to [O], or per step [T, I] to [T, O].
   *
   * @param weights [O, I]
   * @param bias int32 at scale s_x·s_w[o]
   */
  record Dense(String name, String input, QuantizedTensor weights, IntVector bias, Output output)
      implements Op {
    @Override
    public List<String> inputs() {
      return List.of(input);
    }

    @Override
    public List<QuantizedTensor> tensors() {
      return List.of(weights);
    }

    @Override
    public boolean keepsCodes() {
      return false;
    }

    @Override
    public boolean isStepwise() {
      return true;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** Max over windows of steps, codes [T, C] to [T', C], no padding (9). */
  record MaxPool1d(String name, String input, int kernel, int stride) implements Op {
    @Override
    public List<String> inputs() {
      return List.of(input);
    }

    @Override
    public boolean keepsCodes() {
      return true;
    }

    @Override
    public boolean isStepwise() {
      return false;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** Max over all steps or positions, codes [T, C] or [H, W, C] to [C] (9). */
  record GlobalMaxPool(String name, String input) implements Op {
    @Override
    public List<String> inputs() {
      return List.of(input);
    }

    @Override
    public boolean keepsCodes() {
      return true;
    }

    @Override
    public boolean isStepwise() {
      return false;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Mean over windows of steps (10): the depthwise convolution with q_w = 1 and s_w = 1/n, codes
   * [T, C] to [T', C], requantized by (7).
   */
  record AvgPool1d(String name, String input, int kernel, int stride, QuantParams output)
      implements Op {
    @Override
    public List<String> inputs() {
      return List.of(input);
    }

    @Override
    public boolean keepsCodes() {
      return false;
    }

    @Override
    public boolean isStepwise() {
      return false;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** Mean over all steps or positions (10), codes [T, C] or [H, W, C] to [C]. */
  record GlobalAvgPool(String name, String input, QuantParams output) implements Op {
    @Override
    public List<String> inputs() {
      return List.of(input);
    }

    @Override
    public boolean keepsCodes() {
      return false;
    }

    @Override
    public boolean isStepwise() {
      return false;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** Codes side by side along the channels, each input by (1) then (2) where its scale differs. */
  record Concat(String name, List<String> inputs, QuantParams output) implements Op {
    public Concat {
      inputs = List.copyOf(inputs);
    }

    @Override
    public boolean keepsCodes() {
      return false;
    }

    @Override
    public boolean isStepwise() {
      return true;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Sum of values that share one scale and zero point (10). Networks are frozen into {@link
   * RealSum}, which asks for no shared scale; files of model.qat and models made by hand have this
   * one too.
   */
  record Add(String name, List<String> inputs, QuantParams output) implements Op {
    public Add {
      inputs = List.copyOf(inputs);
    }

    @Override
    public boolean keepsCodes() {
      return false;
    }

    @Override
    public boolean isStepwise() {
      return true;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** Codes [T, C] or [H, W, C] to one vector, step by step. */
  record Flatten(String name, String input) implements Op {
    @Override
    public List<String> inputs() {
      return List.of(input);
    }

    @Override
    public boolean keepsCodes() {
      return true;
    }

    @Override
    public boolean isStepwise() {
      return false;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Any function of one value (8): {@code table[q − qmin]} of the input's code.
   *
   * @param table one code per code of the input
   */
  record Lookup(String name, String input, IntVector table, QuantParams output) implements Op {
    @Override
    public List<String> inputs() {
      return List.of(input);
    }

    @Override
    public boolean keepsCodes() {
      return false;
    }

    @Override
    public boolean isStepwise() {
      return true;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** Softmax of real values over the last dimension, in float32. */
  record Softmax(String name, String input) implements Op {
    @Override
    public List<String> inputs() {
      return List.of(input);
    }

    @Override
    public boolean keepsCodes() {
      return false;
    }

    @Override
    public boolean isStepwise() {
      return true;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * A function of each real value, in float32 (12).
   *
   * @param slope below 0, of {@link Form#LEAKY_RELU}; 0 for the others
   */
  record RealFunction(String name, Form function, String input, float slope) implements Op {
    /** What is computed. */
    public enum Form {
      SIGMOID,
      TANH,
      RELU,
      LEAKY_RELU
    }

    @Override
    public List<String> inputs() {
      return List.of(input);
    }

    @Override
    public boolean keepsCodes() {
      return false;
    }

    @Override
    public boolean isStepwise() {
      return true;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * LSTM or simple recurrence (16), codes [T, I] to [T, H]; state and cell begin at real 0, and are
   * real 0 at the steps that the mask leaves out.
   *
   * @param mask token ids, or what {@link NotZero} makes, [T]: 0 where a step is left out; null for
   *     none
   * @param weights [G·H, I], gate by gate
   * @param recurrent [G·H, H]
   * @param bias int32 at scale s_x·s_W[c], (G·H)
   * @param reverse from the last step to the first
   */
  record Recurrent(
      String name,
      String input,
      String mask,
      QuantizedTensor weights,
      QuantizedTensor recurrent,
      IntVector bias,
      Cell cell,
      boolean reverse,
      QuantParams output)
      implements Op {
    @Override
    public List<String> inputs() {
      return masked(input, mask);
    }

    @Override
    public List<QuantizedTensor> tensors() {
      return cell.peepholes() == null
          ? List.of(weights, recurrent)
          : List.of(weights, recurrent, cell.peepholes());
    }

    /** Number of values of the state, H. */
    public int units() {
      return recurrent.rank() == 2 ? recurrent.dim(1) : 0;
    }

    @Override
    public boolean keepsCodes() {
      return false;
    }

    @Override
    public boolean isStepwise() {
      return false;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * The last step that the mask does not leave out, codes [T, C] to [C]; where it leaves out all,
   * the last of all.
   *
   * @param mask as of {@link Recurrent}
   */
  record LastStep(String name, String input, String mask) implements Op {
    @Override
    public List<String> inputs() {
      return masked(input, mask);
    }

    @Override
    public boolean keepsCodes() {
      return true;
    }

    @Override
    public boolean isStepwise() {
      return false;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * A mask [T] of codes or real values [T, C], one or more: 1 for a step at which any of them has a
   * value other than real 0.
   */
  record NotZero(String name, List<String> inputs) implements Op {
    public NotZero {
      inputs = List.copyOf(inputs);
    }

    @Override
    public boolean keepsCodes() {
      return false;
    }

    @Override
    public boolean isStepwise() {
      return true;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Sum of values of one shape, whatever their scales (10): real numbers by (1), added in float32
   * in their order, and codes by (2). What a residual connection adds is rounded once where it is
   * read.
   *
   * @param exponents e of each channel, whose codes mean 2^e·s·(q − z); empty for one scale
   */
  record RealSum(String name, List<String> inputs, QuantParams output, IntVector exponents)
      implements Op {
    public RealSum {
      inputs = List.copyOf(inputs);
    }

    /** With one scale for all channels. */
    public RealSum(String name, List<String> inputs, QuantParams output) {
      this(name, inputs, output, Value.ONE_SCALE);
    }

    /** Scales of the channels of what is added, 2^−e of them where the sum's have 2^e. */
    public float[] scales(Value addend) {
      float[] scales = new float[addend.shape().get(addend.shape().size() - 1)];
      for (int c = 0; c < scales.length; c++) {
        int own = exponents.size() == 0 ? 0 : exponents.get(c);
        scales[c] = Math.scalb(addend.params().scale(), addend.exponent(c) - own);
      }
      return scales;
    }

    @Override
    public boolean keepsCodes() {
      return false;
    }

    @Override
    public boolean isStepwise() {
      return true;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Codes [T, C] with one code at all steps that the mask leaves out: the smallest, so that none of
   * them is a maximum over time, or that of real 0.
   *
   * @param mask as of {@link Recurrent}
   * @param zero real 0, not the smallest code
   */
  record Masked(String name, String input, String mask, boolean zero) implements Op {
    @Override
    public List<String> inputs() {
      return masked(input, mask);
    }

    @Override
    public boolean keepsCodes() {
      return true;
    }

    @Override
    public boolean isStepwise() {
      return true;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Mean over the steps that the mask does not leave out (10), codes [T, C] to [C].
   *
   * @param mask as of {@link Recurrent}
   */
  record MaskedMean(String name, String input, String mask, QuantParams output) implements Op {
    @Override
    public List<String> inputs() {
      return masked(input, mask);
    }

    @Override
    public boolean keepsCodes() {
      return false;
    }

    @Override
    public boolean isStepwise() {
      return false;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Multi-head self-attention (17), codes [T, 3·C] of queries, keys and values side by side to [T,
   * C].
   *
   * @param mask as of {@link Recurrent}: steps that are not looked at
   * @param heads equal parts of the channels
   * @param prefix first steps that each step looks at, ≥ 0; of those behind it looks at none after
   *     itself; {@link org.qat4j.numerics.internal.AttentionStep#EVERYTHING} for all
   * @param exponential {@link org.qat4j.numerics.internal.GateTable} of exp(−8 − x)
   */
  record Attention(
      String name,
      String input,
      String mask,
      int heads,
      int prefix,
      IntVector exponential,
      QuantParams output)
      implements Op {
    @Override
    public List<String> inputs() {
      return masked(input, mask);
    }

    @Override
    public boolean keepsCodes() {
      return false;
    }

    @Override
    public boolean isStepwise() {
      return false;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Layer normalization over the channels of each step (18), codes [C] or [T, C] to the same shape.
   * The channels that it reads may have scales of their own.
   *
   * @param gain int16 at the scale 2^−shift, (C)
   * @param bias int32 at the scale 2^−(shift + 10), (C)
   * @param shift 0 to 15
   * @param epsilon added to the variance, in real numbers, in [0, 1]
   */
  record LayerNorm(
      String name,
      String input,
      IntVector gain,
      IntVector bias,
      int shift,
      double epsilon,
      QuantParams output)
      implements Op {
    /** With the usual ε. */
    public LayerNorm(
        String name, String input, IntVector gain, IntVector bias, int shift, QuantParams output) {
      this(name, input, gain, bias, shift, LayerNormStep.EPSILON, output);
    }

    @Override
    public List<String> inputs() {
      return List.of(input);
    }

    @Override
    public boolean keepsCodes() {
      return false;
    }

    @Override
    public boolean isStepwise() {
      return true;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  private static List<String> masked(String input, String mask) {
    return mask == null ? List.of(input) : List.of(input, mask);
  }

  /**
   * Convolution over an image, codes [H, W, I] to [H', W', O]; beyond the edges is real 0.
   *
   * @param weights [O, kH, kW, I / groups]
   * @param bias int32 at scale s_x·s_w[o]
   * @param groups 1, or I: then output channel o reads input channel ⌊o·I / O⌋ alone (depthwise)
   */
  record Conv2d(
      String name,
      String input,
      QuantizedTensor weights,
      IntVector bias,
      Window2d window,
      int groups,
      Output output)
      implements Op {
    @Override
    public List<String> inputs() {
      return List.of(input);
    }

    @Override
    public List<QuantizedTensor> tensors() {
      return List.of(weights);
    }

    @Override
    public boolean keepsCodes() {
      return false;
    }

    @Override
    public boolean isStepwise() {
      return false;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Max over windows of an image, codes [H, W, C] to [H', W', C] (9); what lies beyond the edges
   * does not count.
   */
  record MaxPool2d(String name, String input, Window2d window) implements Op {
    @Override
    public List<String> inputs() {
      return List.of(input);
    }

    @Override
    public boolean keepsCodes() {
      return true;
    }

    @Override
    public boolean isStepwise() {
      return false;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Mean over windows of an image (10), codes [H, W, C] to [H', W', C]: the depthwise convolution
   * with q_w = 1 and s_w = 1/n for n taps; beyond the edges is real 0.
   *
   * @param inside divide by the number of taps that lie in the image, as a masked mean (10) divides
   *     by that of the steps
   */
  record AvgPool2d(String name, String input, Window2d window, boolean inside, QuantParams output)
      implements Op {
    /** With one divisor for all windows. */
    public AvgPool2d(String name, String input, Window2d window, QuantParams output) {
      this(name, input, window, false, output);
    }

    @Override
    public List<String> inputs() {
      return List.of(input);
    }

    @Override
    public boolean keepsCodes() {
      return false;
    }

    @Override
    public boolean isStepwise() {
      return false;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** Sum over all steps or positions (10), codes [T, C] or [H, W, C] to [C]. */
  record GlobalSumPool(String name, String input, QuantParams output) implements Op {
    @Override
    public List<String> inputs() {
      return List.of(input);
    }

    @Override
    public boolean keepsCodes() {
      return false;
    }

    @Override
    public boolean isStepwise() {
      return false;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Codes at some places along one dimension, in any order and as often as wanted: cropping,
   * repeating, a part of the channels, padding with real 0.
   *
   * @param axis which dimension, from 0
   * @param places for each place of the result one of the input; −1 for real 0
   */
  record Select(String name, String input, int axis, IntVector places) implements Op {
    @Override
    public List<String> inputs() {
      return List.of(input);
    }

    @Override
    public boolean keepsCodes() {
      return true;
    }

    @Override
    public boolean isStepwise() {
      return false;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Codes with their dimensions in another order.
   *
   * @param order dimension i of the result is dimension {@code order[i]} of the input
   */
  record Transpose(String name, String input, IntVector order) implements Op {
    @Override
    public List<String> inputs() {
      return List.of(input);
    }

    @Override
    public boolean keepsCodes() {
      return true;
    }

    @Override
    public boolean isStepwise() {
      return false;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** The same codes, row-major, in another shape. */
  record Reshape(String name, String input, IntVector shape) implements Op {
    @Override
    public List<String> inputs() {
      return List.of(input);
    }

    @Override
    public boolean keepsCodes() {
      return true;
    }

    @Override
    public boolean isStepwise() {
      return false;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Values of one shape, element by element.
   *
   * <p>DIFFERENCE, MEAN and MAX read values of one scale and zero point. With acc in int32, by
   * (10): DIFFERENCE of two is (2) of (float)(q₁ − q₂)·s, MEAN of n is (2) of (float)Σ(q − z)·s /
   * (float)n, PRODUCT of two is (2) of (float)((q₁ − z₁)·(q₂ − z₂))·(s₁·s₂). MAX is the largest
   * code and keeps scale and zero point (9).
   */
  record Elementwise(String name, Function function, List<String> inputs, QuantParams output)
      implements Op {
    /** What is computed. */
    public enum Function {
      DIFFERENCE,
      PRODUCT,
      MEAN,
      MAX
    }

    public Elementwise {
      inputs = List.copyOf(inputs);
    }

    @Override
    public boolean keepsCodes() {
      return false;
    }

    @Override
    public boolean isStepwise() {
      return true;
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }
}
