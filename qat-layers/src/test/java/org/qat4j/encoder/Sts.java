package org.qat4j.encoder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;

/**
 * Pairs of sentences with scores of how alike they are: a file of STS-B, one pair a line.
 *
 * @param all sentences, those of a pair one behind the other
 * @param scores of the pairs
 */
record Sts(List<String> all, List<Double> scores) {
  /** Reads a file that lies beside this repository, or skips the test. */
  static Sts read(String name) throws IOException {
    Path file = Path.of(System.getProperty("qat4j.shared", "../../shared"), "data", "stsb", name);
    Assumptions.assumeTrue(Files.exists(file), () -> "skipped: " + file + " is not there");
    List<String> all = new ArrayList<>();
    List<Double> scores = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      List<String> fields = fields(line);
      all.add(fields.get(0));
      all.add(fields.get(1));
      scores.add(Double.parseDouble(fields.get(2)));
    }
    return new Sts(all, scores);
  }

  /** Fields between commas, some in quotation marks. */
  private static List<String> fields(String line) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        boolean twice = quoted && i + 1 < line.length() && line.charAt(i + 1) == '"';
        if (twice) {
          field.append(c);
          i++;
        } else {
          quoted = !quoted;
        }
      } else if (c == ',' && !quoted) {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    fields.add(field.toString());
    return fields;
  }

  /** Different sentences. */
  List<String> texts() {
    return all.stream().distinct().toList();
  }

  /** Spearman's correlation, times 100, of the scores with the cosines of vectors of length 1. */
  double spearman(float[][] vectors) {
    double[] cosines = new double[scores.size()];
    for (int i = 0; i < cosines.length; i++) {
      cosines[i] = SentenceVectors.dot(vectors[2 * i], vectors[2 * i + 1]);
    }
    double[] a = ranks(scores.stream().mapToDouble(d -> d).toArray());
    double[] b = ranks(cosines);
    double mean = (a.length + 1) / 2.0;
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (a[i] - mean) * (b[i] - mean);
      aa += (a[i] - mean) * (a[i] - mean);
      bb += (b[i] - mean) * (b[i] - mean);
    }
    return 100 * ab / Math.sqrt(aa * bb);
  }

  /** From 1 on; equal values have the mean of their places. */
  private static double[] ranks(double[] values) {
    List<Integer> order =
        IntStream.range(0, values.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> values[i]))
            .toList();
    double[] ranks = new double[values.length];
    for (int from = 0, to; from < values.length; from = to) {
      to = from;
      while (to < values.length && values[order.get(to)] == values[order.get(from)]) {
        to++;
      }
      for (int i = from; i < to; i++) {
        ranks[order.get(i)] = (from + 1 + to) / 2.0;
      }
    }
    return ranks;
  }
}
