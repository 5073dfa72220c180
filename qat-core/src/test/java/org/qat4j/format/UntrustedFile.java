package org.qat4j.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.qat4j.QatException;
import org.qat4j.model.Input;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.runtime.IntegerRuntime;
import org.qat4j.runtime.Sample;
import org.qat4j.runtime.reference.ReferenceRuntime;

/** What must hold of any bytes that are read as a model file. */
final class UntrustedFile {
  /** Bytes that reading may allocate, in all, for a byte of the file and without any. */
  private static final long PER_BYTE = 128;

  private static final long ONCE = 64 << 10;

  /** Models that ask for more work than this are not executed here. */
  private static final long MAX_PRODUCTS = 100_000;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private UntrustedFile() {}

  /**
   * Reads the bytes.
   *
   * @return the model that they are, or null
   */
  static IntegerModel read(byte[] file) {
    long limit = ONCE + PER_BYTE * file.length;
    long before = THREADS.getCurrentThreadAllocatedBytes();
    IntegerModel model = modelOrNull(file);
    if (THREADS.getCurrentThreadAllocatedBytes() - before > limit) {
      // Classes that are loaded on the way count too, but only once.
      before = THREADS.getCurrentThreadAllocatedBytes();
      model = modelOrNull(file);
      assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThanOrEqualTo(limit);
    }
    return model;
  }

  private static IntegerModel modelOrNull(byte[] file) {
    try {
      return ModelFile.fromBytes(file);
    } catch (QatException e) {
      assertThat(e.getMessage()).doesNotContain("null");
      return null;
    }
  }

  /**
   * Reads the bytes, and where they are a model, writes it again and executes it.
   *
   * @return whether they are a model
   */
  static boolean isUsable(byte[] file) {
    IntegerModel model = read(file);
    if (model == null) {
      return false;
    }
    byte[] written = ModelFile.toBytes(model);
    byte[] again = ModelFile.toBytes(ModelFile.fromBytes(written));
    assertThat(Arrays.equals(again, written)).isTrue();
    if (products(model) <= MAX_PRODUCTS) {
      execute(model);
    }
    return true;
  }

  private static long products(IntegerModel model) {
    long products = 0;
    for (var value : model.values().values()) {
      products += value.size();
    }
    for (Op op : model.ops()) {
      long size = model.value(op.name()).size();
      if (op instanceof Op.Dense dense) {
        products += size * dense.weights().dim(1);
      } else if (op instanceof Op.Conv1d conv) {
        products += size * conv.weights().dim(1) * conv.weights().dim(2);
      } else if (op instanceof Op.MaxPool1d pool) {
        products += size * pool.kernel();
      } else if (op instanceof Op.AvgPool1d pool) {
        products += size * pool.kernel();
      } else if (op instanceof Op.Conv2d conv) {
        products += size * (conv.weights().codes().length / conv.weights().dim(0));
      } else if (op instanceof Op.MaxPool2d pool) {
        products += size * pool.window().taps();
      } else if (op instanceof Op.AvgPool2d pool) {
        products += size * pool.window().taps();
      } else if (op instanceof Op.Recurrent r) {
        long weights = r.weights().codes().length + (long) r.recurrent().codes().length;
        products += size / r.units() * weights;
      } else if (op instanceof Op.Attention) {
        products += 2 * size * model.value(op.name()).shape().get(0);
      }
    }
    return products;
  }

  /** Any model that can be read can be executed, and both runtimes agree to the bit. */
  private static void execute(IntegerModel model) {
    Sample sample = sample(model);
    float[] expected = new ReferenceRuntime(model).run(sample);
    float[] actual = new IntegerRuntime(model).run(sample);
    assertThat(Arrays.equals(actual, expected)).isTrue();
  }

  /** A text, where the model reads texts of such a form. */
  private static Sample sample(IntegerModel model) {
    try {
      return model.text().isEmpty() ? largest(model) : encoded(model, "Grüße, don't 😀\t1");
    } catch (QatException e) {
      return largest(model);
    }
  }

  /** The largest id and the largest number everywhere. */
  private static Sample largest(IntegerModel model) {
    int n = model.inputs().size();
    int[][] tokens = new int[n][];
    float[][] reals = new float[n][];
    for (int i = 0; i < n; i++) {
      Input input = model.inputs().get(i);
      int size = model.value(input.name()).size();
      if (input.kind() == Input.Kind.TOKENS) {
        tokens[i] = new int[size];
        Arrays.fill(tokens[i], input.vocabularySize() - 1);
      } else {
        reals[i] = new float[size];
        Arrays.fill(reals[i], Float.MAX_VALUE);
      }
    }
    return Sample.of(tokens, reals);
  }

  private static Sample encoded(IntegerModel model, String text) {
    return Sample.ofTokens(
        model.inputs().stream()
            .map(
                input ->
                    model.text().stream()
                        .filter(t -> t.input().equals(input.name()))
                        .findFirst()
                        .orElseThrow()
                        .encoder()
                        .encode(text))
            .toArray(int[][]::new));
  }
}
