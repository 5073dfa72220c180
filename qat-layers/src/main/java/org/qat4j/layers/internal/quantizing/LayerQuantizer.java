package org.qat4j.layers.internal.quantizing;

import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** All quantizers of one layer: how it passes values on, the scales of these, and its weights. */
public final class LayerQuantizer {
  private final Layer layer;
  private final QuantSettings settings;
  private final LayerWeights weights;
  private final LayerScales scales;
  private final LayerPass pass;

  public LayerQuantizer(Layer layer) {
    this.layer = layer;
    this.settings = ((QatLayerConf) layer.conf().getLayer()).getQuant();
    QuantState state = new QuantState(layer, settings);
    this.weights = new LayerWeights(layer, settings, state);
    this.scales = new LayerScales(layer, settings, state, weights);
    this.pass = new LayerPass(layer, settings, state, scales, weights);
  }

  /** For a layer that multiplies by a matrix. */
  public static LayerQuantizer ofProduct(
      Layer layer, WeightQuantization.Layout layout, long outputChannels) {
    LayerQuantizer q = new LayerQuantizer(layer);
    q.weights.add(DefaultParamInitializer.WEIGHT_KEY, layout, outputChannels);
    return q;
  }

  /** For a transposed convolution. */
  public static LayerQuantizer ofDeconvolution(Layer layer, ConvolutionLayer conf) {
    LayerQuantizer q = new LayerQuantizer(layer);
    int[] kernel = conf.getKernelSize();
    q.weights.addTransposed(conf.getNOut(), kernel[0] * kernel[1]);
    return q;
  }

  /** For a layer that gathers rows of a table. */
  public static LayerQuantizer ofTable(Layer layer) {
    return ofTable(layer, null);
  }

  /**
   * For a layer that hands on something else than rows of its table.
   *
   * @param handedOn what it makes of the table; null for the table itself
   */
  public static LayerQuantizer ofTable(Layer layer, UnaryOperator<INDArray> handedOn) {
    LayerQuantizer q = new LayerQuantizer(layer);
    q.weights.addTable(handedOn);
    return q;
  }

  /**
   * The quantizer of a layer of DL4J, which may lie within other layers.
   *
   * @param layer that stands in the network
   * @param name of the quantized layer
   * @return null if no layer of that network is quantized by this name
   */
  public static LayerQuantizer of(Layer layer, String name) {
    if (layer instanceof QatLayer quantized) {
      return quantized.quantizer();
    }
    return layer.params() == null ? null : QuantizerRegistry.findOrNull(layer.params(), name);
  }

  public QuantSettings settings() {
    return settings;
  }

  /** The layer. */
  public Layer layer() {
    return layer;
  }

  /** Configuration of the layer. */
  public org.deeplearning4j.nn.conf.layers.Layer conf() {
    return layer.conf().getLayer();
  }

  /** Its way through the network. */
  public LayerPass pass() {
    return pass;
  }

  /** Scales and zero points of its values. */
  public LayerScales scales() {
    return scales;
  }

  /** Its weights or table. */
  public LayerWeights weights() {
    return weights;
  }
}
