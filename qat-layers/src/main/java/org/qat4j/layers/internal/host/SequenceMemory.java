package org.qat4j.layers.internal.host;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The values of a sequence [n, c, t], on the host in the order in which they lie in memory: what is
 * read step by step need not be permuted by ND4J first, which takes much longer.
 */
public final class SequenceMemory {
  private final float[] values;
  private final int examples;
  private final int channels;
  private final int steps;
  private final int toExample; // how far the value of the next one is away
  private final int toChannel;
  private final int toStep;

  private SequenceMemory(INDArray sequence) {
    examples = (int) sequence.size(0);
    channels = (int) sequence.size(1);
    steps = (int) sequence.size(2);
    if (Floats.onHost() && isGapless(sequence)) {
      values = new float[examples * channels * steps];
      Floats.pointer(sequence).get(values);
      toExample = sequence.stride(0);
      toChannel = sequence.stride(1);
      toStep = sequence.stride(2);
    } else {
      values = Floats.read(sequence);
      toExample = channels * steps;
      toChannel = steps;
      toStep = 1;
    }
  }

  public static SequenceMemory of(INDArray sequence) {
    return new SequenceMemory(sequence);
  }

  /** Copies the channels of one step of one example. */
  public void copy(int example, int step, float[] to, int at) {
    int from = example * toExample + step * toStep;
    for (int j = 0; j < channels; j++) {
      to[at + j] = values[from + j * toChannel];
    }
  }

  /** All values as [n, t, c]. */
  float[] byExample() {
    float[] ordered = new float[values.length];
    for (int i = 0; i < examples; i++) {
      for (int t = 0; t < steps; t++) {
        copy(i, t, ordered, (i * steps + t) * channels);
      }
    }
    return ordered;
  }

  /** All values as [t, n, c]. */
  public float[] byStep() {
    float[] ordered = new float[values.length];
    for (int t = 0; t < steps; t++) {
      for (int i = 0; i < examples; i++) {
        copy(i, t, ordered, (t * examples + i) * channels);
      }
    }
    return ordered;
  }

  /** Whether the values of an array, or of a permutation of it, lie side by side in memory. */
  private static boolean isGapless(INDArray array) {
    long end = 1;
    for (int i = 0; i < array.rank(); i++) {
      if (array.stride(i) < 1) {
        return false;
      }
      end += (array.size(i) - 1) * array.stride(i);
    }
    return array.dataType() == DataType.FLOAT && end == array.length();
  }
}
