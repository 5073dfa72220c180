package org.qat4j.bench;

import org.qat4j.runtime.Predictor;

/** From raw text to answer with the integer runtime: the encoders included. */
final class PredictorEngine extends Engine {
  private final EncodedTexts texts;
  private final Predictor predictor;
  private final int[] answers;

  PredictorEngine(String name, EncodedTexts texts) {
    super(name);
    this.texts = texts;
    this.predictor = new Predictor(texts.model());
    this.answers = new int[texts.batches()];
  }

  @Override
  void answer(int i) {
    for (int j = 0; j < texts.batch(); j++) {
      answers[i] += FirstPrediction.answer(predictor, texts.text(i, j));
    }
  }

  @Override
  long tableBytes() {
    return predictor.runtime().tableBytes();
  }
}
