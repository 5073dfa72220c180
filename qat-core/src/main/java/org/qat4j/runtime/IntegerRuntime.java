package org.qat4j.runtime;

import java.util.List;
import org.qat4j.QatException;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Value;
import org.qat4j.runtime.internal.Causality;
import org.qat4j.runtime.internal.KernelChoice;
import org.qat4j.runtime.internal.Kernels;
import org.qat4j.runtime.internal.Plan;
import org.qat4j.runtime.internal.Plans;
import org.qat4j.runtime.internal.Pool;
import org.qat4j.runtime.internal.TableBudget;
import org.qat4j.runtime.internal.Workspace;
import org.qat4j.runtime.reference.ReferenceRuntime;

/**
 * Executes a frozen model. Every value equals that of {@link ReferenceRuntime} bit for bit.
 *
 * <p>Thread-safe. A run allocates nothing, apart from the results that a method returns, once as
 * many runs were in progress at a time as ever will be and the tokens that occur were seen before
 * or the tables are full. (The vectors of the Vector API are objects until the JIT compiler has
 * seen the loops often enough.)
 */
public final class IntegerRuntime {
  private final IntegerModel model;
  private final Kernels kernels;
  private final TableBudget budget;
  private final Causality causality; // or null
  private final Plans plans;
  private final Pool<Workspace> workspaces;

  /** A runtime with the default options. */
  public IntegerRuntime(IntegerModel model) {
    this(model, RuntimeOptions.defaults());
  }

  /**
   * @throws QatException if the options ask for a kernel that this JVM does not have
   */
  public IntegerRuntime(IntegerModel model, RuntimeOptions options) {
    this.model = model;
    this.kernels = KernelChoice.of(options.kernel());
    this.budget = new TableBudget(options.tableBytes());
    this.causality = Causality.of(model);
    this.plans = new Plans(model, causality, kernels, budget);
    this.workspaces = new Pool<>(plans.whole()::newWorkspace);
  }

  /** The model that is executed. */
  public IntegerModel model() {
    return model;
  }

  /** The kernel that is used: SCALAR or VECTOR. */
  public RuntimeOptions.Kernel kernel() {
    return kernels.kind();
  }

  /** Bytes that the token tables take now; they grow up to {@link RuntimeOptions#tableBytes()}. */
  public long tableBytes() {
    return budget.used();
  }

  /**
   * Runs on sequences that begin alike.
   *
   * @throws QatException if the first output is not a sequence of real values
   */
  SequenceRun sequenceRun() {
    Value output = model.value(model.outputs().get(0));
    if (!output.isReal() || output.shape().size() != 2) {
      throw new QatException(
          "the output \"" + model.outputs().get(0) + "\" is not a sequence of real values");
    }
    return new SequenceRun(plans.whole(), model.inputs(), causality);
  }

  /** Number of values of the first output, for the longest texts. */
  public int outputSize() {
    return plans.whole().outputSize(0);
  }

  /**
   * Number of values of the first output for a sample: where each step of a text has an answer, of
   * a sample with fewer steps than the model's.
   */
  public int outputSize(Sample sample) {
    return plans.outputSize(0, sample);
  }

  /**
   * The first output for a model that reads token ids only: logits or probabilities, row-major;
   * codes as the real values that they stand for. A text may have fewer ids than the model has
   * steps: the rest is padding; where each step has an answer, there are so many fewer of them, and
   * those behind the last token mean nothing.
   *
   * @param tokens ids of each input, in the model's order
   * @throws QatException if they do not fit the model
   */
  public float[] run(int[]... tokens) {
    return run(Sample.ofTokens(tokens));
  }

  /** The same for any sample. */
  public float[] run(Sample sample) {
    Sample whole = whole(sample);
    float[] out = new float[outputSize(sample)];
    run(sample, whole, out, out.length);
    return out;
  }

  /**
   * The same into an array of the caller's.
   *
   * @param out at least {@link #outputSize(Sample)} long
   * @throws QatException if the sample does not fit the model or {@code out} is too short
   */
  public void run(Sample sample, float[] out) {
    Sample whole = whole(sample);
    int size = outputSize(sample);
    if (out.length < size) {
      throw new QatException(
          "the output has " + size + " values, the array given for it only " + out.length);
    }
    run(sample, whole, out, size);
  }

  private void run(Sample sample, Sample whole, float[] out, int size) {
    Plan plan = plans.of(sample);
    Workspace w = workspaces.take();
    plan.run(whole, w);
    plan.copy(w, 0, out, size);
    end(plan, w);
  }

  /** The first output of each sample. */
  public float[][] run(List<Sample> samples) {
    float[][] out = new float[samples.size()][];
    for (int i = 0; i < out.length; i++) {
      out[i] = run(samples.get(i));
    }
    return out;
  }

  /**
   * All outputs of one sample, in the order of {@link IntegerModel#outputs()}.
   *
   * @throws QatException if the sample does not fit the model
   */
  public float[][] runAll(Sample sample) {
    Sample whole = whole(sample);
    Plan plan = plans.of(sample);
    Workspace w = workspaces.take();
    plan.run(whole, w);
    float[][] out = new float[plan.outputs()][];
    for (int i = 0; i < out.length; i++) {
      out[i] = new float[plans.outputSize(i, sample)];
      plan.copy(w, i, out[i], out[i].length);
    }
    end(plan, w);
    return out;
  }

  /** With padding where there is none, and checked. */
  private Sample whole(Sample sample) {
    Sample whole = sample.padded(model.inputs());
    whole.check(model.inputs());
    return whole;
  }

  private void end(Plan plan, Workspace w) {
    plan.release(w);
    workspaces.give(w);
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
    return new ReferenceRuntime(model).trace(sample);
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
