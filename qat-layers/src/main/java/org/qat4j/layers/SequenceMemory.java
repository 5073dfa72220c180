package org.qat4j.layers;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The values of a sequence [n, c, t], in the order in which they lie in memory: what is read step
 * by step need not be permuted by ND4J first, which takes much longer.
 */
final class SequenceMemory {
  private final float[] values;
  private final int byExample;
  private final int byChannel;
  private final int byStep;

  private SequenceMemory(float[] values, INDArray places) {
    this.values = values;
    this.byExample = places.stride(0);
    this.byChannel = places.stride(1);
    this.byStep = places.stride(2);
  }

  static SequenceMemory of(INDArray sequence) {
    INDArray s = isGapless(sequence) ? sequence : sequence.dup('c');
    float[] values = new float[(int) s.length()];
    Floats.pointer(s).get(values);
    return new SequenceMemory(values, s);
  }

  /** Copies the channels of one step of one example. */
  void copy(int example, int step, int channels, float[] to, int at) {
    int from = example * byExample + step * byStep;
    for (int j = 0; j < channels; j++) {
      to[at + j] = values[from + j * byChannel];
    }
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
