package org.qat4j.layers;

import java.util.Arrays;
import java.util.Map;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ObjectNode;
import org.qat4j.QatException;
import org.qat4j.layers.internal.fast.FastConv1D;
import org.qat4j.layers.internal.fast.FastDropout;
import org.qat4j.layers.internal.fast.FastEmbedding;
import org.qat4j.layers.internal.fast.FastGlobalMax;
import org.qat4j.layers.internal.fast.FastLstm;
import org.qat4j.layers.internal.fast.FastRnnOutput;

/**
 * Layers of DL4J that this library computes faster, for networks in float, and a DropoutLayer that
 * masked sequences go through. Networks under quantization compute in the same way without being
 * asked, but for dropout, which stays what it is.
 */
public final class FastLayers {
  private static final Map<Class<? extends Layer>, Class<? extends Layer>> FASTER =
      Map.of(
          Convolution1DLayer.class, FastConv1D.class,
          DropoutLayer.class, FastDropout.class,
          EmbeddingSequenceLayer.class, FastEmbedding.class,
          GlobalPoolingLayer.class, FastGlobalMax.class,
          LSTM.class, FastLstm.class,
          RnnOutputLayer.class, FastRnnOutput.class);

  private FastLayers() {}

  /**
   * The faster form of a layer of DL4J, with the same settings; the layer itself where there is
   * none.
   *
   * <pre>{@code
   * .layer(FastLayers.of(new Convolution1DLayer.Builder(5).nIn(100).nOut(128).build()))
   * }</pre>
   */
  public static Layer of(Layer layer) {
    Class<? extends Layer> faster = FASTER.get(layer.getClass());
    return faster == null || !isSupported(layer) ? layer : copy(layer, faster);
  }

  /**
   * An LSTM that leaves out the steps that the mask of the features says: state and cell are 0
   * there, so that padding is not seen from behind either. DL4J's goes through them as through any.
   */
  public static Layer masked(LSTM lstm) {
    FastLstm masked = (FastLstm) copy(lstm, FastLstm.class);
    masked.setMasked(true);
    return masked;
  }

  private static boolean isSupported(Layer layer) {
    return !(layer instanceof GlobalPoolingLayer pooling)
        || (pooling.getPoolingType() == PoolingType.MAX
            && pooling.isCollapseDimensions()
            && (pooling.getPoolingDimensions() == null
                || Arrays.equals(pooling.getPoolingDimensions(), new int[] {2})));
  }

  /** DL4J's class of which a class is the faster form; the class itself where it is none. */
  public static Class<?> original(Class<?> type) {
    return FASTER.containsValue(type) ? type.getSuperclass() : type;
  }

  private static Layer copy(Layer layer, Class<? extends Layer> type) {
    ObjectMapper mapper = NeuralNetConfiguration.mapper();
    try {
      ObjectNode json = (ObjectNode) mapper.readTree(mapper.writeValueAsString(layer));
      json.put("@class", type.getName());
      return mapper.readValue(mapper.writeValueAsString(json), Layer.class);
    } catch (JsonProcessingException e) {
      throw new QatException(
          "the configuration of layer \""
              + layer.getLayerName()
              + "\" cannot be copied: "
              + e.getMessage(),
          e);
    }
  }
}
