package org.qat4j.bench;

import java.util.List;
import org.qat4j.model.Input;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.TextInput;

/** Texts as a model is given them, in batches of one size. */
final class EncodedTexts {
  private final IntegerModel model;
  private final List<String> texts;
  private final int batch;

  /** [text][input][step]. */
  private final int[][][] ids;

  EncodedTexts(IntegerModel model, List<String> texts, int batch) {
    this.model = model;
    this.texts = texts;
    this.batch = batch;
    this.ids = texts.stream().map(text -> encode(model, text)).toArray(int[][][]::new);
  }

  /** Token ids of each input. */
  static int[][] encode(IntegerModel model, String text) {
    return model.inputs().stream().map(i -> encode(model, i, text)).toArray(int[][]::new);
  }

  private static int[] encode(IntegerModel model, Input input, String text) {
    for (TextInput t : model.text()) {
      if (t.input().equals(input.name())) {
        return t.encoder().encode(text);
      }
    }
    throw new IllegalArgumentException("no text encoder for " + input);
  }

  IntegerModel model() {
    return model;
  }

  /** Number of whole batches. */
  int batches() {
    return texts.size() / batch;
  }

  /** Texts in a batch. */
  int batch() {
    return batch;
  }

  /** Text {@code j} of batch {@code i}. */
  String text(int i, int j) {
    return texts.get(i * batch + j);
  }

  /** Ids of text {@code j} of batch {@code i}, by input. */
  int[][] ids(int i, int j) {
    return ids[i * batch + j];
  }
}
