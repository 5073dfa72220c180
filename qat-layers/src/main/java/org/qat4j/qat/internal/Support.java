package org.qat4j.qat.internal;

import java.util.Arrays;
import java.util.List;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.graph.AttentionVertex;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.L2Vertex;
import org.deeplearning4j.nn.conf.graph.PoolHelperVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.misc.RepeatVector;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.samediff.AbstractSameDiffLayer;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.DataType;
import org.qat4j.graph.internal.Topology;
import org.qat4j.graph.internal.Wrappers;
import org.qat4j.layers.FlattenPreProcessor;
import org.qat4j.layers.internal.codes.FusedActivation;
import org.qat4j.layers.internal.codes.RecurrentCodes;
import org.qat4j.quantizer.Granularity;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Scheme;

/** Which configurations of DL4J's layers have an integer form. */
public final class Support {
  private static final String FLAT =
      "a gate has values in [-1, 1] and is flat beyond 8, as sigmoid and hardsigmoid are";

  /** Below which the norm of what is not 0 does not lie. */
  private static final double LEAST_NORM = 1e-4;

  private Support() {}

  /** Why a vertex of a network cannot be quantized, or null where it can. */
  public static String problem(Topology topology, Topology.Node node) {
    Kind kind = Kind.of(node);
    if (kind == null) {
      return unknown(node);
    }
    if (kind == Kind.BATCH_NORM && isOverTime(topology, node.inputs().get(0))) {
      return "DL4J's BatchNormalization throws on sequences [n, channels, steps]; normalize images,"
          + " or vectors behind a pooling over time";
    }
    if (kind == Kind.SOFTMAX && !isAnswer(topology, node)) {
      return "a softmax within a network has no form in codes; it is quantized at the"
          + " end of one, or in front of a LossLayer without a function of its own, which alone"
          + " reads it";
    }
    if (kind.answers() && !readsLogits(topology, node) && !readsCodes(topology, node)) {
      return node.type()
          + " reads what no layer has quantized, such as an input of the network or two directions"
          + " side by side; put a layer in between, such as an ActivationLayer with IDENTITY";
    }
    if (kind == Kind.ELEMENTWISE
        && ((ElementWiseVertex) node.vertex()).getOp() == ElementWiseVertex.Op.Product
        && node.inputs().size() != 2) {
      return "a product is quantized of two values, not of "
          + node.inputs().size()
          + "; multiply two of them, and the product by the next";
    }
    if (kind == Kind.STACK) {
      return Stacks.of(topology).problem();
    }
    return problem(node, kind);
  }

  private static String unknown(Topology.Node node) {
    if (node.layer() instanceof AbstractSameDiffLayer) {
      return node.type()
          + " is a SameDiff layer, which in DL4J 1.0.0-M2.1 hands down twice the gradient; "
          + Instead.ofSameDiff(node.type());
    }
    String vertex = vertex(node);
    if (vertex != null) {
      return node.type() + " cannot be quantized; " + vertex;
    }
    String pooling = pooling(node);
    if (pooling != null) {
      return pooling;
    }
    String derived = node.layer() == null ? null : Kind.whyNotDerived(node.wrappers().core());
    return node.type()
        + " cannot be quantized; "
        + (derived == null ? Instead.of(node.type()) : derived + "; ")
        + "supported are "
        + Kind.SUPPORTED;
  }

  /** What takes the place of a vertex that has no form in integers, or null. */
  private static String vertex(Topology.Node node) {
    GraphVertex vertex = node.vertex();
    if (vertex instanceof L2Vertex) {
      return "end the graph in the two vectors, or in their difference (ElementWiseVertex,"
          + " Subtract), and take the distance of what the model answers";
    } else if (vertex instanceof AttentionVertex) {
      return "for attention there is org.qat4j.layers.MultiHeadAttentionLayer";
    } else if (vertex instanceof PoolHelperVertex) {
      return "a Cropping2D of 1 above and to the left does the same";
    }
    return null;
  }

  /** Why a pooling cannot be quantized, or null where the layer is none. */
  private static String pooling(Topology.Node node) {
    Layer core = node.layer() == null ? null : node.wrappers().core();
    String instead =
        core instanceof GlobalPoolingLayer
            ? "MAX, AVG or SUM"
            : core instanceof SubsamplingLayer ? "MAX or AVG" : null;
    if (instead == null) {
      return null;
    }
    PoolingType type =
        core instanceof GlobalPoolingLayer g
            ? g.getPoolingType()
            : ((SubsamplingLayer) core).getPoolingType();
    return type == PoolingType.PNORM
        ? "PNORM pooling takes powers and roots, which codes have no form of; use " + instead
        : type + " pooling cannot be quantized here; use " + instead;
  }

  /** Why the way in which a network is trained does not go with quantization, or null. */
  static String training(Topology.Node node) {
    DataType type = node.conf() == null ? DataType.FLOAT : node.conf().getDataType();
    if (type != DataType.FLOAT && type != DataType.DOUBLE) {
      return "computes in "
          + type
          + ", which does not hold the sums of a range; network.convertDataType(DataType.FLOAT)"
          + " makes one that can be quantized";
    }
    OptimizationAlgorithm how = node.conf() == null ? null : node.conf().getOptimizationAlgo();
    return how == null || how == OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT
        ? null
        : "is trained by "
            + how
            + ", which searches along a line: a loss under quantization moves in steps there, and"
            + " every try would count as a step of the schedule; build the network with"
            + " OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT and an updater such as Adam";
  }

  /** Whether it is a sequence that a layer makes. */
  private static boolean isOverTime(Topology topology, String name) {
    Topology.Node node = topology.node(name);
    Kind kind = node == null ? null : Kind.of(node);
    if (kind == null) {
      return false;
    }
    return switch (kind) {
      case DENSE, NORMALIZED_DENSE -> node.layer() instanceof TimeDistributed;
      case IDENTITY,
          ACTIVATION,
          LAYER_NORM,
          SUM,
          ELEMENTWISE,
          SCALE,
          SHIFT,
          L2_NORMALIZE,
          MERGE,
          SUBSET,
          STACK,
          UNSTACK ->
          isOverTime(topology, node.inputs().get(0));
      case LSTM, GRAVES_LSTM, SIMPLE_RNN -> !node.wrappers().last();
      default -> kind.isOverTime();
    };
  }

  /** Whether a product makes the logits of a loss that has no weights. */
  static boolean endsInLoss(Topology topology, Topology.Node node) {
    if (!isProduct(node)) {
      return false;
    }
    Topology.Node reader = onlyReader(topology, node);
    if (reader != null && Kind.of(reader) == Kind.SOFTMAX) {
      return isAnswer(topology, reader);
    }
    return reader != null && Kind.of(reader) != null && Kind.of(reader).isLoss();
  }

  private static boolean isProduct(Topology.Node node) {
    Kind kind = node == null ? null : Kind.of(node);
    boolean product =
        kind == Kind.DENSE || kind == Kind.CONV1D || kind == Kind.CONV2D || kind == Kind.DECONV2D;
    return product && ((BaseLayer) node.core()).getActivationFn() instanceof ActivationIdentity;
  }

  /** A loss that takes what it reads for the answers. */
  private static boolean isPlainLoss(Topology.Node node) {
    Kind kind = Kind.of(node);
    return kind != null
        && kind.isLoss()
        && Answers.isPlain(((BaseLayer) node.core()).getActivationFn());
  }

  /** Null where several read it, or the network ends in it. */
  private static Topology.Node onlyReader(Topology topology, Topology.Node node) {
    List<Topology.Node> readers = topology.consumers(node.name());
    boolean only = readers.size() == 1 && !topology.outputs().contains(node.name());
    return only ? readers.get(0) : null;
  }

  /** Whether a loss, or the softmax in front of one, reads real logits. */
  static boolean readsLogits(Topology topology, Topology.Node node) {
    Topology.Node read = topology.node(node.inputs().get(0));
    boolean softmaxBefore = read != null && Kind.of(read) == Kind.SOFTMAX && isPlainLoss(node);
    return endsInLoss(topology, softmaxBefore ? topology.node(read.inputs().get(0)) : read);
  }

  /** Whether a softmax is what a loss reads, or the end of the network. */
  private static boolean isAnswer(Topology topology, Topology.Node softmax) {
    if (topology.outputs().contains(softmax.name())) {
      return topology.consumers(softmax.name()).isEmpty();
    }
    Topology.Node reader = onlyReader(topology, softmax);
    return reader != null && isPlainLoss(reader);
  }

  /** Whether a loss, or the softmax in front of one, reads codes of one layer. */
  private static boolean readsCodes(Topology topology, Topology.Node node) {
    Topology.Node made = topology.node(node.inputs().get(0));
    Kind kind = made == null ? null : Kind.of(made);
    if (made == null || kind == null) {
      return made != null; // which is refused by itself
    }
    if (kind == Kind.SOFTMAX || (!kind.computes() && kind != Kind.ELEMENTWISE)) {
      return readsCodes(topology, made);
    }
    return !kind.isOutput() && made.wrappers().bidirectional() == null;
  }

  /**
   * The function of a product that its loss can compute as well, of real logits; null where there
   * is none.
   */
  static IActivation functionOfLogits(Topology topology, Topology.Node node) {
    Kind kind = Kind.of(node);
    Topology.Node reader = onlyReader(topology, node);
    boolean product = kind == Kind.DENSE || kind == Kind.CONV1D || kind == Kind.CONV2D;
    if (!product || reader == null || !isPlainLoss(reader) || reader.isFrozen()) {
      return null;
    }
    IActivation f = ((BaseLayer) node.layer()).getActivationFn();
    // Softmax of a convolution is over the last axis, which is not that of the channels.
    boolean same = !(f instanceof ActivationSoftmax) || kind == Kind.DENSE;
    return same && !Answers.isPlain(f) && Answers.supports(f) ? f : null;
  }

  private static String problem(Topology.Node node, Kind kind) {
    if (node.preProcessor() != null && !Layouts.supports(node.preProcessor())) {
      return "the preprocessor "
          + node.preProcessor().getClass().getSimpleName()
          + " cannot be quantized; those between vectors, sequences and images can, but for images"
          + " at every step of a sequence";
    }
    if (node.vertex() instanceof ReshapeVertex vertex) {
      return reshape(vertex);
    }
    if (node.vertex() instanceof L2NormalizeVertex vertex && vertex.getEps() > LEAST_NORM) {
      return "it divides by "
          + vertex.getEps()
          + " where the norm is less, which codes do not; give it an eps of at most "
          + LEAST_NORM;
    }
    Object conf = node.layer() == null ? null : node.wrappers().core();
    if (conf instanceof BaseLayer layer && layer.getWeightNoise() != null) {
      return "weight noise and quantization both replace the weights; remove the noise";
    }
    if (conf instanceof BaseLayer layer && !activationFits(kind, layer.getActivationFn())) {
      return "the activation function "
          + layer.getActivationFn()
          + " cannot be quantized here"
          + (kind.isRecurrent()
              ? "; a recurrent layer can have tanh, sigmoid, hardtanh, hardsigmoid, softsign, relu,"
                  + " leakyrelu and identity"
              : kind.isOutput() || kind.isLoss()
                  ? "; as answers of a network "
                      + Answers.SUPPORTED
                      + " are; with another one a DenseLayer in front of a LossLayer has answers of"
                      + " 8 bits"
                  : layer.getActivationFn() instanceof ActivationSoftmax
                      ? "; a softmax of a network's answers is: of an OutputLayer, or an"
                          + " ActivationLayer behind the last layer"
                      : layer.getActivationFn() != null
                              && FusedActivation.supports(layer.getActivationFn())
                          ? "; give the layer identity, and put an ActivationLayer behind it"
                          : "; a function of one value is, such as relu, leakyrelu, elu, gelu, swish,"
                              + " mish, sigmoid and tanh");
    }
    if (conf instanceof ActivationLayer a
        && kind != Kind.SOFTMAX
        && !FusedActivation.supports(a.getActivationFn())) {
      return "the activation function "
          + a.getActivationFn()
          + " cannot be quantized; a function of one value is, such as relu, leakyrelu, elu, gelu,"
          + " swish, mish, sigmoid and tanh";
    }
    if (node.layer() instanceof TimeDistributed steps
        && steps.getRnnDataFormat() == RNNFormat.NWC) {
      return "the data format must be NCW: RNNFormat.NCW";
    }
    if (node.layer() instanceof TimeDistributed steps
        && !(steps.getUnderlying() instanceof DenseLayer)) {
      return "TimeDistributed is quantized around a DenseLayer; "
          + steps.getUnderlying().getClass().getSimpleName()
          + " goes without it, or between an RnnToFeedForwardPreProcessor and a"
          + " FeedForwardToRnnPreProcessor";
    }
    if (node.isFrozen() && node.framed(node.layer()) instanceof FrozenLayerWithBackprop) {
      boolean needsItsPass = kind.isRecurrent() || kind == Kind.BATCH_NORM;
      if (needsItsPass) {
        return "FrozenLayerWithBackprop computes on codes, behind which no gradient goes through "
            + conf.getClass().getSimpleName()
            + "; leave the frame out, and give the layer the updater NoOp";
      }
    }
    return conf instanceof BaseRecurrentLayer r ? recurrent(node.wrappers(), r) : layout(conf);
  }

  private static String reshape(ReshapeVertex vertex) {
    boolean plain = vertex.getReshapeOrder() == 'c' && vertex.getMaskShape() == null;
    return plain && vertex.getNewShape().length >= 2 && vertex.getNewShape()[0] == -1
        ? null
        : "a ReshapeVertex is quantized in the order 'c', with -1 for the examples and no shape of"
            + " a mask";
  }

  private static String recurrent(Wrappers w, BaseRecurrentLayer layer) {
    if (layer.getRnnDataFormat() == RNNFormat.NWC) {
      return "the data format must be NCW; ChannelsFirst.of(network) changes it";
    } else if (layer instanceof SimpleRnn rnn && rnn.hasLayerNorm()) {
      return "layer normalization within its steps cannot be quantized; normalize behind the layer,"
          + " with LayerNormLayer";
    } else if (layer instanceof AbstractLSTM lstm
        && !RecurrentCodes.supportsGate(lstm.getGateActivationFn())) {
      return "the gate function " + lstm.getGateActivationFn() + " cannot be quantized; " + FLAT;
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
      case EMBEDDING, BAG -> f instanceof ActivationIdentity;
      case LAYER_NORM -> f instanceof ActivationIdentity;
      case LSTM, GRAVES_LSTM, SIMPLE_RNN -> RecurrentCodes.supports(f);
      case OUTPUT, STEP_OUTPUT, CENTER_LOSS, LOSS, STEP_LOSS, IMAGE_LOSS -> Answers.supports(f);
      case BATCH_NORM, REPEAT, PRELU -> true; // DL4J does not apply it
      default -> FusedActivation.supports(f);
    };
  }

  private static String layout(Object conf) {
    if (conf instanceof EmbeddingSequenceLayer e) {
      return e.hasBias()
          ? "the bias of an EmbeddingSequenceLayer cannot be quantized; add it to the rows of the"
              + " table, which then answers the same"
          : e.getOutputFormat() == RNNFormat.NCW
              ? null
              : "the output format must be NCW; ChannelsFirst.of(network) changes it";
    } else if (conf instanceof Convolution1DLayer c) {
      return c.getRnnDataFormat() == RNNFormat.NCW
          ? null
          : "the data format must be NCW; ChannelsFirst.of(network) changes it";
    } else if ((conf instanceof RnnOutputLayer r && r.getRnnDataFormat() == RNNFormat.NWC)
        || (conf instanceof RnnLossLayer l && l.getRnnDataFormat() == RNNFormat.NWC)) {
      return "the data format must be NCW; ChannelsFirst.of(network) changes it";
    } else if (conf instanceof RepeatVector r && r.getDataFormat() == RNNFormat.NWC) {
      return "the data format must be NCW: RNNFormat.NCW";
    } else if (isChannelsLast(conf)) {
      return "the data format must be NCHW; ChannelsFirst.of(network) changes it";
    } else if (conf instanceof Deconvolution2D d) {
      return deconvolution(d);
    } else if (conf instanceof GlobalPoolingLayer p) {
      int[] over = p.getPoolingDimensions();
      boolean everywhere =
          over == null
              || Arrays.equals(over, new int[] {2})
              || Arrays.equals(over, new int[] {2, 3});
      return everywhere && p.isCollapseDimensions()
          ? null
          : "global pooling is quantized over all of time or of an image, with collapsed"
              + " dimensions";
    } else if (conf instanceof Subsampling1DLayer p) {
      if (p.getConvolutionMode() == ConvolutionMode.Causal) {
        return "pooling over time is quantized in the modes Strict, Truncate and Same";
      }
      return p.getDilation()[0] == 1
          ? padding(p, 1)
          : "pooling over time is quantized without dilation";
    } else if (conf instanceof SubsamplingLayer p) {
      return pooling2d(p);
    }
    return null;
  }

  private static String deconvolution(Deconvolution2D d) {
    boolean same = d.getConvolutionMode() == ConvolutionMode.Same;
    for (int i = 0; i < 2; i++) {
      int kernel = d.getKernelSize()[i];
      if (d.getDilation()[i] != 1) {
        return "a transposed convolution is quantized without dilation";
      } else if (same ? kernel < d.getStride()[i] : kernel <= d.getPadding()[i]) {
        return "a transposed convolution is quantized with a kernel of at least its stride in mode"
            + " Same, and of more than its padding elsewhere";
      }
    }
    return null;
  }

  private static String pooling2d(SubsamplingLayer p) {
    boolean plain = p.getDilation()[0] == 1 && p.getDilation()[1] == 1;
    return plain ? padding(p, 2) : "pooling is quantized without dilation";
  }

  private static String padding(SubsamplingLayer p, int dimensions) {
    for (int d = 0; d < dimensions; d++) {
      boolean same = p.getConvolutionMode() == ConvolutionMode.Same;
      if (!same && p.getPadding()[d] >= p.getKernelSize()[d]) {
        return "windows of "
            + p.getKernelSize()[d]
            + " lie in a padding of "
            + p.getPadding()[d]
            + " alone, where there is nothing to pool; give the pooling a padding below its kernel";
      }
    }
    return null;
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
    } else if (conf instanceof CnnLossLayer l) {
      format = l.getFormat();
    } else if (conf instanceof SpaceToDepthLayer s) {
      format = s.getDataFormat();
    }
    return format == CNN2DFormat.NHWC;
  }

  /** Why a layer cannot be quantized as a specification says, or null where it can. */
  public static String problem(Topology.Node node, Kind kind, LayerSpec spec) {
    if (kind.readsTokens() && spec.weights().scheme() == Scheme.ASYMMETRIC) {
      return "an embedding table is symmetric, so that its padding is code 0 (11); give it"
          + " symmetric weights";
    }
    if (kind.computes()
        && !kind.handsOnRows()
        && kind.mostBits().isEmpty()
        && spec.activations().bits() > Byte.SIZE) {
      return "its activations have 8 bits at most, not "
          + spec.activations().bits()
          + "; more are for what Convolution1DLayer, DenseLayer, OutputLayer, RnnOutputLayer,"
          + " MultiHeadAttentionLayer, LayerNormLayer, ActivationLayer and GlobalPoolingLayer (AVG)"
          + " read or make";
    }
    if (kind == Kind.GRAVES_LSTM && spec.weights().granularity() instanceof Granularity.Group) {
      return "the peepholes of a GravesLSTM have a scale for each gate; use the granularity"
          + " \"channel\"";
    }
    boolean scattered =
        kind == Kind.CONV2D
            || kind == Kind.DEPTHWISE
            || kind == Kind.DECONV2D
            || kind == Kind.ELEMENT_PRODUCT
            || kind == Kind.SEPARABLE
            || isFlattening(node.preProcessor());
    if (scattered && spec.weights().granularity() instanceof Granularity.Group) {
      return "the model has the weights of an image, of a flattened sequence or of single channels"
          + " in another order, in which those of a group do not lie together; use the granularity"
          + " \"channel\"";
    }
    return null;
  }
}
