package org.qat4j.layers.internal.quantizing;

import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.WeightGrid;
import org.qat4j.numerics.internal.WeightQuantizer;
import org.qat4j.quantizer.WeightSpec;

/**
 * The weights of one quantized layer: their grids, their fake-quantized copies, an embedding's
 * table, the integer product that they make.
 */
public final class LayerWeights {
  private static final int TRIED = 8;

  private final Layer layer;
  private final QuantSettings settings;
  private final QuantState state;

  /** Of each matrix of weights, by its key. */
  private final Map<String, WeightQuantization> matrices = new TreeMap<>();

  /** Of an embedding; null otherwise. */
  private TableQuantizer table;

  private final ProductCache products = new ProductCache();

  /** Of candidates, the table's codes on the last grids: the table itself stays as it is. */
  private final Map<WeightGrid, QuantizedTensor> tried =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<WeightGrid, QuantizedTensor> eldest) {
          return size() > TRIED;
        }
      };

  /** Stand in for the grids while a candidate is frozen; null otherwise. */
  private Map<String, WeightGrid> substitute;

  LayerWeights(Layer layer, QuantSettings settings, QuantState state) {
    this.layer = layer;
    this.settings = settings;
    this.state = state;
  }

  /** Declares a matrix of weights. */
  public void add(String key, WeightQuantization.Layout layout, long outputChannels) {
    matrices.put(key, new WeightQuantization(settings, state, key, layout, outputChannels, 1));
  }

  /** Declares the weights of a transposed convolution. */
  void addTransposed(long outputChannels, int taps) {
    String key = DefaultParamInitializer.WEIGHT_KEY;
    WeightQuantization.Layout layout = WeightQuantization.Layout.TRANSPOSED;
    matrices.put(key, new WeightQuantization(settings, state, key, layout, outputChannels, taps));
  }

  /** Declares the table of an embedding. */
  void addTable(UnaryOperator<INDArray> handedOn) {
    table = new TableQuantizer(settings, state, layer, handedOn);
  }

  void calibrate() {
    matrices.forEach((key, w) -> w.calibrate(layer.getParam(key)));
    if (table != null) {
      table.calibrate();
    }
  }

  void substitute(Map<String, WeightGrid> candidate) {
    substitute = candidate;
  }

  /** Whether there is a matrix of weights, of which a pass can have a fake-quantized copy. */
  boolean haveCopies() {
    return !matrices.isEmpty();
  }

  /** Makes the copies of the weights as they are now. */
  void refreshCopies() {
    matrices.forEach((key, w) -> w.refresh(layer.getParam(key)));
  }

  /** The copy of a matrix of weights, or of another parameter itself. */
  INDArray copy(String key, INDArray own) {
    return matrices.containsKey(key) ? matrices.get(key).last() : own;
  }

  /** Turns gradients of the copies into those of the weights. */
  void backward(Map<String, INDArray> gradients) {
    matrices.forEach((key, w) -> w.backward(gradients.get(key)));
  }

  /** Whether the layer has weights or a table. */
  public boolean exist() {
    return table != null || !matrices.isEmpty();
  }

  /**
   * The grids that a specification gives each matrix of weights, or the table, as it is, before
   * they are adjusted; by its key.
   */
  public Map<String, WeightGrid> search(WeightSpec spec) {
    Map<String, WeightGrid> grids = new TreeMap<>();
    matrices.forEach(
        (key, w) -> grids.put(key, ranges(spec, key).search(byChannel(key), w.channels(), 0)));
    if (table != null) {
      String key = DefaultParamInitializer.WEIGHT_KEY;
      INDArray w = table.table();
      grids.put(key, ranges(spec, key).search(Floats.read(w), (int) w.size(0), 0));
    }
    return grids;
  }

  /** What {@link #search} gave, as it is after a calibration with the specification. */
  public Map<String, WeightGrid> calibrated(WeightSpec spec, Map<String, WeightGrid> searched) {
    Map<String, WeightGrid> grids = new TreeMap<>();
    searched.forEach((key, grid) -> grids.put(key, ranges(spec, key).calibrated(grid)));
    return grids;
  }

  private WeightRanges ranges(WeightSpec spec, String key) {
    QuantSettings other = settings.withSpec(settings.spec().withWeights(spec));
    return new WeightRanges(other, state, key);
  }

  /** Quantizer of an embedding's rows. */
  public TableQuantizer table() {
    return table;
  }

  /**
   * The integer product of this layer as its parameters are now.
   *
   * @param bias or null
   * @param make makes it
   */
  public IntegerProduct product(float[] bias, QuantParams input, Supplier<IntegerProduct> make) {
    INDArray kept = state.param(QuantParamInitializer.WEIGHT_RANGES);
    return products.get(
        state.param(DefaultParamInitializer.WEIGHT_KEY),
        bias,
        kept == null ? null : Floats.read(kept),
        input,
        state.steps(),
        make);
  }

  /** Scales of an embedding's table. */
  public WeightGrid tableGrid() {
    return substitute != null ? substitute.get(DefaultParamInitializer.WEIGHT_KEY) : table.grid();
  }

  /**
   * Codes of the table, as they were made of the same grid for another candidate.
   *
   * @param make makes them
   */
  public QuantizedTensor tableCodes(Function<WeightGrid, QuantizedTensor> make) {
    WeightGrid grid = tableGrid();
    return substitute == null ? make.apply(grid) : tried.computeIfAbsent(grid, make);
  }

  /** Grid of weights [channels, k] of this layer. */
  public WeightGrid grid(String key, float[] byChannel) {
    return substitute != null ? substitute.get(key) : matrices.get(key).grid(byChannel);
  }

  /** Codes of all weights as they are now, a matrix behind the other, each [channels, k]. */
  public byte[] codes() {
    ByteArrayOutputStream codes = new ByteArrayOutputStream();
    matrices.forEach(
        (key, w) -> {
          float[] rows = byChannel(key);
          codes.writeBytes(WeightQuantizer.codes(rows, rows.length / w.channels(), w.grid(rows)));
        });
    if (table != null) {
      INDArray rows = table.table();
      codes.writeBytes(WeightQuantizer.codes(Floats.read(rows), (int) rows.size(1), table.grid()));
    }
    return codes.toByteArray();
  }

  /** Weights of the layer as [channels, k], row-major. */
  public float[] byChannel(String key) {
    return matrices.get(key).byChannel(layer.getParam(key));
  }

  /** Weights of a layer of the same shape that is not quantized, as [channels, k], row-major. */
  public float[] byChannel(INDArray weights) {
    return matrices.get(DefaultParamInitializer.WEIGHT_KEY).byChannel(weights);
  }

  /** Replaces the layer's weights by values [channels, k], row-major. */
  public void setByChannel(float[] values) {
    matrices
        .get(DefaultParamInitializer.WEIGHT_KEY)
        .setByChannel(layer.getParam(DefaultParamInitializer.WEIGHT_KEY), values);
  }

  /** The normalization behind this layer that its product takes over; null for none. */
  public Normalization folded() {
    return settings.foldRef() == null
        ? null
        : QuantizerRegistry.find(layer.params(), settings.foldRef()).weights().normalization();
  }

  /** Of a layer that normalizes. */
  public Normalization normalization() {
    return Normalization.of((BatchNormalization) layer.conf().getLayer(), layer.paramTable());
  }
}
