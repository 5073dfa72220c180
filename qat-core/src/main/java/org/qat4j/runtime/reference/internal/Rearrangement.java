package org.qat4j.runtime.reference.internal;

import java.util.List;
import org.qat4j.model.Op;

/** Where each element of a value that was moved comes from: row-major places, −1 for real 0. */
public final class Rearrangement {
  private Rearrangement() {}

  /** Of n elements that stay where they are. */
  public static int[] none(int n) {
    int[] sources = new int[n];
    for (int i = 0; i < n; i++) {
      sources[i] = i;
    }
    return sources;
  }

  /** Of places along one dimension. */
  public static int[] of(Op.Select op, List<Integer> shape) {
    int inner = 1;
    for (int d = op.axis() + 1; d < shape.size(); d++) {
      inner *= shape.get(d);
    }
    int size = shape.get(op.axis());
    int outer = 1;
    for (int d = 0; d < op.axis(); d++) {
      outer *= shape.get(d);
    }
    int selected = op.places().size();
    int[] sources = new int[outer * selected * inner];
    for (int i = 0; i < sources.length; i++) {
      int place = op.places().get(i / inner % selected);
      int first = i / inner / selected * size;
      sources[i] = place < 0 ? -1 : (first + place) * inner + i % inner;
    }
    return sources;
  }

  /** Of dimensions in another order. */
  public static int[] of(Op.Transpose op, List<Integer> shape) {
    int rank = shape.size();
    int[] strides = new int[rank];
    int size = 1;
    for (int d = rank - 1; d >= 0; d--) {
      strides[d] = size;
      size *= shape.get(d);
    }
    int[] sources = new int[size];
    for (int i = 0; i < size; i++) {
      int rest = i;
      for (int d = rank - 1; d >= 0; d--) {
        int from = op.order().get(d);
        sources[i] += rest % shape.get(from) * strides[from];
        rest /= shape.get(from);
      }
    }
    return sources;
  }
}
