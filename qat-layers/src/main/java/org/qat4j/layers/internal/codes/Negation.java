package org.qat4j.layers.internal.codes;

import java.util.Arrays;
import org.qat4j.model.IntVector;
import org.qat4j.numerics.QuantParams;

/**
 * −x of codes, which is exact: codes run the other way.
 *
 * @param input what the codes of x mean
 */
public record Negation(QuantParams input) {
  /** What those of −x mean. */
  public QuantParams output() {
    int ends = input.qmin() + input.qmax();
    return new QuantParams(input.scale(), ends - input.zeroPoint(), input.qmin(), input.qmax());
  }

  /** The code of −x for each of x. */
  public IntVector table() {
    int[] table = new int[input.qmax() - input.qmin() + 1];
    Arrays.setAll(table, i -> input.qmax() - i);
    return IntVector.of(table);
  }
}
