package org.qat4j.data;

import java.util.ArrayList;
import java.util.List;

/**
 * Takes rows for validation and test out of those to train on, by the hash of a key: the choice is
 * the same on every machine and whatever rows stand around, and rows with the same key stay
 * together.
 */
public final class Holdout<T> {
  private final double testBelow;
  private final double validationBelow;
  private final double from;
  private final List<T> train = new ArrayList<>();
  private final List<T> validation = new ArrayList<>();
  private final List<T> test = new ArrayList<>();

  /** Shares in [0, 1), together below 1. */
  public Holdout(double testShare, double validationShare) {
    this(testShare, validationShare, 0);
  }

  /**
   * @param from where in [0, 1) the hashes of the test rows begin; those of the validation rows
   *     follow, and 0 comes behind 1
   */
  public Holdout(double testShare, double validationShare, double from) {
    this.testBelow = testShare;
    this.validationBelow = testShare + validationShare;
    this.from = from;
  }

  public void add(String key, T row) {
    double hash = Hashes.unit(key);
    double u = hash < from ? 1 + hash - from : hash - from;
    (u < testBelow ? test : u < validationBelow ? validation : train).add(row);
  }

  public List<T> train() {
    return train;
  }

  public List<T> validation() {
    return validation;
  }

  public List<T> test() {
    return test;
  }
}
