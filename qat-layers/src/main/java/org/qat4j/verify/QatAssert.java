package org.qat4j.verify;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.qat4j.format.ModelFile;
import org.qat4j.model.IntegerModel;
import org.qat4j.runtime.Prediction;
import org.qat4j.runtime.Predictor;

/**
 * Fails a test, and with it a build, when a frozen model falls below its gate. Throws an {@link
 * AssertionError}, so that it goes with every test framework:
 *
 * <pre>{@code
 * QatAssert.assertThat(Path.of("model.qat"))
 *     .takesAtMost(1_000_000)
 *     .answers(labelsByText, 0.9);
 * }</pre>
 */
public final class QatAssert {
  /** Wrong answers that a message shows. */
  private static final int SHOWN = 5;

  /** Standard normal quantile of 97.5 %. */
  private static final double Z = 1.959964;

  private final IntegerModel model;

  private QatAssert(IntegerModel model) {
    this.model = model;
  }

  /** Of a model. */
  public static QatAssert assertThat(IntegerModel model) {
    return new QatAssert(model);
  }

  /**
   * Of the model in a file.
   *
   * @throws org.qat4j.QatException if the file is no model
   */
  public static QatAssert assertThat(Path file) {
    return new QatAssert(ModelFile.read(file));
  }

  /**
   * The model file is not too large.
   *
   * @param bytes of the file, with vocabulary and labels
   * @throws AssertionError if it takes more; the message says by how much
   */
  public QatAssert takesAtMost(long bytes) {
    long size = ModelFile.toBytes(model).length;
    if (size > bytes) {
      throw new AssertionError(
          String.format(
              Locale.ROOT,
              "the model \"%s\" takes %,d bytes, %,d more than %,d",
              model.name(),
              size,
              size - bytes,
              bytes));
    }
    return this;
  }

  /**
   * Texts are answered rightly often enough. The share itself decides; the message of a failure has
   * its 95 % interval as well (Wilson, <i>Probable inference, the law of succession, and
   * statistical inference</i>, 1927), which is wide where texts are few.
   *
   * @param labels right answers by their texts, one or more
   * @param share of right answers that is asked for, 0 to 1
   * @throws AssertionError if it is smaller; the message says by how much, and which are wrong
   * @throws org.qat4j.QatException if the model does not give one label to a text
   */
  public QatAssert answers(Map<String, String> labels, double share) {
    if (labels.isEmpty()) {
      throw new AssertionError("no texts were given, of which nothing can be said");
    }
    Predictor predictor = new Predictor(model);
    List<String> wrong = new ArrayList<>();
    labels.forEach(
        (text, label) -> {
          Prediction answer = predictor.predict(text);
          if (!answer.label().equals(label)) {
            wrong.add("\"" + text + "\" is " + label + ", not " + answer.label());
          }
        });
    double reached = 1 - wrong.size() / (double) labels.size();
    if (reached < share) {
      double[] interval = wilson(reached, labels.size());
      throw new AssertionError(
          String.format(
              Locale.ROOT,
              "the model \"%s\" answers %.2f %% [%.2f, %.2f] of %,d texts rightly, %.2f points less"
                  + " than %.2f %%; %s%s",
              model.name(),
              100 * reached,
              100 * interval[0],
              100 * interval[1],
              labels.size(),
              100 * (share - reached),
              100 * share,
              String.join("; ", wrong.subList(0, Math.min(SHOWN, wrong.size()))),
              wrong.size() > SHOWN ? "; and " + (wrong.size() - SHOWN) + " more" : ""));
    }
    return this;
  }

  /** Interval of a share of n, [low, high]. */
  static double[] wilson(double p, int n) {
    double z2 = Z * Z;
    double middle = (p + z2 / (2 * n)) / (1 + z2 / n);
    double half = Z / (1 + z2 / n) * Math.sqrt(p * (1 - p) / n + z2 / (4.0 * n * n));
    return new double[] {middle - half, middle + half};
  }
}
