package org.qat4j.runtime.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.stream.IntStream;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.TextLengths;
import org.qat4j.runtime.Sample;

/**
 * The plans of a model: one for the longest texts, and one for each length that occurs, made when
 * it first does. All work in the workspaces of the first. Thread-safe.
 */
public final class Plans {
  private static final int MOST = 512;

  private final IntegerModel model;
  private final TextLengths lengths;
  private final Kernels kernels;
  private final TableBudget budget;
  private final Shared shared = new Shared();
  private final List<Group> groups = new ArrayList<>();
  private final Plan whole;
  private final AtomicReferenceArray<Plan> shorter;
  private final Rows[] sequences; // by output; null where it is none

  /**
   * @param causality of the model, or null
   */
  public Plans(IntegerModel model, Causality causality, Kernels kernels, TableBudget budget) {
    this.model = model;
    this.lengths = TextLengths.of(model);
    this.kernels = kernels;
    this.budget = budget;
    this.whole = new PlanBuilder(model, causality, kernels, budget, shared).build();
    int[] roots =
        IntStream.range(0, model.inputs().size())
            .filter(lengths::isFlexible)
            .map(lengths::group)
            .distinct()
            .toArray();
    int plans = 1;
    for (int root : roots) {
      Group group = group(root, (int) Math.pow(MOST, 1.0 / roots.length));
      groups.add(group);
      plans *= group.count;
    }
    this.shorter = new AtomicReferenceArray<>(plans);
    this.sequences = model.outputs().stream().map(this::rows).toArray(Rows[]::new);
  }

  /**
   * An output with a row for each step of a text.
   *
   * @param width values of a row
   */
  private record Rows(Group inputs, int width) {}

  private Rows rows(String output) {
    for (Group group : groups) {
      if (lengths.isSequence(output)
          && lengths.group(lengths.inputOf(output)) == lengths.group(group.inputs[0])) {
        return new Rows(group, model.value(output).shape().get(1));
      }
    }
    return null;
  }

  private Group group(int root, int most) {
    int[] inputs =
        IntStream.range(0, model.inputs().size()).filter(i -> lengths.group(i) == root).toArray();
    boolean answers =
        model.outputs().stream()
            .anyMatch(o -> lengths.isSequence(o) && lengths.group(lengths.inputOf(o)) == root);
    return new Group(lengths, inputs, most, answers);
  }

  /** Inputs whose sequences are cut alike. */
  private static final class Group {
    private final int[] inputs;
    private final int limit;
    private final int margin;
    private final int least;

    /** Steps are cut off in multiples of it. */
    private final int grain;

    /** Number of lengths. */
    private final int count;

    /** Whether each step has an answer. */
    private final boolean answers;

    Group(TextLengths lengths, int[] inputs, int most, boolean answers) {
      int first = inputs[0];
      int stride = lengths.stride(first);
      this.inputs = inputs;
      this.limit = lengths.limit(first);
      this.margin = lengths.margin(first);
      this.least = lengths.least(first);
      int cut = limit - least;
      this.grain = stride * Math.max(1, (cut / stride + most - 1) / most);
      this.count = cut / grain + 1;
      this.answers = answers;
    }

    /** How many times the grain is cut off. */
    int cuts(Sample sample) {
      int tokens = 0;
      for (int input : inputs) {
        tokens = Math.max(tokens, TextLengths.tokens(sample.tokens(input)));
      }
      int cut = limit - TextLengths.steps(tokens, margin, least, grain, limit);
      return (answers ? Math.min(cut, missing(sample)) : cut) / grain;
    }

    /** Steps that the sample does not have. */
    int missing(Sample sample) {
      int given = 0;
      for (int input : inputs) {
        given = Math.max(given, sample.tokens(input).length);
      }
      return limit - given;
    }
  }

  /** The plan for the longest texts. */
  public Plan whole() {
    return whole;
  }

  /** What is known of the lengths of texts. */
  public TextLengths lengths() {
    return lengths;
  }

  /**
   * Number of values of an output. A sample with fewer steps than the model has fewer rows, where
   * each step has one.
   */
  public int outputSize(int output, Sample sample) {
    Rows rows = sequences[output];
    int size = whole.outputSize(output);
    return rows == null ? size : Math.max(0, size - rows.width() * rows.inputs().missing(sample));
  }

  /** The plan for a sample; of inputs that are shorter than the model's the rest is padding. */
  public Plan of(Sample sample) {
    int index = 0;
    for (int i = 0; i < groups.size(); i++) {
      index = index * groups.get(i).count + groups.get(i).cuts(sample);
    }
    if (index == 0) {
      return whole;
    }
    Plan plan = shorter.getAcquire(index);
    return plan == null ? make(index) : plan;
  }

  private Plan make(int index) {
    int[] steps = new int[model.inputs().size()];
    int rest = index;
    for (int i = groups.size() - 1; i >= 0; i--) {
      Group group = groups.get(i);
      for (int input : group.inputs) {
        steps[input] = group.limit - rest % group.count * group.grain;
      }
      rest /= group.count;
    }
    Plan plan = new PlanBuilder(lengths.shortened(steps), null, kernels, budget, shared).build();
    return shorter.compareAndSet(index, null, plan) ? plan : shorter.getAcquire(index);
  }
}
