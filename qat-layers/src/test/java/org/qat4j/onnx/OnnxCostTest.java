package org.qat4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.qat4j.model.IntegerModel;
import org.qat4j.onnx.internal.ByteProducts;
import org.qat4j.onnx.internal.ModelMetadata;
import org.qat4j.onnx.internal.OnnxRunner;
import org.qat4j.runtime.Sample;

/**
 * Prints what docs/onnx.md says of the cost of each form: bytes, exactness, time. Forms alternate
 * within each round, on one thread; a ratio is the median of those of the rounds.
 */
@Tag("slow")
class OnnxCostTest {
  private static final int ROUNDS = 15;
  private static final int SAMPLES = 512;

  @Test
  void formsOfATextNetwork() {
    for (int bits : new int[] {8, 4}) {
      IntegerModel model = TextCnn.ARTICLE.model(bits);
      Map<String, OnnxRunner> forms = new LinkedHashMap<>();
      OnnxOptions standard = OnnxOptions.DEFAULT;
      add(forms, model, "default", standard);
      if (ByteProducts.exact()) {
        add(forms, model, "vnni", standard.withVnni(true));
      }
      if (bits <= 4) {
        add(forms, model, "int4", standard.withInt4(true));
      }
      System.out.printf(Locale.ROOT, "weights of %d bits%n", bits);
      for (int batch : new int[] {1, 32}) {
        time(forms, batch);
      }
      forms.values().forEach(OnnxRunner::close);
    }
  }

  private static void add(
      Map<String, OnnxRunner> forms, IntegerModel model, String name, OnnxOptions options) {
    byte[] onnx = OnnxExporter.toBytes(model, options);
    Agreement agreement = new Agreement(options);
    agreement.compare(0, model, TextCnn.ARTICLE.samples(8, 2));
    int words = ModelMetadata.of(model).get(ModelMetadata.TEXT).length();
    System.out.printf(
        Locale.ROOT,
        "%-9s %,d bytes without vocabulary; %s%n",
        name,
        onnx.length - words,
        agreement);
    assertThat(agreement.mismatches()).isEmpty();
    long before = System.nanoTime();
    forms.put(name, new OnnxRunner(model, onnx, 1));
    System.out.printf(
        Locale.ROOT, "%-9s loaded in %.0f ms%n", name, (System.nanoTime() - before) / 1e6);
  }

  private static void time(Map<String, OnnxRunner> forms, int batch) {
    List<Sample> samples = TextCnn.ARTICLE.samples(SAMPLES, 3);
    Map<String, List<Double>> times = new LinkedHashMap<>();
    for (int round = -2; round < ROUNDS; round++) {
      for (Map.Entry<String, OnnxRunner> form : forms.entrySet()) {
        long before = System.nanoTime();
        for (int i = 0; i < SAMPLES; i += batch) {
          form.getValue().run(samples.subList(i, i + batch));
        }
        double micros = (System.nanoTime() - before) / 1e3 / SAMPLES;
        if (round >= 0) {
          times.computeIfAbsent(form.getKey(), f -> new ArrayList<>()).add(micros);
        }
      }
    }
    List<Double> base = times.get("default");
    times.forEach(
        (form, micros) -> {
          double[] ratios = new double[ROUNDS];
          for (int i = 0; i < ROUNDS; i++) {
            ratios[i] = micros.get(i) / base.get(i);
          }
          Arrays.sort(ratios);
          double[] sorted = micros.stream().mapToDouble(x -> x).sorted().toArray();
          System.out.printf(
              Locale.ROOT,
              "%-9s batch %2d: %.1f us a sample (%.1f to %.1f), ratio %.2f (%.2f to %.2f)%n",
              form,
              batch,
              sorted[ROUNDS / 2],
              sorted[0],
              sorted[ROUNDS - 1],
              ratios[ROUNDS / 2],
              ratios[0],
              ratios[ROUNDS - 1]);
        });
  }
}
