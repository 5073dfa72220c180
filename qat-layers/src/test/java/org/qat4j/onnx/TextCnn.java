package org.qat4j.onnx;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.qat4j.model.Input;
import org.qat4j.model.IntVector;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Output;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.model.TextInput;
import org.qat4j.numerics.QuantParams;
import org.qat4j.runtime.Sample;
import org.qat4j.text.WordEncoder;

/**
 * The usual text network with random weights: embedding, convolution with ReLU, maximum over time,
 * dense layer, softmax.
 */
record TextCnn(int vocabulary, int dimension, int steps, int filters, int kernel, int classes) {
  /** Small, for tests of form. */
  static final TextCnn SMALL = new TextCnn(50, 12, 20, 16, 3, 4);

  /** The size that docs/onnx.md gives figures of. */
  static final TextCnn ARTICLE = new TextCnn(20_000, 100, 100, 128, 5, 20);

  IntegerModel model(int bits) {
    Random random = new Random(1);
    QuantizedTensor table = tensor(random, bits, 1, vocabulary, dimension);
    QuantizedTensor conv = tensor(random, bits, filters, filters, kernel, dimension);
    QuantizedTensor dense = tensor(random, bits, classes, classes, filters);
    double spread = rms(table) * rms(conv) * Math.sqrt((double) kernel * dimension);
    float scale = (float) (table.scale(0) * conv.scale(0) * spread * 4 / 255);
    QuantParams relu = new QuantParams(scale, -128, -128, 127);
    return new IntegerModel(
        "text-cnn",
        List.of(new Input("tokens", Input.Kind.TOKENS, List.of(steps), vocabulary)),
        List.of(
            new Op.Embedding("embedding", "tokens", table),
            new Op.Conv1d(
                "conv",
                "embedding",
                conv,
                bias(random, filters, (int) spread),
                1,
                1,
                0,
                0,
                new Output.Codes(relu)),
            new Op.GlobalMaxPool("max", "conv"),
            new Op.Dense("logits", "max", dense, bias(random, classes, 1000), new Output.Real()),
            new Op.Softmax("output", "logits")),
        List.of("output"),
        List.of(new TextInput("tokens", encoder())),
        IntStream.range(0, classes).mapToObj(c -> "class " + c).toList());
  }

  private WordEncoder encoder() {
    List<String> words = IntStream.range(0, vocabulary - 2).mapToObj(w -> "word" + w).toList();
    return new WordEncoder(words, steps, true, false, false);
  }

  private static QuantizedTensor tensor(Random random, int bits, int scales, int... shape) {
    int size = IntStream.of(shape).reduce(1, (a, b) -> a * b);
    int largest = QuantParams.maxCode(bits);
    byte[] q = new byte[size];
    for (int i = 0; i < size; i++) {
      q[i] = (byte) (random.nextInt(2 * largest + 1) - largest);
    }
    float[] s = new float[scales];
    for (int c = 0; c < scales; c++) {
      s[c] = (1 + random.nextFloat()) / largest;
    }
    return new QuantizedTensor(q, shape, bits, s, 0);
  }

  private static double rms(QuantizedTensor t) {
    double sum = 0;
    for (byte q : t.codes()) {
      sum += q * q;
    }
    return Math.sqrt(sum / t.codes().length);
  }

  private static IntVector bias(Random random, int channels, int spread) {
    return IntVector.of(
        IntStream.range(0, channels).map(c -> random.nextInt(2 * spread + 1) - spread).toArray());
  }

  List<Sample> samples(int count, long seed) {
    Random random = new Random(seed);
    List<Sample> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      samples.add(Sample.ofTokens(random.ints(steps, 0, vocabulary).toArray()));
    }
    return samples;
  }
}
