package org.qat4j.model;

import org.qat4j.QatException;

/**
 * What a model may ask of the machine that runs it. A file of a few hundred bytes can describe
 * values of gigabytes and hours of work; who reads files of others compares what they ask with
 * limits first.
 *
 * @param operations at most
 * @param steps of a sequence, at most
 * @param elements of all values together, and of what is added around them, at most
 * @param work of one prediction at most: multiplications and comparisons
 */
public record ModelLimits(int operations, long steps, long elements, long work) {
  /** 10,000 operations, 2^16 steps, 2^24 elements (64 MiB), 2^33 multiplications. */
  public static final ModelLimits DEFAULT = new ModelLimits(10_000, 1L << 16, 1L << 24, 1L << 33);

  /** None but those of {@link IntegerModel}. */
  public static final ModelLimits NONE =
      new ModelLimits(Integer.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);

  /**
   * Compares a model with the limits.
   *
   * @throws QatException if it needs more; the message says of what, and which operation most
   */
  public void check(IntegerModel model) {
    if (model.ops().size() > operations) {
      throw tooLarge("has " + model.ops().size() + " operations", operations, "operations");
    }
    ModelCost cost = ModelCost.of(model);
    if (cost.steps().amount() > steps) {
      throw tooLarge("has sequences of " + cost.steps(), steps, "steps");
    }
    if (cost.elements() > elements) {
      throw tooLarge(
          "has values of "
              + cost.elements()
              + " elements together (the largest has "
              + cost.largest()
              + ")",
          elements,
          "elements");
    }
    if (cost.work() > work) {
      throw tooLarge(
          "needs "
              + cost.work()
              + " multiplications or comparisons for one prediction (most of them, "
              + cost.hardest()
              + ")",
          work,
          "work");
    }
  }

  private static QatException tooLarge(String what, long limit, String name) {
    return new QatException(
        "the model "
            + what
            + "; the limit of "
            + name
            + " is "
            + limit
            + ". If you trust the file, raise it: --large-model on the command line, ModelLimits in"
            + " a program");
  }
}
