package org.qat4j.training;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.data.TextBatches;

/**
 * Where a training stands between two steps: all that it takes to go on to the same end, to the
 * bit. What training under quantization knows, such as ranges, is among the parameters.
 *
 * @param ended whether the training is over
 * @param step steps done
 * @param epoch passes done
 * @param lossSum of the steps of the pass that has begun
 * @param position of the next batch
 * @param best how good the best pass was
 * @param random state of ND4J's generator
 * @param iterations of the network, which its updaters and ranges count by
 * @param params of the network
 * @param updater its state, or null where it has none
 * @param bestParams of the best pass, or null
 * @param average of the parameters, or null
 */
record Checkpoint(
    boolean ended,
    int step,
    int epoch,
    double lossSum,
    TextBatches.Position position,
    Best best,
    Generator random,
    int iterations,
    INDArray params,
    INDArray updater,
    INDArray bestParams,
    INDArray average) {
  /** Values that are written at once: a digest of four bytes costs as much as one of many. */
  private static final int BLOCK = 1 << 14;

  /**
   * The best pass.
   *
   * @param score on the validation texts
   * @param loss on them
   * @param since passes since then
   */
  record Best(double score, double loss, int since) {
    static final Best NONE = new Best(Double.NEGATIVE_INFINITY, Double.POSITIVE_INFINITY, 0);
  }

  /** Both states of a random generator of ND4J's. */
  record Generator(long root, long node) {}

  void write(DataOutputStream out) throws IOException {
    out.writeBoolean(ended);
    out.writeInt(step);
    out.writeInt(epoch);
    out.writeDouble(lossSum);
    out.writeInt(position.pass());
    out.writeInt(position.text());
    out.writeDouble(best.score());
    out.writeDouble(best.loss());
    out.writeInt(best.since());
    out.writeLong(random.root());
    out.writeLong(random.node());
    out.writeInt(iterations);
    for (INDArray array : new INDArray[] {params, updater, bestParams, average}) {
      write(array, out);
    }
  }

  static Checkpoint read(DataInputStream in) throws IOException {
    return new Checkpoint(
        in.readBoolean(),
        in.readInt(),
        in.readInt(),
        in.readDouble(),
        new TextBatches.Position(in.readInt(), in.readInt()),
        new Best(in.readDouble(), in.readDouble(), in.readInt()),
        new Generator(in.readLong(), in.readLong()),
        in.readInt(),
        array(in),
        array(in),
        array(in),
        array(in));
  }

  /** Values alone: their type and number, or 0, and their bits. */
  private static void write(INDArray array, DataOutputStream out) throws IOException {
    long n = array == null ? 0 : array.length();
    out.writeLong(n);
    if (n == 0) {
      return;
    }
    boolean isDouble = array.dataType() == DataType.DOUBLE;
    out.writeBoolean(isDouble);
    INDArray values = array.reshape(n);
    double[] doubles = isDouble ? values.toDoubleVector() : null;
    float[] floats = isDouble ? null : values.toFloatVector();
    ByteBuffer block = ByteBuffer.allocate(BLOCK * Double.BYTES);
    for (int at = 0, size; at < n; at += size) {
      size = (int) Math.min(BLOCK, n - at);
      if (isDouble) {
        block.asDoubleBuffer().put(doubles, at, size);
      } else {
        block.asFloatBuffer().put(floats, at, size);
      }
      out.write(block.array(), 0, size * (isDouble ? Double.BYTES : Float.BYTES));
    }
  }

  private static INDArray array(DataInputStream in) throws IOException {
    int n = Math.toIntExact(in.readLong());
    if (n == 0) {
      return null;
    }
    boolean isDouble = in.readBoolean();
    double[] doubles = new double[isDouble ? n : 0];
    float[] floats = new float[isDouble ? 0 : n];
    ByteBuffer block = ByteBuffer.allocate(BLOCK * Double.BYTES);
    for (int at = 0, size; at < n; at += size) {
      size = Math.min(BLOCK, n - at);
      in.readFully(block.array(), 0, size * (isDouble ? Double.BYTES : Float.BYTES));
      if (isDouble) {
        block.asDoubleBuffer().get(doubles, at, size);
      } else {
        block.asFloatBuffer().get(floats, at, size);
      }
    }
    long[] shape = {1, n};
    return isDouble ? Nd4j.create(doubles, shape, 'c') : Nd4j.create(floats, shape, 'c');
  }
}
