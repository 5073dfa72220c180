package org.qat4j.bench;

import org.qat4j.runtime.IntegerRuntime;
import org.qat4j.runtime.RuntimeOptions;
import org.qat4j.runtime.Sample;

/** The integer runtime. A batch is answered text by text. */
final class JavaEngine extends Engine {
  private final EncodedTexts texts;
  private final RuntimeOptions options;
  private final boolean cold;
  private final Sample[] samples;
  private final float[][] answers;
  private IntegerRuntime runtime;

  /**
   * @param cold begin every turn with empty tables
   */
  JavaEngine(String name, EncodedTexts texts, RuntimeOptions options, boolean cold) {
    super(name);
    this.texts = texts;
    this.options = options;
    this.cold = cold;
    this.runtime = new IntegerRuntime(texts.model(), options);
    this.samples = new Sample[texts.batches() * texts.batch()];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = Sample.ofTokens(texts.ids(i / texts.batch(), i % texts.batch()));
    }
    this.answers = new float[texts.batches()][runtime.outputSize()];
  }

  @Override
  void prepare() {
    if (cold) {
      runtime = new IntegerRuntime(texts.model(), options);
    }
  }

  @Override
  boolean takesAllTexts() {
    return cold;
  }

  @Override
  void answer(int i) {
    for (int j = 0; j < texts.batch(); j++) {
      runtime.run(samples[i * texts.batch() + j], answers[i]);
    }
  }

  @Override
  long tableBytes() {
    return runtime.tableBytes();
  }
}
