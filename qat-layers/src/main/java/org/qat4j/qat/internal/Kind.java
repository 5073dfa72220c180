package org.qat4j.qat.internal;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.qat4j.graph.internal.Topology;
import org.qat4j.layers.EmbeddingBagLayer;
import org.qat4j.layers.FastLayers;
import org.qat4j.layers.LayerNormLayer;
import org.qat4j.layers.MultiHeadAttentionLayer;
import org.qat4j.layers.internal.quantized.QatActivation;
import org.qat4j.layers.internal.quantized.QatBatchNorm;
import org.qat4j.layers.internal.quantized.QatConv1D;
import org.qat4j.layers.internal.quantized.QatConv2D;
import org.qat4j.layers.internal.quantized.QatDense;
import org.qat4j.layers.internal.quantized.QatDepthwiseConv2D;
import org.qat4j.layers.internal.quantized.QatElementWise;
import org.qat4j.layers.internal.quantized.QatEmbedding;
import org.qat4j.layers.internal.quantized.QatEmbeddingBag;
import org.qat4j.layers.internal.quantized.QatGlobalPooling;
import org.qat4j.layers.internal.quantized.QatLayerNorm;
import org.qat4j.layers.internal.quantized.QatLstm;
import org.qat4j.layers.internal.quantized.QatMultiHeadAttention;
import org.qat4j.layers.internal.quantized.QatOutput;
import org.qat4j.layers.internal.quantized.QatPooling1D;
import org.qat4j.layers.internal.quantized.QatPooling2D;
import org.qat4j.layers.internal.quantized.QatRnnOutput;
import org.qat4j.layers.internal.quantized.QatSeparableConv2D;
import org.qat4j.layers.internal.quantized.QatSimpleRnn;
import org.qat4j.layers.internal.quantized.QatTokenEmbedding;
import org.qat4j.layers.internal.quantizing.Slot;
import org.qat4j.layers.own.OwnLayer;
import org.qat4j.layers.own.OwnQuantizedLayer;
import org.qat4j.quantizer.ActivationSpec;

/** What a vertex is to the quantizer. */
public enum Kind {
  TOKEN_EMBEDDING(EmbeddingLayer.class, QatTokenEmbedding.class),
  EMBEDDING(EmbeddingSequenceLayer.class, QatEmbedding.class),
  BAG(EmbeddingBagLayer.class, QatEmbeddingBag.class),
  CONV1D(Convolution1DLayer.class, QatConv1D.class),
  DENSE(DenseLayer.class, QatDense.class),
  OUTPUT(OutputLayer.class, QatOutput.class),
  STEP_OUTPUT(RnnOutputLayer.class, QatRnnOutput.class),
  GLOBAL_AVERAGE(GlobalPoolingLayer.class, QatGlobalPooling.class),
  AVERAGE(Subsampling1DLayer.class, QatPooling1D.class),
  LSTM(LSTM.class, QatLstm.class),
  SIMPLE_RNN(SimpleRnn.class, QatSimpleRnn.class),
  ATTENTION(MultiHeadAttentionLayer.class, QatMultiHeadAttention.class),
  LAYER_NORM(LayerNormLayer.class, QatLayerNorm.class),
  ACTIVATION(ActivationLayer.class, QatActivation.class),
  CONV2D(ConvolutionLayer.class, QatConv2D.class),
  DEPTHWISE(DepthwiseConvolution2D.class, QatDepthwiseConv2D.class),
  SEPARABLE(SeparableConvolution2D.class, QatSeparableConv2D.class),
  BATCH_NORM(BatchNormalization.class, QatBatchNorm.class),
  OWN(OwnLayer.class, Layer.class),
  GLOBAL_SUM(GlobalPoolingLayer.class, QatGlobalPooling.class),
  AVERAGE2D(SubsamplingLayer.class, QatPooling2D.class),
  MAX2D(SubsamplingLayer.class, null),
  ZERO_PADDING(ZeroPaddingLayer.class, null),
  ZERO_PADDING1D(ZeroPadding1DLayer.class, null),
  CROPPING(Cropping2D.class, null),
  CROPPING1D(Cropping1D.class, null),
  UPSAMPLING(Upsampling2D.class, null),
  UPSAMPLING1D(Upsampling1D.class, null),
  SUBSET(SubsetVertex.class, null),
  LAYOUT(PreprocessorVertex.class, null),
  RESHAPE(ReshapeVertex.class, null),
  LAST_STEP(LastTimeStepVertex.class, null),
  GLOBAL_MAX(GlobalPoolingLayer.class, null),
  MAX(Subsampling1DLayer.class, null),
  IDENTITY(DropoutLayer.class, null),
  SUM(ElementWiseVertex.class, null),
  LOSS(LossLayer.class, null),
  STEP_LOSS(RnnLossLayer.class, null),
  IMAGE_LOSS(CnnLossLayer.class, null),
  /** In front of a loss. */
  SOFTMAX(ActivationLayer.class, null),
  ELEMENTWISE(ElementWiseVertex.class, null),
  SCALE(ScaleVertex.class, null),
  SHIFT(ShiftVertex.class, null),
  MERGE(MergeVertex.class, null),
  /** Computes in real numbers, because it cannot be quantized. */
  FLOAT(null, null);

  /** What can be quantized, for messages. */
  static final String SUPPORTED =
      "EmbeddingLayer, EmbeddingSequenceLayer, EmbeddingBagLayer, Convolution1DLayer,"
          + " ConvolutionLayer, DepthwiseConvolution2D, SeparableConvolution2D, DenseLayer,"
          + " OutputLayer, RnnOutputLayer, LossLayer, RnnLossLayer, CnnLossLayer, ActivationLayer,"
          + " LSTM, SimpleRnn,"
          + " MultiHeadAttentionLayer, LayerNormLayer, BatchNormalization, GlobalPoolingLayer (MAX, AVG,"
          + " SUM), SubsamplingLayer and Subsampling1DLayer (MAX, AVG), zero padding, cropping and"
          + " upsampling in one and two dimensions, layers of your own that implement OwnLayer,"
          + " DropoutLayer, MergeVertex, SubsetVertex, ReshapeVertex, PreprocessorVertex,"
          + " LastTimeStepVertex, ScaleVertex, ShiftVertex and ElementWiseVertex";

  private final Class<?> type;
  private final Class<? extends Layer> replacement;

  Kind(Class<?> type, Class<? extends Layer> replacement) {
    this.type = type;
    this.replacement = replacement;
  }

  /** Layer that takes its place, or null where codes pass unchanged. */
  public Class<? extends Layer> replacement(Topology.Node node) {
    return this == OWN ? ((OwnLayer) node.layer()).quantized() : replacement;
  }

  /** Whether it makes codes of its own. */
  public boolean computes() {
    return replacement != null;
  }

  /** Whether it makes the real logits of the network. */
  boolean isOutput() {
    return this == OUTPUT || this == STEP_OUTPUT;
  }

  /**
   * Whether it multiplies by a number or adds one, so that its values have codes only where read.
   */
  boolean isAffine() {
    return this == SCALE || this == SHIFT;
  }

  /** Whether it makes answers of the logits that another layer makes. */
  boolean answers() {
    return isLoss() || this == SOFTMAX;
  }

  /** Whether it is a loss without weights. */
  boolean isLoss() {
    return this == LOSS || this == STEP_LOSS || this == IMAGE_LOSS;
  }

  public boolean readsTokens() {
    return this == TOKEN_EMBEDDING || this == EMBEDDING || this == BAG;
  }

  /** Whether it hands on rows of its table, whose scale is that of the table. */
  boolean handsOnRows() {
    return this == TOKEN_EMBEDDING || this == EMBEDDING;
  }

  /** Whether its state goes from step to step. */
  boolean isRecurrent() {
    return this == LSTM || this == SIMPLE_RNN;
  }

  /** Whether what it makes depends on which steps are masked, in the frozen model too. */
  public boolean readsMasks() {
    return isRecurrent()
        || this == ATTENTION
        || this == CONV1D
        || this == GLOBAL_AVERAGE
        || this == GLOBAL_SUM;
  }

  /** Whether it is a sequence that it makes, or reads. */
  boolean isOverTime() {
    return this == EMBEDDING
        || this == ATTENTION
        || this == CONV1D
        || this == AVERAGE
        || this == MAX
        || this == ZERO_PADDING1D
        || this == CROPPING1D
        || this == UPSAMPLING1D;
  }

  /** Whether its product can take over a normalization behind it. */
  boolean takesNormalization() {
    return this == DENSE || this == CONV2D || this == DEPTHWISE;
  }

  /**
   * Bits at most of what lies in its slots, where that is more than 8. Products multiply codes of
   * more bits half by half; sums, norms and means take any; all else computes on bytes.
   */
  Map<Slot, Integer> mostBits() {
    int all = ActivationSpec.MOST;
    int product = ActivationSpec.MOST_OF_PRODUCT;
    return switch (this) {
      case CONV1D, DENSE -> Map.of(Slot.INPUT, product, Slot.PRE, product, Slot.OUTPUT, all);
      case OUTPUT, STEP_OUTPUT -> Map.of(Slot.INPUT, product);
      case ATTENTION -> Map.of(Slot.OUTPUT, all);
      case LAYER_NORM, GLOBAL_AVERAGE -> Map.of(Slot.INPUT, all, Slot.OUTPUT, all);
      case ACTIVATION -> Map.of(Slot.INPUT, product, Slot.OUTPUT, all);
      default -> Map.of();
    };
  }

  /** Whether it has weights. */
  boolean hasWeights() {
    return readsTokens()
        || isRecurrent()
        || this == CONV1D
        || this == CONV2D
        || this == DEPTHWISE
        || this == SEPARABLE
        || this == DENSE
        || isOutput();
  }

  /** Whether the ranges of what it reads and makes can be trained with it. */
  boolean learnsRanges() {
    return (hasWeights() && !isRecurrent()) || this == LAYER_NORM;
  }

  /**
   * What a layer under quantization would not do as a subclass does: the object that computes, and
   * how a parameter is trained.
   */
  private static final Set<String> NOT_TAKEN_OVER =
      Set.of("instantiate", "getUpdaterByParam", "getRegularizationByParam");

  /**
   * The kind of a vertex, or null where it cannot be quantized. A subclass of a layer of DL4J's may
   * compute anything, but not as long as the object that computes is that of DL4J's layer.
   */
  public static Kind of(Topology.Node node) {
    Object what = node.layer() == null ? node.vertex() : node.wrappers().core();
    Class<?> type = FastLayers.original(what.getClass());
    Kind kind = of(what, type);
    while (kind == null && what instanceof Layer && overridden(type).isEmpty()) {
      type = FastLayers.original(type.getSuperclass());
      kind = of(what, type);
    }
    return kind;
  }

  /**
   * Why a layer is not taken for the layer of DL4J's that it derives from; null where it derives
   * from none that can be quantized.
   */
  static String whyNotDerived(Object layer) {
    Class<?> type = layer.getClass();
    while (type != Object.class && overridden(type).isEmpty()) {
      type = type.getSuperclass();
    }
    Class<?> above = type.getSuperclass();
    while (above != null && of(layer, FastLayers.original(above)) == null) {
      above = above.getSuperclass();
    }
    return above == null
        ? null
        : type.getSimpleName()
            + " overrides "
            + String.join(", ", overridden(type))
            + " of "
            + above.getSimpleName()
            + ", which the layer under quantization would not do";
  }

  private static Set<String> overridden(Class<?> type) {
    Set<String> names = new TreeSet<>();
    for (Method method : type.getDeclaredMethods()) {
      if (NOT_TAKEN_OVER.contains(method.getName())) {
        names.add(method.getName());
      }
    }
    return names;
  }

  /** The kind of a layer or vertex as an object of a class of its own or above. */
  private static Kind of(Object what, Class<?> type) {
    PoolingType pooling =
        what instanceof GlobalPoolingLayer g
            ? g.getPoolingType()
            : what instanceof SubsamplingLayer s ? s.getPoolingType() : null;
    for (Kind kind : values()) {
      boolean fits =
          switch (kind) {
            case GLOBAL_AVERAGE, AVERAGE, AVERAGE2D -> pooling == PoolingType.AVG;
            case GLOBAL_MAX, MAX, MAX2D -> pooling == PoolingType.MAX;
            case GLOBAL_SUM -> pooling == PoolingType.SUM;
            case ACTIVATION -> !Answers.isSoftmax(what);
            case SOFTMAX -> Answers.isSoftmax(what);
            case SUM ->
                what instanceof ElementWiseVertex v && v.getOp() == ElementWiseVertex.Op.Add;
            case FLOAT -> false;
            default -> true;
          };
      boolean is =
          type == kind.type
              || type == kind.replacement
              || (kind == ELEMENTWISE && what instanceof QatElementWise)
              || (kind == OWN && (what instanceof OwnLayer || what instanceof OwnQuantizedLayer));
      if (fits && is) {
        return kind;
      }
    }
    return null;
  }

  /** Whether a node becomes a layer with quantizers when its network is prepared, or is one. */
  public static boolean isQuantized(Topology.Node node) {
    Kind kind = of(node);
    return kind != null && kind.computes();
  }

  /** Whether an input of the network is token ids. */
  public static boolean readsTokens(Topology topology, String input) {
    return topology.consumers(input).stream()
        .map(Kind::of)
        .anyMatch(k -> k != null && k.readsTokens());
  }
}
