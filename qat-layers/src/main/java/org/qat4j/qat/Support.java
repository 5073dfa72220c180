package org.qat4j.qat;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional.Mode;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.qat4j.layers.FlattenPreProcessor;
import org.qat4j.layers.FusedActivation;
import org.qat4j.layers.RecurrentCodes;
import org.qat4j.quantizer.Granularity;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Scheme;

/** Which configurations of DL4J's layers have an integer form. */
final class Support {
  private static final String FLAT =
      "a function of a recurrent layer has values in [-1, 1] and is flat beyond 8, as sigmoid,"
          + " hardsigmoid, tanh and hardtanh are";

  private Support() {}

  /** Why a vertex cannot be quantized, or null where it can. */
  static String problem(Topology.Node node, Kind kind) {
    if (kind == null) {
      return node.type() + " cannot be quantized; supported are " + Kind.SUPPORTED;
    }
    InputPreProcessor pre = node.preProcessor();
    boolean product = kind == Kind.DENSE || kind == Kind.OUTPUT;
    boolean image = kind == Kind.CONV2D || kind == Kind.DEPTHWISE;
    boolean fits =
        pre == null
            || pre instanceof RnnToFeedForwardPreProcessor
            || (product && isFlattening(pre))
            || (image && pre instanceof FeedForwardToCnnPreProcessor);
    if (!fits) {
      return "the preprocessor "
          + node.preProcessor().getClass().getSimpleName()
          + " cannot be quantized here; a FlattenPreProcessor or CnnToFeedForwardPreProcessor in"
          + " front of a dense or output layer can, and a FeedForwardToCnnPreProcessor in front of"
          + " a convolution";
    }
    Object conf = node.layer() == null ? null : node.wrappers().core();
    if (conf instanceof BaseLayer layer && layer.getWeightNoise() != null) {
      return "weight noise and quantization both replace the weights; remove the noise";
    }
    if (conf instanceof BaseLayer layer && !activationFits(kind, layer.getActivationFn())) {
      return "the activation function "
          + layer.getActivationFn()
          + " cannot be quantized here"
          + (kind.isRecurrent() ? "; " + FLAT : "");
    }
    if (conf instanceof ActivationLayer a && !FusedActivation.supports(a.getActivationFn())) {
      return "the activation function " + a.getActivationFn() + " cannot be quantized";
    }
    return conf instanceof BaseRecurrentLayer r ? recurrent(node.wrappers(), r) : layout(conf);
  }

  private static String recurrent(Wrappers w, BaseRecurrentLayer layer) {
    if (layer.getRnnDataFormat() == RNNFormat.NWC) {
      return "the data format must be NCW";
    } else if (layer instanceof SimpleRnn rnn && rnn.hasLayerNorm()) {
      return "layer normalization cannot be quantized";
    } else if (layer instanceof LSTM lstm && !RecurrentCodes.supports(lstm.getGateActivationFn())) {
      return "the gate function " + lstm.getGateActivationFn() + " cannot be quantized; " + FLAT;
    } else if (w.bidirectional() != null && w.bidirectional().getMode() != Mode.CONCAT) {
      return "the directions are joined by "
          + w.bidirectional().getMode()
          + ", but their codes have different scales; use CONCAT";
    } else if (w.maskZero() != null && w.maskZero().getMaskingValue() != 0) {
      return "steps are masked by the value "
          + w.maskZero().getMaskingValue()
          + ", which need not have a code; only 0 always has one";
    }
    return null;
  }

  /** Whether a preprocessor lays a sequence or an image out as one vector. */
  static boolean isFlattening(InputPreProcessor pre) {
    return pre instanceof FlattenPreProcessor || pre instanceof CnnToFeedForwardPreProcessor;
  }

  private static boolean activationFits(Kind kind, IActivation f) {
    return switch (kind) {
      case TOKEN_EMBEDDING, EMBEDDING, BAG -> f instanceof ActivationIdentity;
      case LAYER_NORM -> f instanceof ActivationIdentity;
      case LSTM, SIMPLE_RNN -> RecurrentCodes.supports(f);
      case OUTPUT, STEP_OUTPUT, LOSS ->
          f instanceof ActivationSoftmax || f instanceof ActivationIdentity;
      case BATCH_NORM -> true; // DL4J does not apply it
      default -> FusedActivation.supports(f);
    };
  }

  private static String layout(Object conf) {
    if (conf instanceof EmbeddingLayer e && e.hasBias()) {
      return "an embedding with a bias cannot be quantized";
    } else if (conf instanceof EmbeddingSequenceLayer e) {
      return e.hasBias()
          ? "an embedding with a bias cannot be quantized"
          : e.getOutputFormat() == RNNFormat.NCW ? null : "the output format must be NCW";
    } else if (conf instanceof Convolution1DLayer c) {
      return c.getRnnDataFormat() == RNNFormat.NCW ? null : "the data format must be NCW";
    } else if (conf instanceof RnnOutputLayer r && r.getRnnDataFormat() == RNNFormat.NWC) {
      return "the data format must be NCW";
    } else if (isChannelsLast(conf)) {
      return "the data format must be NCHW";
    } else if (conf instanceof DenseLayer d) {
      return d.hasLayerNorm() ? "layer normalization cannot be quantized" : null;
    } else if (conf instanceof GlobalPoolingLayer p) {
      int[] over = p.getPoolingDimensions();
      boolean everywhere =
          over == null
              || Arrays.equals(over, new int[] {2})
              || Arrays.equals(over, new int[] {2, 3});
      return everywhere && p.isCollapseDimensions()
          ? null
          : "global pooling is quantized over all of time or of an image, with collapsed dimensions";
    } else if (conf instanceof Subsampling1DLayer p) {
      boolean plain =
          p.getPadding()[0] == 0
              && p.getDilation()[0] == 1
              && p.getConvolutionMode() != ConvolutionMode.Same
              && p.getConvolutionMode() != ConvolutionMode.Causal;
      return plain ? null : "pooling over time is quantized without padding and dilation";
    } else if (conf instanceof SubsamplingLayer p) {
      return pooling2d(p);
    }
    return null;
  }

  private static String pooling2d(SubsamplingLayer p) {
    if (p.getDilation()[0] != 1 || p.getDilation()[1] != 1) {
      return "pooling is quantized without dilation";
    }
    boolean pads =
        p.getConvolutionMode() == ConvolutionMode.Same || p.getPadding()[0] + p.getPadding()[1] > 0;
    return pads && p.getPoolingType() == PoolingType.AVG
        ? "an average over windows that reach beyond the edge has another divisor there; pad with a"
            + " ZeroPaddingLayer, so that every window has the same"
        : null;
  }

  private static boolean isChannelsLast(Object conf) {
    CNN2DFormat format = null;
    if (conf instanceof ConvolutionLayer c) {
      format = c.getCnn2dDataFormat();
    } else if (conf instanceof SubsamplingLayer s) {
      format = s.getCnn2dDataFormat();
    } else if (conf instanceof BatchNormalization b) {
      format = b.getCnn2DFormat();
    } else if (conf instanceof Upsampling2D u) {
      format = u.getFormat();
    }
    return format == CNN2DFormat.NHWC;
  }

  /** Why a layer cannot be quantized as a specification says, or null where it can. */
  static String problem(Topology.Node node, Kind kind, LayerSpec spec) {
    if (kind.readsTokens() && spec.weights().scheme() == Scheme.ASYMMETRIC) {
      return "an embedding table is symmetric, so that its padding is code 0 (11); give it"
          + " symmetric weights";
    }
    boolean scattered =
        kind == Kind.CONV2D || kind == Kind.DEPTHWISE || isFlattening(node.preProcessor());
    if (scattered && spec.weights().granularity() instanceof Granularity.Group) {
      return "the model has the weights of an image or of a flattened sequence in another order, in"
          + " which those of a group do not lie together; use the granularity \"channel\"";
    }
    return null;
  }
}
