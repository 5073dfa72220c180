package org.qat4j.runtime;

import java.io.Serializable;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.qat4j.QatException;
import org.qat4j.model.Input;
import org.qat4j.model.IntegerModel;

/**
 * What a model is given at once: one array for each of its inputs, in the order of {@link
 * IntegerModel#inputs()}. The arrays are shared, not copied, so that a caller may fill them again.
 */
public final class Sample implements Serializable {
  private static final long serialVersionUID = 1L;

  private final int[][] tokens;
  private final float[][] reals;

  private Sample(int[][] tokens, float[][] reals) {
    this.tokens = tokens;
    this.reals = reals;
  }

  /** Inputs for a model of which no data is at hand; the same seed gives the same samples. */
  public static List<Sample> random(IntegerModel model, int count, long seed) {
    return RandomSamples.of(model, count, seed);
  }

  /** One input for a model: a text of any length with padding behind, real values around 0. */
  public static Sample random(IntegerModel model, Random random) {
    return RandomSamples.draw(model, random);
  }

  /** For a model that reads token ids only. */
  public static Sample ofTokens(int[]... tokens) {
    return new Sample(tokens, new float[tokens.length][]);
  }

  /** For a model that reads real numbers only, each input row-major. */
  public static Sample ofReals(float[]... reals) {
    return new Sample(new int[reals.length][], reals);
  }

  /**
   * For a model that reads both.
   *
   * @param tokens one entry per input, null where the input is real
   * @param reals one entry per input, null where the input is token ids
   */
  public static Sample of(int[][] tokens, float[][] reals) {
    if (tokens.length != reals.length) {
      throw new QatException(
          "a sample needs one entry per input in both lists, not "
              + tokens.length
              + " and "
              + reals.length);
    }
    return new Sample(tokens, reals);
  }

  /** Token ids of input {@code i}, or null. */
  public int[] tokens(int i) {
    return tokens[i];
  }

  /** Real numbers of input {@code i}, or null. */
  public float[] reals(int i) {
    return reals[i];
  }

  /**
   * The same with padding behind token ids that are fewer than the steps of an input; itself where
   * none are.
   *
   * @param inputs of a model
   */
  public Sample padded(List<Input> inputs) {
    if (!isShort(inputs)) {
      return this;
    }
    int[][] padded = tokens.clone();
    for (int i = 0; i < padded.length; i++) {
      if (isShort(inputs.get(i), padded[i])) {
        padded[i] = Arrays.copyOf(padded[i], size(inputs.get(i))); // padding is 0
      }
    }
    return new Sample(padded, reals);
  }

  private boolean isShort(List<Input> inputs) {
    boolean isShort = false;
    for (int i = 0; i < tokens.length && tokens.length == inputs.size(); i++) {
      isShort |= isShort(inputs.get(i), tokens[i]);
    }
    return isShort;
  }

  private static boolean isShort(Input input, int[] ids) {
    return input.kind() == Input.Kind.TOKENS && ids != null && ids.length < size(input);
  }

  /**
   * Checks kinds, lengths and ranges.
   *
   * @throws QatException that names the input, and for an id its place and the ids allowed
   */
  public void check(List<Input> inputs) {
    if (tokens.length != inputs.size()) {
      throw new QatException(
          tokens.length + " arrays for a model with " + inputs.size() + " inputs: " + inputs);
    }
    for (int i = 0; i < tokens.length; i++) {
      Input input = inputs.get(i);
      int size = size(input);
      boolean isTokens = input.kind() == Input.Kind.TOKENS;
      int given = isTokens ? length(tokens[i]) : reals[i] == null ? -1 : reals[i].length;
      if (given != size) {
        throw new QatException(
            "input \""
                + input.name()
                + "\" needs "
                + size
                + (isTokens ? " token ids" : " real numbers")
                + (given < 0 ? ", but there are none of that kind" : ", not " + given));
      }
      if (isTokens) {
        checkIds(input, tokens[i]);
      }
    }
  }

  private static int size(Input input) {
    int size = 1;
    for (int i = 0; i < input.shape().size(); i++) {
      size *= input.shape().get(i);
    }
    return size;
  }

  private static int length(int[] ids) {
    return ids == null ? -1 : ids.length;
  }

  private static void checkIds(Input input, int[] ids) {
    for (int t = 0; t < ids.length; t++) {
      if (ids[t] < 0 || ids[t] >= input.vocabularySize()) {
        throw new QatException(
            "input \""
                + input.name()
                + "\", step "
                + t
                + ": token id "
                + ids[t]
                + " lies outside [0, "
                + input.vocabularySize()
                + ")");
      }
    }
  }
}
