package org.qat4j.onnx.internal;

import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import com.google.protobuf.ByteString;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Constant tensors, row-major. No dimensions make a scalar. */
final class Tensors {
  private Tensors() {}

  static TensorProto.Builder floats(float[] values, long... dims) {
    ByteBuffer raw = buffer(values.length * Float.BYTES);
    for (float v : values) {
      raw.putFloat(v);
    }
    return tensor(DataType.FLOAT, raw.flip(), dims);
  }

  static TensorProto.Builder ints(int[] values, long... dims) {
    ByteBuffer raw = buffer(values.length * Integer.BYTES);
    for (int v : values) {
      raw.putInt(v);
    }
    return tensor(DataType.INT32, raw.flip(), dims);
  }

  /** A scalar. */
  static TensorProto.Builder doubles(double value) {
    return tensor(DataType.DOUBLE, buffer(Double.BYTES).putDouble(value).flip());
  }

  static TensorProto.Builder longs(long... values) {
    ByteBuffer raw = buffer(values.length * Long.BYTES);
    for (long v : values) {
      raw.putLong(v);
    }
    return tensor(DataType.INT64, raw.flip(), values.length);
  }

  /** INT8 or UINT8, of which each byte has the low 8 bits. */
  static TensorProto.Builder bytes(DataType type, byte[] values, long... dims) {
    return tensor(type, ByteBuffer.wrap(values), dims);
  }

  static TensorProto.Builder uint8(int value) {
    return bytes(DataType.UINT8, new byte[] {(byte) value});
  }

  /** INT4 or UINT4: two values a byte, the first in the low half. */
  static TensorProto.Builder nibbles(DataType type, byte[] values, long... dims) {
    byte[] packed = new byte[(values.length + 1) / 2];
    for (int i = 0; i < values.length; i++) {
      packed[i / 2] |= (byte) ((values[i] & 15) << (i % 2 * 4));
    }
    return tensor(type, ByteBuffer.wrap(packed), dims);
  }

  private static TensorProto.Builder tensor(DataType type, ByteBuffer raw, long... dims) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setDataType(type.getNumber()).setRawData(ByteString.copyFrom(raw));
    for (long d : dims) {
      tensor.addDims(d);
    }
    return tensor;
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
