package org.qat4j.layers.internal.host;

import com.google.flatbuffers.FlatBufferBuilder;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.ndarray.BaseNDArray;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.shape.LongShapeDescriptor;

/**
 * A gradient [n, c, t] that lies in memory as [n, t, c]. Where several layers read one activation,
 * DL4J adds their gradients up with {@code addi}; ND4J adds permuted arrays place by place, which
 * takes as long as a convolution does. Two of these are added as they lie, with the same result to
 * the bit.
 */
@SuppressWarnings("overrides") // ND4J declares some methods with arrays and with varargs
public final class StepMajorGradient extends BaseNDArray {
  private static final long serialVersionUID = 1L;

  /** The same memory in ND4J's own class. */
  private final transient INDArray plain;

  private StepMajorGradient(INDArray plain) {
    super(plain.data(), plain.shape(), plain.stride(), 0, 'c');
    this.plain = plain;
  }

  /**
   * The same memory as a gradient of [n, c, t].
   *
   * @param rows [n, t, c], c order
   */
  public static INDArray of(INDArray rows) {
    return new StepMajorGradient(rows.permute(0, 2, 1));
  }

  @Override
  public INDArray addi(INDArray other) {
    INDArray theirs = other.rank() == 3 ? other.permute(0, 2, 1) : other;
    if (other.equalShapes(this) && Floats.isRowMajor(theirs)) {
      plain.permute(0, 2, 1).addi(theirs);
    } else {
      plain.addi(other);
    }
    return this;
  }

  @Override
  public INDArray unsafeDuplication() {
    return plain.unsafeDuplication();
  }

  @Override
  public INDArray unsafeDuplication(boolean blocking) {
    return plain.unsafeDuplication(blocking);
  }

  @Override
  public LongShapeDescriptor shapeDescriptor() {
    return plain.shapeDescriptor();
  }

  @Override
  public String getString(long index) {
    return plain.getString(index);
  }

  @Override
  protected int stringBuffer(FlatBufferBuilder builder, DataBuffer buffer) {
    throw new UnsupportedOperationException("a gradient has no strings");
  }
}
