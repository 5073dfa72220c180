package org.qat4j.model.internal;

import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.qat4j.text.TextEncoder;

/**
 * How many steps of each input of a network are needed for a text: those up to its last token, and
 * {@link #margin} more. Inputs whose sequences meet are cut alike: they have one {@link #group}.
 */
public class InputLengths {
  protected final LengthRules rules;
  protected final int[] texts;

  /**
   * @param rules that have followed the inputs through the network
   * @param texts number there of each input; −1 of one that is no text
   */
  public InputLengths(LengthRules rules, int[] texts) {
    this.rules = rules;
    this.texts = texts;
  }

  /** Whether any input can be cut. */
  public boolean isFlexible() {
    return IntStream.range(0, texts.length).anyMatch(this::isFlexible);
  }

  /** Whether an input can be cut. */
  public boolean isFlexible(int input) {
    return texts[input] >= 0 && rules.isRead(texts[input]) && !rules.isFixed(texts[input]);
  }

  /** A number that inputs have in common which must be cut alike. */
  public int group(int input) {
    return texts[input] < 0 ? -1 : rules.root(texts[input]);
  }

  /** Steps of padding that must be left behind the last token of an input. */
  public int margin(int input) {
    return rules.margin(texts[input]);
  }

  /** The fewest steps that an input may be cut to. */
  public int least(int input) {
    return rules.least(texts[input]);
  }

  /** Steps can be cut off in multiples of this number. */
  public int stride(int input) {
    return rules.stride(texts[input]);
  }

  /** The most steps of an input. */
  public int limit(int input) {
    return rules.limit(texts[input]);
  }

  /**
   * The fewest steps that an input may be cut to for a text.
   *
   * @param tokens steps up to the last that is no padding
   */
  public int steps(int input, int tokens) {
    return steps(tokens, margin(input), least(input), stride(input), limit(input));
  }

  /**
   * The fewest steps that a text may be cut to.
   *
   * @param tokens steps up to the last that is no padding; 0 cuts nothing off
   */
  public static int steps(int tokens, int margin, int least, int stride, int limit) {
    int needed = Math.max(least, tokens + margin);
    return tokens == 0 || needed >= limit ? limit : limit - (limit - needed) / stride * stride;
  }

  /**
   * Steps up to the last that is no padding, of an input and those that are cut alike.
   *
   * @param ids of each input
   */
  public int tokens(int input, IntFunction<int[]> ids) {
    int most = 0;
    for (int i = 0; i < texts.length; i++) {
      most = group(i) == group(input) ? Math.max(most, tokens(ids.apply(i))) : most;
    }
    return most;
  }

  /** Steps up to the last that is no padding. */
  public static int tokens(int[] ids) {
    int n = ids.length;
    while (n > 0 && ids[n - 1] == TextEncoder.PADDING) {
      n--;
    }
    return n;
  }
}
