package org.qat4j.qat.internal;

import java.lang.reflect.Method;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.L2NormalizeVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.PreprocessorVertex;
import org.deeplearning4j.nn.conf.graph.ReshapeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.ShiftVertex;
import org.deeplearning4j.nn.conf.graph.StackVertex;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.UnstackVertex;
import org.deeplearning4j.nn.conf.graph.rnn.DuplicateToTimeSeriesVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Deconvolution2D;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DepthwiseConvolution2D;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SeparableConvolution2D;
import org.deeplearning4j.nn.conf.layers.SpaceToDepthLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.RepeatVector;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.qat4j.graph.internal.Topology;
import org.qat4j.layers.EmbeddingBagLayer;
import org.qat4j.layers.FastLayers;
import org.qat4j.layers.LayerNormLayer;
import org.qat4j.layers.MultiHeadAttentionLayer;
import org.qat4j.layers.internal.quantized.QatActivation;
import org.qat4j.layers.internal.quantized.QatBatchNorm;
import org.qat4j.layers.internal.quantized.QatCenterLoss;
import org.qat4j.layers.internal.quantized.QatConv1D;
import org.qat4j.layers.internal.quantized.QatConv2D;
import org.qat4j.layers.internal.quantized.QatDeconv2D;
import org.qat4j.layers.internal.quantized.QatDense;
import org.qat4j.layers.internal.quantized.QatDepthwiseConv2D;
import org.qat4j.layers.internal.quantized.QatElementProduct;
import org.qat4j.layers.internal.quantized.QatElementWise;
import org.qat4j.layers.internal.quantized.QatEmbedding;
import org.qat4j.layers.internal.quantized.QatEmbeddingBag;
import org.qat4j.layers.internal.quantized.QatGlobalPooling;
import org.qat4j.layers.internal.quantized.QatGravesLstm;
import org.qat4j.layers.internal.quantized.QatL2Normalize;
import org.qat4j.layers.internal.quantized.QatLayerNorm;
import org.qat4j.layers.internal.quantized.QatLstm;
import org.qat4j.layers.internal.quantized.QatMultiHeadAttention;
import org.qat4j.layers.internal.quantized.QatOutput;
import org.qat4j.layers.internal.quantized.QatPRelu;
import org.qat4j.layers.internal.quantized.QatPooling1D;
import org.qat4j.layers.internal.quantized.QatPooling2D;
import org.qat4j.layers.internal.quantized.QatReverse;
import org.qat4j.layers.internal.quantized.QatRnnOutput;
import org.qat4j.layers.internal.quantized.QatSeparableConv2D;
import org.qat4j.layers.internal.quantized.QatSimpleRnn;
import org.qat4j.layers.internal.quantized.QatTokenEmbedding;
import org.qat4j.layers.internal.quantizing.Slot;
import org.qat4j.layers.own.OwnLayer;
import org.qat4j.layers.own.OwnQuantizedLayer;
import org.qat4j.quantizer.ActivationSpec;

/** What a vertex is to the quantizer. */
@SuppressWarnings("deprecation") // GravesLSTM, which old models are full of
public enum Kind {
  TOKEN_EMBEDDING(
      EmbeddingLayer.class, QatTokenEmbedding.class, Trait.TOKENS, Trait.ROWS, Trait.WEIGHTS),
  EMBEDDING(
      EmbeddingSequenceLayer.class,
      QatEmbedding.class,
      Trait.TOKENS,
      Trait.ROWS,
      Trait.TIME,
      Trait.WEIGHTS),
  BAG(EmbeddingBagLayer.class, QatEmbeddingBag.class, Trait.TOKENS, Trait.WEIGHTS),
  CONV1D(Convolution1DLayer.class, QatConv1D.class, Trait.MASKS, Trait.TIME, Trait.WEIGHTS),
  /** A dense layer with a layer normalization within. */
  NORMALIZED_DENSE(DenseLayer.class, QatDense.class, Kind::normalizes, Trait.WEIGHTS),
  DENSE(DenseLayer.class, QatDense.class, Trait.NORMALIZATION, Trait.WEIGHTS),
  OUTPUT(OutputLayer.class, QatOutput.class, Trait.OUTPUT, Trait.WEIGHTS),
  CENTER_LOSS(CenterLossOutputLayer.class, QatCenterLoss.class, Trait.OUTPUT, Trait.WEIGHTS),
  STEP_OUTPUT(RnnOutputLayer.class, QatRnnOutput.class, Trait.OUTPUT, Trait.WEIGHTS),
  GLOBAL_AVERAGE(
      GlobalPoolingLayer.class,
      QatGlobalPooling.class,
      what -> pools(what, PoolingType.AVG),
      Trait.MASKS),
  AVERAGE(
      Subsampling1DLayer.class,
      QatPooling1D.class,
      what -> pools(what, PoolingType.AVG),
      Trait.TIME),
  LSTM(LSTM.class, QatLstm.class, Trait.STATE, Trait.MASKS, Trait.WEIGHTS),
  GRAVES_LSTM(GravesLSTM.class, QatGravesLstm.class, Trait.STATE, Trait.MASKS, Trait.WEIGHTS),
  SIMPLE_RNN(SimpleRnn.class, QatSimpleRnn.class, Trait.STATE, Trait.MASKS, Trait.WEIGHTS),
  ATTENTION(MultiHeadAttentionLayer.class, QatMultiHeadAttention.class, Trait.MASKS, Trait.TIME),
  LAYER_NORM(LayerNormLayer.class, QatLayerNorm.class),
  ACTIVATION(ActivationLayer.class, QatActivation.class, what -> !Answers.isSoftmax(what)),
  CONV2D(ConvolutionLayer.class, QatConv2D.class, Trait.NORMALIZATION, Trait.WEIGHTS),
  DEPTHWISE(
      DepthwiseConvolution2D.class, QatDepthwiseConv2D.class, Trait.NORMALIZATION, Trait.WEIGHTS),
  DECONV2D(Deconvolution2D.class, QatDeconv2D.class, Trait.NORMALIZATION, Trait.WEIGHTS),
  ELEMENT_PRODUCT(ElementWiseMultiplicationLayer.class, QatElementProduct.class, Trait.WEIGHTS),
  PRELU(PReLULayer.class, QatPRelu.class),
  SEPARABLE(SeparableConvolution2D.class, QatSeparableConv2D.class, Trait.WEIGHTS),
  BATCH_NORM(BatchNormalization.class, QatBatchNorm.class),
  OWN(OwnLayer.class, Layer.class),
  GLOBAL_SUM(
      GlobalPoolingLayer.class,
      QatGlobalPooling.class,
      what -> pools(what, PoolingType.SUM),
      Trait.MASKS),
  AVERAGE2D(SubsamplingLayer.class, QatPooling2D.class, what -> pools(what, PoolingType.AVG)),
  MAX2D(SubsamplingLayer.class, null, what -> pools(what, PoolingType.MAX)),
  ZERO_PADDING(ZeroPaddingLayer.class, null),
  ZERO_PADDING1D(ZeroPadding1DLayer.class, null, Trait.TIME),
  CROPPING(Cropping2D.class, null),
  CROPPING1D(Cropping1D.class, null, Trait.TIME),
  UPSAMPLING(Upsampling2D.class, null),
  UPSAMPLING1D(Upsampling1D.class, null, Trait.TIME),
  REPEAT(RepeatVector.class, null, Trait.TIME),
  SPACE_TO_DEPTH(SpaceToDepthLayer.class, null),
  SUBSET(SubsetVertex.class, null),
  LAYOUT(PreprocessorVertex.class, null),
  RESHAPE(ReshapeVertex.class, null),
  LAST_STEP(LastTimeStepVertex.class, null),
  REVERSE(ReverseTimeSeriesVertex.class, null, Trait.TIME),
  DUPLICATE(DuplicateToTimeSeriesVertex.class, null, Trait.TIME),
  STACK(StackVertex.class, null),
  UNSTACK(UnstackVertex.class, null),
  GLOBAL_MAX(GlobalPoolingLayer.class, null, what -> pools(what, PoolingType.MAX)),
  MAX(Subsampling1DLayer.class, null, what -> pools(what, PoolingType.MAX), Trait.TIME),
  IDENTITY(DropoutLayer.class, null),
  SUM(
      ElementWiseVertex.class,
      null,
      what -> what instanceof ElementWiseVertex v && v.getOp() == ElementWiseVertex.Op.Add),
  LOSS(LossLayer.class, null, Trait.LOSS),
  STEP_LOSS(RnnLossLayer.class, null, Trait.LOSS),
  IMAGE_LOSS(CnnLossLayer.class, null, Trait.LOSS),
  /** In front of a loss. */
  SOFTMAX(ActivationLayer.class, null, Answers::isSoftmax),
  ELEMENTWISE(ElementWiseVertex.class, null),
  SCALE(ScaleVertex.class, null, Trait.ROUNDED_LATER),
  SHIFT(ShiftVertex.class, null, Trait.ROUNDED_LATER),
  L2_NORMALIZE(L2NormalizeVertex.class, null, Trait.ROUNDED_LATER),
  MERGE(MergeVertex.class, null),
  /** Computes in real numbers, because it cannot be quantized. */
  FLOAT(null, null, what -> false);

  /** What can be quantized, for messages. */
  static final String SUPPORTED =
      "EmbeddingLayer, EmbeddingSequenceLayer, EmbeddingBagLayer, Convolution1DLayer,"
          + " ConvolutionLayer, Deconvolution2D, DepthwiseConvolution2D, SeparableConvolution2D,"
          + " DenseLayer, ElementWiseMultiplicationLayer, TimeDistributed around a DenseLayer,"
          + " OutputLayer, RnnOutputLayer, CenterLossOutputLayer, LossLayer, RnnLossLayer,"
          + " CnnLossLayer, ActivationLayer, PReLULayer,"
          + " LSTM, GravesLSTM, SimpleRnn, MultiHeadAttentionLayer, LayerNormLayer,"
          + " BatchNormalization, GlobalPoolingLayer (MAX, AVG, SUM), SubsamplingLayer and"
          + " Subsampling1DLayer (MAX, AVG), zero padding, cropping and upsampling in one and two"
          + " dimensions, SpaceToDepthLayer, RepeatVector, layers of your own that implement"
          + " OwnLayer, DropoutLayer, MergeVertex, SubsetVertex, ReshapeVertex, PreprocessorVertex,"
          + " LastTimeStepVertex, ReverseTimeSeriesVertex, DuplicateToTimeSeriesVertex, StackVertex,"
          + " UnstackVertex, ScaleVertex, ShiftVertex, L2NormalizeVertex and ElementWiseVertex";

  /** In what kinds differ. */
  private enum Trait {
    /** Makes the real logits of the network. */
    OUTPUT,
    /** Is a loss without weights. */
    LOSS,
    /** Makes of the codes of one value what is rounded where it is read. */
    ROUNDED_LATER,
    /** Reads token ids. */
    TOKENS,
    /** Hands on rows of its table. */
    ROWS,
    /** Has a state that goes from step to step. */
    STATE,
    /** What it makes depends on which steps are masked. */
    MASKS,
    /** Makes a sequence, or reads one. */
    TIME,
    /** Its product can take over a normalization behind it. */
    NORMALIZATION,
    WEIGHTS
  }

  private final Class<?> type;
  private final Class<? extends Layer> replacement;

  @SuppressWarnings("ImmutableEnumChecker") // functions without a state
  private final Predicate<Object> fits;

  @SuppressWarnings("ImmutableEnumChecker") // of Set.of
  private final Set<Trait> traits;

  /**
   * @param type of the layer or vertex
   * @param replacement layer that takes its place, or null where codes pass unchanged
   * @param fits whether an object of the type is of this kind
   */
  Kind(Class<?> type, Class<? extends Layer> replacement, Predicate<Object> fits, Trait... traits) {
    this.type = type;
    this.replacement = replacement;
    this.fits = fits;
    this.traits = Set.of(traits);
  }

  Kind(Class<?> type, Class<? extends Layer> replacement, Trait... traits) {
    this(type, replacement, what -> true, traits);
  }

  private static boolean normalizes(Object what) {
    return what instanceof DenseLayer dense && dense.hasLayerNorm();
  }

  private static boolean pools(Object what, PoolingType pooling) {
    return what instanceof GlobalPoolingLayer g
        ? g.getPoolingType() == pooling
        : what instanceof SubsamplingLayer s && s.getPoolingType() == pooling;
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
    return traits.contains(Trait.OUTPUT);
  }

  /** Whether it makes of the codes of one value what has codes of its own only where it is read. */
  public boolean isRoundedLater() {
    return traits.contains(Trait.ROUNDED_LATER);
  }

  /** Whether it puts several values together, which have codes only where they are read. */
  boolean gathers() {
    return this == SUM || this == MERGE || this == STACK;
  }

  /** Whether it makes answers of the logits that another layer makes. */
  boolean answers() {
    return isLoss() || this == SOFTMAX;
  }

  /** Whether it is a loss without weights. */
  boolean isLoss() {
    return traits.contains(Trait.LOSS);
  }

  public boolean readsTokens() {
    return traits.contains(Trait.TOKENS);
  }

  /** Whether it hands on rows of its table, whose scale is that of the table. */
  boolean handsOnRows() {
    return traits.contains(Trait.ROWS);
  }

  /** Whether its state goes from step to step. */
  boolean isRecurrent() {
    return traits.contains(Trait.STATE);
  }

  /** Whether what it makes depends on which steps are masked, in the frozen model too. */
  public boolean readsMasks() {
    return traits.contains(Trait.MASKS);
  }

  /** Whether it is a sequence that it makes, or reads. */
  boolean isOverTime() {
    return traits.contains(Trait.TIME);
  }

  /** Whether its product can take over a normalization behind it. */
  boolean takesNormalization() {
    return traits.contains(Trait.NORMALIZATION);
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
      case OUTPUT, STEP_OUTPUT, CENTER_LOSS -> Map.of(Slot.INPUT, product);
      case ATTENTION -> Map.of(Slot.OUTPUT, all);
      case LAYER_NORM, GLOBAL_AVERAGE -> Map.of(Slot.INPUT, all, Slot.OUTPUT, all);
      case ACTIVATION -> Map.of(Slot.INPUT, product, Slot.OUTPUT, all);
      default -> Map.of();
    };
  }

  /** Whether it has weights. */
  boolean hasWeights() {
    return traits.contains(Trait.WEIGHTS);
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
    if (type.getName().startsWith("org.deeplearning4j.")) {
      return null; // nobody expects a layer of DL4J's to be another one
    }
    while (type != Object.class && overridden(type).isEmpty()) {
      type = type.getSuperclass();
    }
    Class<?> above = type.getSuperclass();
    while (above != null && of(layer, FastLayers.original(above)) == null) {
      above = above.getSuperclass();
    }
    return above == null || above == Layer.class // of which every layer is one
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
    for (Kind kind : values()) {
      boolean is =
          type == kind.type
              || (type == kind.replacement && type != Layer.class)
              || (kind == ELEMENTWISE && what instanceof QatElementWise)
              || (kind == L2_NORMALIZE && what instanceof QatL2Normalize)
              || (kind == REVERSE && what instanceof QatReverse)
              || (kind == OWN && (what instanceof OwnLayer || what instanceof OwnQuantizedLayer));
      if (is && kind.fits.test(what)) {
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
    for (Topology.Node node : topology.consumers(input)) {
      Kind kind = of(node);
      boolean reads = kind == STACK ? readsTokens(topology, node.name()) : is(kind, Trait.TOKENS);
      if (reads) {
        return true;
      }
    }
    return false;
  }

  private static boolean is(Kind kind, Trait trait) {
    return kind != null && kind.traits.contains(trait);
  }
}
