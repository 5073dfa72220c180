package org.qat4j.layers.internal.host;

import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/** Moves floats between ND4J arrays and Java. */
public final class Floats {
  private Floats() {}

  /** For tests: whether operations of ND4J are used even where a Java loop could be. */
  public static volatile boolean operationsOnly;

  /** Whether arrays live in host memory, so that a Java loop may work on them directly. */
  public static boolean onHost() {
    return Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU
        && !operationsOnly;
  }

  /** For tests: whether layers that we compute faster are left to DL4J. */
  public static volatile boolean slowLayers;

  /** Whether {@code FastLayers} compute by themselves: on the host. */
  public static boolean fastLayers() {
    return Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU && !slowLayers;
  }

  /** Whether a Java loop may work on the values of an array where they are. */
  public static boolean inPlace(INDArray array) {
    return onHost() && dense(array);
  }

  /** All values in c order. */
  public static float[] read(INDArray array) {
    INDArray c = rowMajor(array.castTo(DataType.FLOAT));
    if (onHost()) {
      return copy(c);
    }
    boolean whole = c.data().length() == c.length(); // and not a part of another array
    return (whole ? c : c.dup('c')).data().asFloat();
  }

  private static float[] copy(INDArray array) {
    float[] values = new float[(int) array.length()];
    if (values.length > 0) {
      pointer(array).get(values, 0, values.length);
    }
    return values;
  }

  /** Values of [n, c, t] as [n, t, c]. */
  public static float[] readByStep(INDArray x) {
    INDArray byStep = x.permute(0, 2, 1);
    return isRowMajor(byStep) ? read(byStep) : SequenceMemory.of(x).byExample();
  }

  /** An array of values in c order; on the host much faster than ND4J copies them. */
  public static INDArray array(float[] values, long... shape) {
    if (!onHost() || values.length == 0) {
      return Nd4j.create(values, shape, 'c');
    }
    INDArray array = Nd4j.createUninitialized(DataType.FLOAT, shape, 'c');
    pointer(array).put(values, 0, values.length);
    return array;
  }

  /** Values of a dense array in the order in which they lie in memory. */
  public static float[] readInMemoryOrder(INDArray array) {
    if (!onHost() || !dense(array)) {
      return array.dup(array.ordering()).data().asFloat();
    }
    return copy(array);
  }

  /** Whether the values are floats that lie side by side in c order. */
  public static boolean isRowMajor(INDArray array) {
    return dense(array) && array.ordering() == 'c';
  }

  /** The array itself where its values lie so, or a copy in which they do. */
  public static INDArray rowMajor(INDArray array) {
    return isRowMajor(array) ? array : array.dup('c');
  }

  /** Whether the values are floats that lie side by side, in the array's own order. */
  public static boolean dense(INDArray array) {
    if (array.dataType() != DataType.FLOAT || array.isEmpty()) {
      return false;
    }
    boolean rowMajor = array.ordering() == 'c';
    int rank = array.rank();
    long stride = 1;
    for (int i = 0; i < rank; i++) {
      int axis = rowMajor ? rank - 1 - i : i;
      // The stride of an axis with one place means nothing.
      if (array.size(axis) != 1 && array.stride(axis) != stride) {
        return false;
      }
      stride *= array.size(axis);
    }
    return true;
  }

  /**
   * The values of a dense array, or of a permutation of one, in the order in which they lie in
   * memory. Copies of blocks cost less than through a pointer: they need no call out of Java. Valid
   * as long as the array is.
   */
  public static FloatBuffer buffer(INDArray array) {
    return pointer(array).<FloatPointer>capacity(array.length()).asBuffer();
  }

  /** The vector itself where it is long enough, or one that outlives the workspaces. */
  public static INDArray atLeast(INDArray vector, long n) {
    return vector != null && vector.length() >= n
        ? vector
        : Nd4j.createUninitializedDetached(DataType.FLOAT, 'c', n);
  }

  /** The beginning of a vector as a matrix; {@code reshape} would copy it. */
  public static INDArray columnMajor(INDArray vector, long rows, long columns) {
    return Nd4j.create(vector.data(), new long[] {rows, columns}, new long[] {1, rows}, 0, 'f');
  }

  /** Pointer to the first value. */
  public static FloatPointer pointer(INDArray array) {
    return new FloatPointer(array.data().addressPointer());
  }
}
