package org.qat4j.encoder;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The published encoder in ONNX Runtime and as a network of this library's layers. */
class RealEncoderTest {
  private static final int LENGTH = 64;

  @TempDir Path folder;

  @Test
  void hiddenStatesAreThoseOfOnnxRuntime() throws Exception {
    Path onnx = Jars.unpack("all-minilm-l6-v2.onnx", folder);
    Path tokenizer = Jars.unpack("all-minilm-l6-v2-tokenizer.json", folder);
    Encoder encoder = Encoder.read(onnx, tokenizer);
    assertThat(encoder.shape())
        .hasToString(
            "EncoderShape[blocks=6, channels=384, heads=12, width=1536, vocabulary=30522,"
                + " positions=512, types=2, epsilon="
                + (double) 1e-12f
                + "]");

    Compared single = compare(encoder, onnx, texts(), false);
    System.out.printf(
        "difference %.2e, cosine from %.9f, %d texts%n",
        single.difference, single.cosine, single.texts);
    assertThat(single.difference).isLessThanOrEqualTo(5e-5);
    assertThat(single.cosine).isGreaterThanOrEqualTo(0.999999);

    Compared pairs =
        compare(encoder, onnx, List.of("A man eats.\tSomebody has a meal.", "one alone"), true);
    assertThat(pairs.difference).isLessThanOrEqualTo(5e-5);
  }

  /** STS-B where it is there, or some sentences. */
  private static List<String> texts() throws IOException {
    Path stsb = Path.of(System.getProperty("qat4j.shared", "../../shared"), "data", "stsb");
    if (!Files.isDirectory(stsb)) {
      return List.of("A man is playing a guitar.", "Ein Hund läuft über die Wiese!", "", "中文 text");
    }
    List<String> all = new ArrayList<>();
    try (Stream<Path> files = Files.walk(stsb)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        for (String line : Files.readAllLines(file)) {
          all.addAll(Arrays.asList(line.split("\t", -1)));
        }
      }
    }
    List<String> sentences = all.stream().filter(s -> s.contains(" ")).distinct().toList();
    return sentences.subList(
        0, Math.min(Integer.getInteger("qat4j.sentences", 24), sentences.size()));
  }

  private record Compared(double difference, double cosine, int texts) {}

  private static Compared compare(Encoder encoder, Path onnx, List<String> texts, boolean pairs)
      throws Exception {
    EncoderNetwork network = new EncoderNetwork(encoder, LENGTH, pairs);
    ComputationGraph graph = EncoderGraphs.hidden(network);
    network.setWeights(graph);
    double difference = 0;
    double cosine = 1;
    try (OrtSession session = OrtEnvironment.getEnvironment().createSession(onnx.toString())) {
      for (String text : texts) {
        int[] ids = network.text().get(0).encoder().encode(text);
        int[] types = pairs ? network.text().get(2).encoder().encode(text) : new int[LENGTH];
        int n = (int) Arrays.stream(ids).filter(i -> i != 0).count();
        float[][] expected = hidden(session, Arrays.copyOf(ids, n), Arrays.copyOf(types, n));
        INDArray mask = Nd4j.zeros(1, LENGTH);
        for (int i = 0; i < n; i++) {
          mask.putScalar(0, i, 1);
        }
        INDArray found = EncoderGraphs.run(graph, network, text, mask);
        double[] a = new double[expected[0].length];
        double[] b = new double[a.length];
        for (int i = 0; i < n; i++) {
          for (int c = 0; c < a.length; c++) {
            double value = found.getDouble(0, c, i);
            difference = Math.max(difference, Math.abs(value - expected[i][c]));
            a[c] += value;
            b[c] += expected[i][c];
          }
        }
        cosine = Math.min(cosine, dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b)));
      }
    }
    return new Compared(difference, cosine, texts.size());
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static float[][] hidden(OrtSession session, int[] ids, int[] types) throws Exception {
    OrtEnvironment env = OrtEnvironment.getEnvironment();
    int[] ones = new int[ids.length];
    Arrays.fill(ones, 1);
    try (OnnxTensor i = OnnxTensor.createTensor(env, longs(ids));
        OnnxTensor m = OnnxTensor.createTensor(env, longs(ones));
        OnnxTensor t = OnnxTensor.createTensor(env, longs(types));
        OrtSession.Result result =
            session.run(Map.of("input_ids", i, "attention_mask", m, "token_type_ids", t))) {
      return ((float[][][]) result.get(0).getValue())[0];
    }
  }

  private static long[][] longs(int[] values) {
    return new long[][] {Arrays.stream(values).asLongStream().toArray()};
  }
}
