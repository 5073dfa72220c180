package org.qat4j.encoder;

import java.util.Arrays;
import org.qat4j.QatException;

/** The parameters of an encoder by the names that the BERT family gives them. */
interface EncoderTensors {
  /** Values in row-major order with their shape. */
  final class Values {
    private final float[] values;
    private final long[] shape;

    Values(float[] values, long[] shape) {
      this.values = values;
      this.shape = shape;
    }

    float[] values() {
      return values;
    }

    long[] shape() {
      return shape;
    }
  }

  /** File, for messages. */
  String name();

  /** A tensor, or null where there is none. */
  Values find(String name);

  /** Matrix of a product, [in, out], whose bias has a name; null where there is none. */
  Values matrix(String product);

  /** What the names begin with. */
  default String prefix() {
    String known = "embeddings.word_embeddings.weight";
    for (String prefix : new String[] {"", "bert."}) {
      if (has(prefix + known)) {
        return prefix;
      }
    }
    throw new QatException(
        name() + ": the tensor \"" + known + "\" is missing, also with \"bert.\" in front");
  }

  /** Whether there is a tensor of that name. */
  boolean has(String name);

  /** A tensor of a shape. */
  default float[] get(String name, long... shape) {
    return checked(name, find(name), shape);
  }

  /** Matrix of a product, row-major [in, out]. */
  default float[] product(String name, int in, int out) {
    return checked(name + ".weight", matrix(name), in, out);
  }

  private float[] checked(String tensor, Values found, long... shape) {
    if (found == null) {
      throw new QatException(
          name()
              + ": the tensor \""
              + tensor
              + "\" is missing; expected "
              + Arrays.toString(shape));
    }
    if (!Arrays.equals(found.shape(), shape)) {
      throw new QatException(
          name()
              + ": the tensor \""
              + tensor
              + "\" has the shape "
              + Arrays.toString(found.shape())
              + "; expected "
              + Arrays.toString(shape));
    }
    return found.values();
  }
}
