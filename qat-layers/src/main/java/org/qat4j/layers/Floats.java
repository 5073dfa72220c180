package org.qat4j.layers;

import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/** Moves floats between ND4J arrays and Java. */
public final class Floats {
  private Floats() {}

  /** For tests: whether operations of ND4J are used even where a Java loop could be. */
  static volatile boolean operationsOnly;

  /** Whether arrays live in host memory, so that a Java loop may work on them directly. */
  static boolean onHost() {
    return Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU
        && !operationsOnly;
  }

  /** Whether a Java loop may work on the values of an array where they are. */
  static boolean inPlace(INDArray array) {
    return onHost() && dense(array);
  }

  /** All values in c order. */
  public static float[] read(INDArray array) {
    INDArray floats = array.castTo(DataType.FLOAT);
    INDArray c = dense(floats) && floats.ordering() == 'c' ? floats : floats.dup('c');
    return onHost() ? copy(c) : c.data().asFloat();
  }

  private static float[] copy(INDArray array) {
    float[] values = new float[(int) array.length()];
    if (values.length > 0) {
      pointer(array).get(values, 0, values.length);
    }
    return values;
  }

  /** Values of a dense array in the order in which they lie in memory. */
  static float[] readInMemoryOrder(INDArray array) {
    if (!onHost() || !dense(array)) {
      return array.dup(array.ordering()).data().asFloat();
    }
    return copy(array);
  }

  /** Whether the values lie side by side, in the array's own order. */
  static boolean dense(INDArray array) {
    return array.dataType() == DataType.FLOAT
        && !array.isEmpty()
        && (array.isVectorOrScalar()
            ? array.elementWiseStride() == 1
            : org.nd4j.linalg.api.shape.Shape.hasDefaultStridesForShape(array)
                || (array.ordering() == 'f' && array.elementWiseStride() == 1));
  }

  /** Pointer to the first value. */
  static FloatPointer pointer(INDArray array) {
    return new FloatPointer(array.data().addressPointer());
  }
}
