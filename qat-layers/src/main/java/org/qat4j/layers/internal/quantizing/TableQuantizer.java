package org.qat4j.layers.internal.quantizing;

import java.util.function.UnaryOperator;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.Runs;
import org.qat4j.numerics.internal.WeightGrid;
import org.qat4j.quantizer.Learned;
import org.qat4j.quantizer.Ste;

/**
 * Quantization of an embedding table (11): one symmetric scale for the table, of which those of
 * groups are multiples (3a), and rounding of those rows alone that are read.
 */
public final class TableQuantizer {
  private final Layer layer;

  /** Makes what the layer hands on of the table, where that is not the table itself; or null. */
  private final UnaryOperator<INDArray> handedOn;

  private final QuantState state;
  private final WeightRanges ranges;
  private final FakeQuantPass pass;
  private final FakeQuantPass evaluation;

  /** Of the last pass: the grid of the table, and where groups have scales the rows' tokens. */
  private WeightGrid grid;

  private int[] ids;

  /** The grid of the last pass where that was an evaluation; null otherwise. */
  private WeightGrid evaluated;

  TableQuantizer(
      QuantSettings settings, QuantState state, Layer layer, UnaryOperator<INDArray> handedOn) {
    this.layer = layer;
    this.handedOn = handedOn;
    this.state = state;
    this.ranges = new WeightRanges(settings, state, DefaultParamInitializer.WEIGHT_KEY);
    this.pass =
        new FakeQuantPass(
            settings.layer() + "/weights",
            settings.spec().weights().ste(),
            settings.spec().weights().learned());
    this.evaluation = new FakeQuantPass(settings.layer(), Ste.CLIPPED, new Learned.None());
  }

  /** All rows as the layer hands them on, not rounded, [vocabulary, dimension]. */
  public INDArray table() {
    INDArray table = state.param(DefaultParamInitializer.WEIGHT_KEY);
    return handedOn == null ? table : handedOn.apply(table);
  }

  /** Meaning of the codes of the table as it is now. */
  QuantParams params() {
    return grid().params(0);
  }

  /** Scales of the table as it is now. */
  WeightGrid grid() {
    return ranges.gridOfTable(table(), state.steps());
  }

  /** The grid that the rows of this pass were rounded on, in evaluation; null otherwise. */
  WeightGrid evaluated() {
    return evaluated;
  }

  /** Searches and keeps the range of the table as it is, where ranges are kept. */
  void calibrate() {
    if (ranges.isKept()) {
      INDArray table = table();
      ranges.keep(Floats.read(table), (int) table.size(0), state.steps());
    }
  }

  /**
   * Replaces gathered rows by s·q.
   *
   * @param rows [n, d], or [n, d, t] that lies in memory as [n, t, d]
   * @param training whether this is a step of the training, which {@link #gradient} follows
   * @return the scale
   */
  public float quantize(INDArray rows, boolean training) {
    long step = state.steps();
    if (training && ranges.isDue(step)) {
      calibrate();
    }
    INDArray memory = rows.rank() == 3 ? rows.permute(0, 2, 1) : rows;
    WeightGrid now = grid();
    FakeQuantPass quantize = training ? pass : evaluation;
    boolean learning = training && ranges.learning(step);
    if (now.groupScales() == null) {
      quantize.forward(memory, now.params(0), step, learning);
    } else {
      int row = (int) rows.size(1);
      int[] tokens = tokens();
      quantize.forward(
          memory, now.group(0), now.groups(row), scales(now, row, tokens), step, learning);
      ids = training ? tokens : ids;
    }
    grid = training ? now : grid;
    evaluated = training ? null : now;
    return now.scale(0);
  }

  /** The token of each row that was gathered. */
  private int[] tokens() {
    float[] values = Floats.read(layer.input());
    int[] tokens = new int[values.length];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = (int) values[i];
    }
    return tokens;
  }

  /** Scale of each group of the rows of tokens. */
  private static float[] scales(WeightGrid grid, int row, int[] tokens) {
    int perRow = grid.groups(row).perRow();
    float[] scales = new float[tokens.length * perRow];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = grid.group(tokens[i / perRow] * perRow + i % perRow).scale();
    }
    return scales;
  }

  /** Whether a gradient must pass {@link #gradient}; otherwise it would come out as it went in. */
  public boolean masksGradients() {
    return ranges.isKept();
  }

  /** Gradient of the rows before they were quantized; writes that of the range, if learned. */
  INDArray gradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    if (!ranges.isKept()) {
      return epsilon;
    }
    INDArray memory = epsilon.rank() == 3 ? epsilon.permute(0, 2, 1) : epsilon;
    if (ranges.learning(state.steps())) {
      Runs parts = parts();
      ranges.putGradients(grid, parts, byScales(memory, parts));
    }
    INDArray masked = pass.backward(memory, ArrayType.BP_WORKING_MEM, workspaces);
    return epsilon.rank() == 3 ? masked.permute(0, 2, 1) : masked;
  }

  private Runs parts() {
    INDArray table = state.param(DefaultParamInitializer.WEIGHT_KEY);
    return ranges.parts((int) table.length(), (int) table.size(0));
  }

  private double[] byScales(INDArray epsilon, Runs parts) {
    if (grid.groupScales() == null) {
      return new double[] {pass.byRange(epsilon)[0]};
    }
    double[] gathered = pass.byScales(epsilon);
    double[] sums =
        new double[parts.count((int) state.param(DefaultParamInitializer.WEIGHT_KEY).length())];
    int perRow = parts.perRow();
    for (int i = 0; i < gathered.length; i++) {
      sums[ids[i / perRow] * perRow + i % perRow] += gathered[i];
    }
    return sums;
  }
}
