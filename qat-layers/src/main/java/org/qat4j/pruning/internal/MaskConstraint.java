package org.qat4j.pruning.internal;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Set;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.LayerConstraint;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.jackson.annotation.JsonIgnore;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.qat4j.QatException;

/**
 * Keeps the pruned values of one parameter of a layer at 0: DL4J applies it after every update. It
 * is part of the layer's configuration, so that it is saved, cloned and prepared for quantization
 * with the layer. A value that is exactly 0 has the code of real 0 in every scheme (1), (2).
 * Immutable.
 */
public final class MaskConstraint implements LayerConstraint {
  private static final long serialVersionUID = 1L;

  private final String param;
  private final int size;
  private final byte[] pruned;

  /** 1 where a value stays, 0 where it is pruned; made when it is first needed. */
  private transient INDArray factors;

  /**
   * @param param name of the parameter
   * @param size number of its values
   * @param pruned bit i mod 8 of byte ⌊i / 8⌋ is set where value i, in c order, is pruned; trailing
   *     zero bytes may be left out
   */
  public MaskConstraint(
      @JsonProperty("param") String param,
      @JsonProperty("size") int size,
      @JsonProperty("pruned") byte[] pruned) {
    this.param = param;
    this.size = size;
    this.pruned = pruned.clone();
    if (BitSet.valueOf(this.pruned).length() > size) {
      throw new QatException("a mask of " + size + " values prunes others");
    }
  }

  public static MaskConstraint of(String param, int size, BitSet pruned) {
    return new MaskConstraint(param, size, pruned.toByteArray());
  }

  public String getParam() {
    return param;
  }

  public int getSize() {
    return size;
  }

  public byte[] getPruned() {
    return pruned.clone();
  }

  /** Which values are pruned, in c order. */
  public BitSet bits() {
    return BitSet.valueOf(pruned);
  }

  @Override
  public void applyConstraint(Layer layer, int iteration, int epoch) {
    apply(layer.paramTable().get(param));
  }

  /** Sets the pruned values of the parameter to 0. */
  public void apply(INDArray values) {
    if (values == null || values.length() != size) {
      throw new QatException(
          "a mask of " + size + " values does not fit the parameter \"" + param + "\"");
    }
    INDArray f = factors;
    if (f == null || f.dataType() != values.dataType() || !f.equalShapes(values)) {
      f = factors(values);
      factors = f;
    }
    values.muli(f);
  }

  private INDArray factors(INDArray like) {
    float[] ones = new float[size];
    Arrays.fill(ones, 1f);
    bits().stream().forEach(i -> ones[i] = 0f);
    INDArray f = Nd4j.create(ones, like.shape(), 'c').castTo(like.dataType());
    return f.dup(like.ordering()).detach();
  }

  @Override
  @JsonIgnore
  public Set<String> getParams() {
    return Set.of(param);
  }

  /** DL4J calls it for constraints that are given for all parameters of a kind; this is not. */
  @Override
  @JsonIgnore
  public void setParams(Set<String> params) {
    if (!params.equals(getParams())) {
      throw new QatException("a mask belongs to the parameter \"" + param + "\"");
    }
  }

  @Override
  @SuppressWarnings("MissingSuperCall") // immutable
  public MaskConstraint clone() {
    return this;
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof MaskConstraint m
        && m.param.equals(param)
        && m.size == size
        && m.bits().equals(bits());
  }

  @Override
  public int hashCode() {
    return param.hashCode() + 31 * bits().hashCode();
  }

  @Override
  public String toString() {
    return "MaskConstraint(" + param + ", " + bits().cardinality() + " of " + size + " pruned)";
  }
}
