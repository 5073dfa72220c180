package org.qat4j.runtime.internal;

import java.util.List;
import org.qat4j.model.IntVector;
import org.qat4j.model.Op;

/**
 * Max pooling that can be done on the accumulators of a product (9): nothing else reads the codes
 * of the product, a lookup table between them does not decrease, and no accumulator would be
 * computed twice.
 *
 * @param lookup between product and pooling, or null
 * @param pool the pooling
 * @param positions of the result
 * @param kernel positions of the product that each reads
 * @param stride positions of the product from one to the next
 */
record PoolFusion(Op.Lookup lookup, Op pool, int positions, int kernel, int stride) {
  /** How the pooling behind a product is fused with it, or null if it is not. */
  static PoolFusion of(ModelGraph graph, Op product) {
    Op reader = graph.soleReader(product.name());
    Op.Lookup lookup = null;
    if (reader instanceof Op.Lookup l && isNondecreasing(l.table())) {
      lookup = l;
      reader = graph.soleReader(l.name());
    }
    if (reader instanceof Op.GlobalMaxPool) {
      List<Integer> shape = graph.model().value(product.name()).shape();
      int steps = graph.model().value(product.name()).size() / shape.get(shape.size() - 1);
      return new PoolFusion(lookup, reader, 1, steps, 1);
    }
    if (reader instanceof Op.MaxPool1d p && p.kernel() <= p.stride()) {
      int positions = graph.model().value(p.name()).shape().get(0);
      return new PoolFusion(lookup, reader, positions, p.kernel(), p.stride());
    }
    return null;
  }

  private static boolean isNondecreasing(IntVector table) {
    for (int i = 1; i < table.size(); i++) {
      if (table.get(i) < table.get(i - 1)) {
        return false;
      }
    }
    return true;
  }
}
