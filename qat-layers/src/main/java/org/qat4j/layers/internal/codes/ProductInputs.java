package org.qat4j.layers.internal.codes;

import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.host.ConvShape;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.layers.internal.quantizing.IntegerProduct;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.QatLayer;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.AdaRound;
import org.qat4j.numerics.internal.WeightGrid;

/**
 * What a convolution or dense layer reads, over some batches: the mean and the second moments of
 * the k values that meet the weights of a channel, in the float network (x) and in the quantized
 * one (x̂). Post-training steps change weights and biases by them.
 */
public final class ProductInputs {
  private final Layer layer;
  private final LayerQuantizer quantizer;
  private INDArray mean;
  private INDArray quantizedMean;
  private INDArray gram;
  private INDArray cross;
  private long rows;

  /**
   * @param layer quantized, with a matrix of weights
   */
  public ProductInputs(Layer layer) {
    this.layer = layer;
    this.quantizer = ((QatLayer) layer).quantizer();
  }

  /**
   * Adds a batch.
   *
   * @param x what the layer reads in the float network, [n, k] or [n, channels, steps]
   * @param quantized what it reads in the quantized network, of the same shape
   */
  public void add(INDArray x, INDArray quantized) {
    QuantParams in = quantizer.scales().input();
    INDArray a = columns(read(x), x);
    INDArray b = columns(IntegerProduct.distances(read(quantized), in), quantized).mul(in.scale());
    INDArray g = b.transpose().mmul(b);
    INDArray c = b.transpose().mmul(a);
    if (rows == 0) {
      mean = a.sum(0).castTo(DataType.DOUBLE);
      quantizedMean = b.sum(0).castTo(DataType.DOUBLE);
      gram = g.castTo(DataType.DOUBLE);
      cross = c.castTo(DataType.DOUBLE);
    } else {
      mean.addi(a.sum(0).castTo(DataType.DOUBLE));
      quantizedMean.addi(b.sum(0).castTo(DataType.DOUBLE));
      gram.addi(g.castTo(DataType.DOUBLE));
      cross.addi(c.castTo(DataType.DOUBLE));
    }
    rows += a.size(0);
  }

  /** Values of what a convolution reads as [n, steps, channels], of others in c order. */
  private float[] read(INDArray x) {
    return x.rank() == 3 ? Floats.readByStep(x) : Floats.read(x);
  }

  /** Rows of what meets the weights, [rows, k]. */
  private INDArray columns(float[] values, INDArray x) {
    int n = (int) x.size(0);
    if (layer.conf().getLayer() instanceof Convolution1DLayer conv) {
      ConvShape shape = ConvShape.of(conv, (int) x.size(2));
      values = IntegerLayers.columns(values, n, (int) x.size(1), (int) x.size(2), shape);
      n *= shape.steps();
    }
    return Floats.array(values, n, values.length / n);
  }

  /** Output channels of the layer. */
  public long channels() {
    return ((FeedForwardLayer) layer.conf().getLayer()).getNOut();
  }

  /**
   * Moves every weight to one of its neighbours on the grid, by {@link AdaRound}.
   *
   * @param steps of its optimizer
   * @param channelDone is told of each output channel, from several threads
   */
  public void roundWeights(int steps, Runnable channelDone) {
    double[] g = gram.div(rows).dup('c').data().asDouble();
    double[] c = cross.div(rows).dup('c').data().asDouble();
    float[] weights = quantizer.weights().byChannel(DefaultParamInitializer.WEIGHT_KEY);
    WeightGrid grid = quantizer.weights().grid(DefaultParamInitializer.WEIGHT_KEY, weights);
    AdaRound rounding = new AdaRound((int) gram.size(0), g, c, steps);
    quantizer.weights().setByChannel(rounding.round(weights, grid, channelDone));
  }

  /**
   * Adds to the bias what quantization takes from the mean of the product: b + E[w·x] − E[w̃·x̂],
   * empirical bias correction (Nagel et al., arXiv:1906.04721, equation (16) and appendix D).
   *
   * @param floats the same layer of the float network
   */
  public void correctBias(Layer floats) {
    INDArray bias = layer.paramTable().get(DefaultParamInitializer.BIAS_KEY);
    if (bias == null) {
      return;
    }
    float[] weights =
        quantizer.weights().byChannel(floats.getParam(DefaultParamInitializer.WEIGHT_KEY));
    double[] x = mean.div(rows).data().asDouble();
    double[] quantized = quantizedMean.div(rows).data().asDouble();
    float[] own = quantizer.weights().byChannel(DefaultParamInitializer.WEIGHT_KEY);
    float[] rounded =
        quantizer.weights().grid(DefaultParamInitializer.WEIGHT_KEY, own).rounded(own, x.length);
    for (int channel = 0; channel < bias.length(); channel++) {
      double missing = 0;
      for (int i = 0; i < x.length; i++) {
        int at = channel * x.length + i;
        missing += weights[at] * x[i] - rounded[at] * quantized[i];
      }
      bias.putScalar(channel, (float) (bias.getDouble(channel) + missing));
    }
  }
}
