package org.qat4j.layers.internal.quantizing;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.QatException;
import org.qat4j.calibration.Grids;
import org.qat4j.calibration.Range;
import org.qat4j.calibration.RangeRule;
import org.qat4j.calibration.internal.Observer;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.GroupScales;
import org.qat4j.numerics.internal.Runs;
import org.qat4j.numerics.internal.WeightGrid;
import org.qat4j.quantizer.Granularity;
import org.qat4j.quantizer.Learned;
import org.qat4j.quantizer.Schedule;
import org.qat4j.quantizer.Scheme;
import org.qat4j.quantizer.WeightSpec;

/**
 * The grid of a layer's weights. Extremes are taken anew in each step. Ranges that are searched
 * (percentile, MSE, KL), and those of groups, are searched anew every {@value #REFRESH} steps and
 * kept among the layer's parameters in between; so are ranges that are learned, once their training
 * has begun.
 */
final class WeightRanges {
  static final int REFRESH = 16;

  private final QuantSettings settings;
  private final QuantState state;
  private final String weight;
  private final WeightSpec spec;
  private ArrayExtremes extremes;

  /** What is kept, as it was read last, and the grid that it stands for. */
  private float[] lastKept;

  private int lastBits;
  private WeightGrid lastGrid;

  /**
   * @param weight key of the matrix of weights
   */
  WeightRanges(QuantSettings settings, QuantState state, String weight) {
    this.settings = settings;
    this.state = state;
    this.weight = weight;
    this.spec = settings.spec().weights();
  }

  /** Floats kept for a matrix: a log width per scale, and one place of 0. */
  static long size(QuantSettings settings, WeightShape shape) {
    WeightSpec spec = settings.spec().weights();
    if (shape.rows() == 0 || !isKept(spec)) {
      return 0;
    }
    long scales =
        spec.granularity() instanceof Granularity.Group g
            ? shape.rows() * new Runs((int) shape.row(), g.size()).perRow()
            : perChannel(settings) ? shape.rows() : 1;
    return scales + (spec.scheme() == Scheme.ASYMMETRIC ? 1 : 0);
  }

  private static boolean isKept(WeightSpec spec) {
    return learns(spec)
        || spec.granularity() instanceof Granularity.Group
        || !(spec.range() instanceof RangeRule.MinMax)
        || !spec.adjust().isNone();
  }

  private static boolean learns(WeightSpec spec) {
    return !(spec.learned() instanceof Learned.None);
  }

  private static boolean perChannel(QuantSettings settings) {
    return !settings.gathers()
        && settings.spec().weights().granularity() instanceof Granularity.Channel;
  }

  /** Whether ranges are kept, so that values beyond them are clipped. */
  boolean isKept() {
    return isKept(spec);
  }

  boolean perChannel() {
    return perChannel(settings);
  }

  boolean perGroup() {
    return spec.granularity() instanceof Granularity.Group;
  }

  /**
   * Weights that share a scale.
   *
   * @param n weights in all
   * @param rows that they come in
   */
  Runs parts(int n, int rows) {
    return spec.granularity() instanceof Granularity.Group g
        ? new Runs(n / rows, g.size())
        : Runs.rows(perChannel() ? n / rows : n);
  }

  /** Whether the ranges are trained in a step. */
  boolean learning(long step) {
    return learns(spec) && step > settings.schedule().learnScalesFrom();
  }

  int bits(long step) {
    Schedule schedule = settings.schedule();
    return schedule.weightBits(spec.bits(), step);
  }

  /** Whether nothing can lie beyond the ranges, which are the weights' own extremes around 0. */
  boolean cover() {
    return !isKept()
        && spec.range() instanceof RangeRule.MinMax
        && spec.scheme() == Scheme.SYMMETRIC
        && !spec.fullRange();
  }

  /** How the weights are quantized in a step. */
  Grids grids(long step) {
    return spec.grids(bits(step));
  }

  /** Whether the kept ranges have to be searched in a step of the training. */
  boolean isDue(long step) {
    return isKept()
        && (!state.weightsReady(weight) || (!learning(step) && (step - 1) % REFRESH == 0));
  }

  /** Searches the ranges and keeps them. */
  void keep(float[] w, int rows, long step) {
    float[] found = toKeep(adjusted(search(w, rows, step)));
    INDArray kept = state.param(QuantParamInitializer.weightRanges(weight));
    kept.assign(Nd4j.createFromArray(found).reshape(kept.shape()));
    state.setWeightsReady(weight);
  }

  /** The grid that the specification gives the weights [rows, k], before it is adjusted. */
  WeightGrid search(float[] w, int rows, long step) {
    Grids grids = grids(step);
    Runs parts = parts(w.length, rows);
    float[] scales = new float[parts.count(w.length)];
    QuantParams p = null;
    for (int i = 0; i < scales.length; i++) {
      try {
        Range range = Observer.range(spec.range(), grids, w, parts.from(i), parts.to(i));
        p = grids.covering(range.lo(), range.hi());
      } catch (QatException e) {
        throw new QatException(
            "layer \""
                + settings.layer()
                + "\", weights "
                + weight
                + (scales.length > 1 ? " of channel " + i / parts.perRow() : "")
                + ": "
                + e.getMessage(),
            e);
      }
      scales[i] = p.scale();
    }
    return grid(scales, parts, p.zeroPoint(), p);
  }

  private WeightGrid grid(float[] scales, Runs parts, int zeroPoint, QuantParams codes) {
    return perGroup()
        ? WeightGrid.grouped(
            scales, parts, !settings.gathers(), codes.qmin(), codes.qmax(), spec.powerOfTwo())
        : new WeightGrid(scales, zeroPoint, codes.qmin(), codes.qmax());
  }

  /** What is kept of a grid: the logarithm of the width of each part, and the place of 0. */
  private float[] toKeep(WeightGrid grid) {
    GroupScales groups = grid.groupScales();
    int scales = groups == null ? grid.scales().length : groups.multiples().length;
    boolean asymmetric = spec.scheme() == Scheme.ASYMMETRIC;
    float[] kept = new float[scales + (asymmetric ? 1 : 0)];
    for (int i = 0; i < scales; i++) {
      kept[i] = LearnedRange.logWidth(grid.group(i));
    }
    if (asymmetric) {
      kept[scales] = LearnedRange.zero(grid.params(0));
    }
    return kept;
  }

  /** The grid that something kept stands for. */
  private WeightGrid ofKept(float[] kept, Runs parts, QuantParams codes) {
    boolean asymmetric = spec.scheme() == Scheme.ASYMMETRIC;
    float[] scales = new float[kept.length - (asymmetric ? 1 : 0)];
    for (int i = 0; i < scales.length; i++) {
      scales[i] = LearnedRange.scale(kept[i], codes.qmin(), codes.qmax(), spec.powerOfTwo());
    }
    int zeroPoint =
        asymmetric ? LearnedRange.zeroPoint(kept[scales.length], codes.qmin(), codes.qmax()) : 0;
    return grid(scales, parts, zeroPoint, codes);
  }

  /**
   * The grid in a step.
   *
   * @param w the weights as they are now, [rows, k], row-major
   */
  WeightGrid grid(float[] w, int rows, long step) {
    return isKept() && state.weightsReady(weight)
        ? kept(parts(w.length, rows), step)
        : adjusted(search(w, rows, step));
  }

  /** The grid of an embedding table as it is now. */
  WeightGrid gridOfTable(INDArray table, long step) {
    if (isKept()) {
      int rows = (int) table.size(0);
      return state.weightsReady(weight)
          ? kept(parts((int) table.length(), rows), step)
          : adjusted(search(Floats.read(table), rows, step));
    }
    try {
      Range range = extremes(table);
      return WeightGrid.of(grids(step).covering(range.lo(), range.hi()));
    } catch (QatException e) {
      throw new QatException(
          "layer \"" + settings.layer() + "\": the embedding has values that are not finite", e);
    }
  }

  private Range extremes(INDArray table) {
    if (!Floats.inPlace(table)) {
      return new Range(table.minNumber().floatValue(), table.maxNumber().floatValue());
    }
    if (extremes == null) {
      extremes = new ArrayExtremes();
    }
    boolean magnitudeDecides = spec.scheme() == Scheme.SYMMETRIC && !spec.fullRange();
    return magnitudeDecides ? extremes.around0(table) : extremes.of(table, null);
  }

  private WeightGrid adjusted(WeightGrid grid) {
    return spec.adjust().apply(grid, spec.powerOfTwo());
  }

  /**
   * The grid of a network that was calibrated with this specification, from what {@link #search}
   * gave: adjusted, and rounded as by {@link #keep}.
   */
  WeightGrid calibrated(WeightGrid searched) {
    WeightGrid grid = adjusted(searched);
    if (!isKept()) {
      return grid;
    }
    QuantParams codes = new QuantParams(1, grid.zeroPoint(), grid.qmin(), grid.qmax());
    return ofKept(toKeep(grid), grid.groups(1), codes);
  }

  private WeightGrid kept(Runs parts, long step) {
    float[] kept = Floats.read(state.param(QuantParamInitializer.weightRanges(weight)));
    int bits = bits(step);
    if (lastGrid == null || lastBits != bits || !Arrays.equals(lastKept, kept)) {
      lastGrid = ofKept(kept, parts, grids(step).covering(-1, 1));
      lastKept = kept;
      lastBits = bits;
    }
    return lastGrid;
  }

  /**
   * Writes the gradients of the learned ranges: of their logarithms, with the gradient scale of
   * (14), where a group has its scale by itself.
   *
   * @param byScale ∂L/∂s of each part
   */
  void putGradients(WeightGrid grid, Runs parts, double[] byScale) {
    float[] byWidth = new float[byScale.length];
    for (int i = 0; i < byWidth.length; i++) {
      QuantParams p = grid.group(i);
      double n = parts.to(i) - parts.from(i);
      byWidth[i] = (float) (byScale[i] * p.scale() / Math.sqrt(n * p.qmax()));
    }
    INDArray gradient = state.gradient(QuantParamInitializer.weightRanges(weight));
    gradient.assign(Nd4j.createFromArray(byWidth).reshape(gradient.shape()));
  }
}
