package org.qat4j.graph.internal;

import java.util.Map;
import java.util.TreeMap;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.params.BidirectionalParamInitializer;

/**
 * Layers of DL4J around a recurrent one: LastTimeStep around MaskZeroLayer around Bidirectional,
 * each of them or none; or TimeDistributed around a dense one. They stay as they are; what they
 * wrap is quantized.
 *
 * @param core the layer within, or the layer itself where it is not wrapped; of two directions the
 *     first
 * @param last whether only the last step is handed on
 * @param maskZero whether steps that are 0 are masked, or null
 * @param bidirectional both directions, or null
 */
public record Wrappers(
    Layer core, boolean last, MaskZeroLayer maskZero, Bidirectional bidirectional) {
  private static final String FORWARD = "/forward";
  private static final String BACKWARD = "/backward";

  public static Wrappers of(Layer layer) {
    if (layer instanceof TimeDistributed steps) {
      return new Wrappers(steps.getUnderlying(), false, null, null);
    }
    Layer inner = layer;
    boolean last = inner instanceof LastTimeStep;
    if (last) {
      inner = ((BaseWrapperLayer) inner).getUnderlying();
    }
    MaskZeroLayer zero = inner instanceof MaskZeroLayer m ? m : null;
    if (zero != null) {
      inner = zero.getUnderlying();
    }
    Bidirectional both = inner instanceof Bidirectional b ? b : null;
    return new Wrappers(both == null ? inner : both.getFwd(), last, zero, both);
  }

  /**
   * The layers within, by what stands before the names of their parameters in the whole: one, or
   * one for each direction.
   */
  public Map<String, Layer> cores() {
    return bidirectional == null
        ? Map.of("", core)
        : new TreeMap<>(
            Map.of(
                BidirectionalParamInitializer.FORWARD_PREFIX,
                core,
                BidirectionalParamInitializer.BACKWARD_PREFIX,
                of(bidirectional.getBwd()).core()));
  }

  /** Name of the quantized layer, or of the first of two, in the layer of that name. */
  public String first(String name) {
    return bidirectional == null ? name : name + FORWARD;
  }

  /** Name of the second of two quantized layers. */
  public static String second(String name) {
    return name + BACKWARD;
  }
}
