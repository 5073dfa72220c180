package org.qat4j.layers;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.QatException;
import org.qat4j.calibration.Grids;
import org.qat4j.calibration.Observer;
import org.qat4j.calibration.Range;
import org.qat4j.calibration.RangeRule;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.WeightGrid;
import org.qat4j.quantizer.Granularity;
import org.qat4j.quantizer.Learned;
import org.qat4j.quantizer.Schedule;
import org.qat4j.quantizer.Scheme;
import org.qat4j.quantizer.WeightSpec;

/**
 * The grid of a layer's weights. Extremes are taken anew in each step. Ranges that are searched
 * (percentile, MSE, KL) are searched anew every {@value #REFRESH} steps and kept among the layer's
 * parameters in between; so are ranges that are learned, once their training has begun.
 */
final class WeightRanges {
  static final int REFRESH = 16;

  private final QuantSettings settings;
  private final QuantState state;
  private final String weight;
  private final WeightSpec spec;
  private ArrayExtremes extremes;

  /**
   * @param weight key of the matrix of weights
   */
  WeightRanges(QuantSettings settings, QuantState state, String weight) {
    this.settings = settings;
    this.state = state;
    this.weight = weight;
    this.spec = settings.spec().weights();
  }

  /** Floats kept for a layer of {@code channels}: a log width per scale, and one place of 0. */
  static long size(QuantSettings settings, long channels) {
    WeightSpec spec = settings.spec().weights();
    if (channels == 0 || !isKept(spec)) {
      return 0;
    }
    long scales = perChannel(settings) ? channels : 1;
    return scales + (spec.scheme() == Scheme.ASYMMETRIC ? 1 : 0);
  }

  private static boolean isKept(WeightSpec spec) {
    return learns(spec) || !(spec.range() instanceof RangeRule.MinMax) || !spec.adjust().isNone();
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

  /** Whether the ranges are trained in a step. */
  boolean learning(long step) {
    return learns(spec) && step > settings.schedule().learnScalesFrom();
  }

  int bits(long step) {
    Schedule schedule = settings.schedule();
    return schedule.weightBits(spec.bits(), step);
  }

  private Grids grids(long step) {
    return spec.grids(bits(step));
  }

  /** Whether the kept ranges have to be searched in a step of the training. */
  boolean isDue(long step) {
    return isKept()
        && (!state.weightsReady(weight) || (!learning(step) && (step - 1) % REFRESH == 0));
  }

  /** Searches the ranges and keeps them. */
  void keep(float[] w, int channels, long step) {
    WeightGrid grid = adjusted(search(w, channels, step));
    INDArray kept = state.param(QuantParamInitializer.weightRanges(weight));
    int scales = grid.scales().length;
    for (int c = 0; c < scales; c++) {
      kept.putScalar(c, LearnedRange.logWidth(grid.params(c)));
    }
    if (spec.scheme() == Scheme.ASYMMETRIC) {
      kept.putScalar(scales, LearnedRange.zero(grid.params(0)));
    }
    state.setWeightsReady(weight);
  }

  /** The grid that the specification gives the weights [channels, k], before it is adjusted. */
  WeightGrid search(float[] w, int channels, long step) {
    Grids grids = grids(step);
    int parts = perChannel() ? channels : 1;
    int k = w.length / parts;
    float[] scales = new float[parts];
    QuantParams p = null;
    for (int c = 0; c < parts; c++) {
      try {
        Range range = Observer.range(spec.range(), grids, w, c * k, (c + 1) * k);
        p = grids.covering(range.lo(), range.hi());
      } catch (QatException e) {
        throw new QatException(
            "layer \""
                + settings.layer()
                + "\", weights "
                + weight
                + (parts > 1 ? " of channel " + c : "")
                + ": "
                + e.getMessage(),
            e);
      }
      scales[c] = p.scale();
    }
    return new WeightGrid(scales, p.zeroPoint(), p.qmin(), p.qmax());
  }

  /**
   * The grid in a step.
   *
   * @param w the weights as they are now, [channels, k], row-major
   */
  WeightGrid grid(float[] w, int channels, long step) {
    return isKept() && state.weightsReady(weight)
        ? kept(step)
        : adjusted(search(w, channels, step));
  }

  /** The grid of an embedding table as it is now. */
  WeightGrid gridOfTable(INDArray table, long step) {
    if (isKept()) {
      return state.weightsReady(weight)
          ? kept(step)
          : adjusted(search(Floats.readInMemoryOrder(table), 1, step));
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
    float[] scales = grid.scales();
    int zeroPoint = grid.zeroPoint();
    if (spec.scheme() == Scheme.ASYMMETRIC) {
      float zero = LearnedRange.zero(grid.params(0));
      zeroPoint = LearnedRange.zeroPoint(zero, grid.qmin(), grid.qmax());
    }
    for (int c = 0; c < scales.length; c++) {
      float width = LearnedRange.logWidth(grid.params(c));
      scales[c] = LearnedRange.scale(width, grid.qmin(), grid.qmax(), spec.powerOfTwo());
    }
    return new WeightGrid(scales, zeroPoint, grid.qmin(), grid.qmax());
  }

  private WeightGrid kept(long step) {
    QuantParams any = grids(step).covering(-1, 1);
    float[] kept = Floats.read(state.param(QuantParamInitializer.weightRanges(weight)));
    boolean asymmetric = spec.scheme() == Scheme.ASYMMETRIC;
    float[] scales = new float[kept.length - (asymmetric ? 1 : 0)];
    for (int c = 0; c < scales.length; c++) {
      scales[c] = LearnedRange.scale(kept[c], any.qmin(), any.qmax(), spec.powerOfTwo());
    }
    int zeroPoint =
        asymmetric ? LearnedRange.zeroPoint(kept[scales.length], any.qmin(), any.qmax()) : 0;
    return new WeightGrid(scales, zeroPoint, any.qmin(), any.qmax());
  }

  /**
   * Writes the gradient of a learned range: of its logarithm, with the gradient scale of (14).
   *
   * @param c which scale
   * @param byScale ∂L/∂s
   * @param n number of weights that share the scale
   */
  void putGradient(int c, QuantParams p, double byScale, long n) {
    double g = 1 / Math.sqrt((double) n * p.qmax());
    state
        .gradient(QuantParamInitializer.weightRanges(weight))
        .putScalar(c, (float) (byScale * p.scale() * g));
  }
}
