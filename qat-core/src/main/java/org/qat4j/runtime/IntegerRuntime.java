package org.qat4j.runtime;

import java.util.List;
import org.qat4j.QatException;
import org.qat4j.model.IntegerModel;

/**
 * Executes a frozen model. Every value equals that of {@link ReferenceRuntime} bit for bit.
 * Thread-safe.
 */
public final class IntegerRuntime {
  private final IntegerModel model;
  private final ReferenceRuntime reference;

  public IntegerRuntime(IntegerModel model) {
    this.model = model;
    this.reference = new ReferenceRuntime(model);
  }

  /** The model that is executed. */
  public IntegerModel model() {
    return model;
  }

  /** Number of values of the first output. */
  public int outputSize() {
    return model.value(model.outputs().get(0)).size();
  }

  /**
   * The first output for a model that reads token ids only: logits or probabilities, row-major;
   * codes as the real values that they stand for.
   *
   * @param tokens ids of each input, in the model's order
   * @throws QatException if they do not fit the model
   */
  public float[] run(int[]... tokens) {
    return run(Sample.ofTokens(tokens));
  }

  /** The same for any sample. */
  public float[] run(Sample sample) {
    float[] out = new float[outputSize()];
    run(sample, out);
    return out;
  }

  /**
   * The same into an array of the caller's.
   *
   * @param out at least {@link #outputSize()} long
   */
  public void run(Sample sample, float[] out) {
    float[] result = reference.run(sample);
    System.arraycopy(result, 0, out, 0, result.length);
  }

  /** The first output of each sample. */
  public float[][] run(List<Sample> samples) {
    float[][] out = new float[samples.size()][];
    for (int i = 0; i < out.length; i++) {
      out[i] = run(samples.get(i));
    }
    return out;
  }

  /** Index of the largest value of the first output. */
  public int classify(Sample sample) {
    return argmax(run(sample));
  }

  /**
   * All values of one sample, computed by {@link ReferenceRuntime}.
   *
   * @throws QatException if the sample does not fit the model
   */
  public Trace trace(Sample sample) {
    return reference.trace(sample);
  }

  /** Index of the largest value; of equal ones the lowest (12). */
  public static int argmax(float[] values) {
    int best = 0;
    for (int i = 1; i < values.length; i++) {
      if (values[i] > values[best]) {
        best = i;
      }
    }
    return best;
  }
}
