package org.qat4j.layers.internal.codes;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.layers.AbstractLSTM;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationLReLU;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.activations.impl.ActivationSoftSign;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.layers.internal.fast.RecurrentPass;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.layers.internal.quantizing.IntegerProduct;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.Slot;
import org.qat4j.model.Cell;
import org.qat4j.model.IntVector;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.numerics.QuantParams;
import org.qat4j.numerics.internal.GateTable;
import org.qat4j.numerics.internal.RecurrentStep;
import org.qat4j.numerics.internal.Rounding;
import org.qat4j.numerics.internal.WeightQuantizer;

/** A recurrent layer on integers (16): what its evaluation and the frozen model share. */
@SuppressWarnings("deprecation") // GravesLSTM, which old models are full of
public final class RecurrentCodes {
  /** The logistic function is that far from its limit at 8, where the tables end. */
  private static final double FLAT = 0x1p-11;

  private static final double FAR = 1e6;

  /** Gates that look at the cell: f, o and i. */
  private static final int PEEPHOLES = 3;

  private final QuantParams in;
  private final QuantParams out;
  private final Cell cell;
  private final WeightQuantizer weights;
  private final WeightQuantizer recurrent;
  private final int rows;

  /** Rows of the weights of the state, behind which come those of the peepholes. */
  private final int stateRows;

  private RecurrentCodes(LayerQuantizer q) {
    BaseRecurrentLayer conf = (BaseRecurrentLayer) q.conf();
    String name = q.settings().layer();
    in = q.scales().input();
    out = q.scales().output();
    AbstractLSTM lstm = conf instanceof AbstractLSTM l ? l : null;
    float[] range = lstm == null ? null : q.scales().range(Slot.CELL);
    float reach = lstm == null ? 0 : Math.max(Math.abs(range[0]), Math.abs(range[1]));
    int units = (int) conf.getNOut();
    rows = (lstm == null ? 1 : 4) * units;
    stateRows = rows + (conf instanceof GravesLSTM ? PEEPHOLES : 0);
    float[] bias = Floats.read(q.layer().getParam(RecurrentPass.BIAS));
    weights = IntegerLayers.quantize(q, RecurrentPass.WEIGHTS, bias, rows, in);
    recurrent = IntegerLayers.quantize(q, RecurrentPass.RECURRENT, null, stateRows, out);
    int argument = argument(conf.getActivationFn(), name, lstm == null ? largest(conf) : 4 * reach);
    int value = isBounded(conf.getActivationFn()) ? Cell.VALUE : argument;
    IntVector activation = table(conf.getActivationFn(), name, argument, value);
    cell =
        lstm == null
            ? new Cell.Simple(activation, argument, value)
            : new Cell.Lstm(
                RecurrentStep.shiftFor(reach),
                table(lstm.getGateActivationFn(), name, Cell.ARGUMENT, Cell.VALUE),
                activation,
                argument,
                value,
                stateRows == rows ? null : part(recurrent, rows, stateRows));
  }

  /** Largest argument of a function whose values are the states. */
  private float largest(BaseRecurrentLayer conf) {
    double lo = out.dequantize(out.qmin());
    if (conf.getActivationFn() instanceof ActivationLReLU leaky) {
      lo /= leaky.getAlpha();
    }
    return (float) Math.max(out.dequantize(out.qmax()), -lo);
  }

  /** The scale 2^−argument at which int16 covers the arguments of a function. */
  private static int argument(IActivation f, String layer, float reach) {
    if (isFlat(FusedActivation.of(f, layer))) {
      return Cell.ARGUMENT;
    } else if (isBounded(f)) {
      return Cell.ARGUMENT - 1;
    }
    int argument = Cell.ARGUMENT;
    while (argument > 0 && Math.scalb(reach, argument) > Short.MAX_VALUE) {
      argument--;
    }
    return argument;
  }

  /**
   * The integers of a layer as it is now.
   *
   * @throws org.qat4j.QatException if it was not calibrated
   */
  public static RecurrentCodes of(LayerQuantizer quantizer) {
    return new RecurrentCodes(quantizer);
  }

  private static IntVector table(IActivation f, String layer, int argument, int value) {
    FusedActivation function = FusedActivation.of(f, layer);
    return IntVector.of(GateTable.of(function::apply, argument, value));
  }

  /** Whether a gate has a table: its values lie in [−1, 1], and it is flat beyond ±8. */
  public static boolean supportsGate(IActivation f) {
    return FusedActivation.supports(f) && isFlat(FusedActivation.of(f, ""));
  }

  /**
   * Whether another function has a table: one like a gate's, softsign, which is taken as constant
   * beyond ±16, and those that are straight but for 0, so that interpolation is exact.
   */
  public static boolean supports(IActivation f) {
    return supportsGate(f)
        || f instanceof ActivationSoftSign
        || f instanceof ActivationIdentity
        || (f instanceof ActivationLReLU leaky && leaky.getAlpha() >= 0 && leaky.getAlpha() <= 1)
        || (f instanceof ActivationReLU && !FusedActivation.of(f, "").isTable());
  }

  private static boolean isBounded(IActivation f) {
    return supportsGate(f) || f instanceof ActivationSoftSign;
  }

  private static boolean isFlat(FusedActivation function) {
    return Math.abs(function.apply(FAR)) <= 1
        && Math.abs(function.apply(-FAR)) <= 1
        && Math.abs(function.apply(FAR) - function.apply(8)) < FLAT
        && Math.abs(function.apply(-FAR) - function.apply(-8)) < FLAT;
  }

  /** [gates·units, k]. */
  public QuantizedTensor weights() {
    return FrozenWeights.tensor(
        weights.codes(), new int[] {rows, weights.codes().length / rows}, weights.grid());
  }

  /** [gates·units, units]. */
  public QuantizedTensor recurrent() {
    int[] shape = {rows, recurrent.codes().length / stateRows};
    return stateRows == rows
        ? FrozenWeights.tensor(recurrent.codes(), shape, recurrent.grid())
        : part(recurrent, 0, rows);
  }

  /** Some rows of the weights of the state, which have no scales of groups. */
  private QuantizedTensor part(WeightQuantizer w, int from, int to) {
    int depth = w.codes().length / stateRows;
    float[] scales = w.grid().scales();
    return new QuantizedTensor(
        Arrays.copyOfRange(w.codes(), from * depth, to * depth),
        new int[] {to - from, depth},
        w.grid().bits(),
        scales.length == 1 ? scales : Arrays.copyOfRange(scales, from, to),
        w.grid().zeroPoint());
  }

  /** int32, (gates·units). */
  public IntVector bias() {
    return IntVector.of(weights.bias());
  }

  /** Scale of the cell and tables of the functions. */
  public Cell cell() {
    return cell;
  }

  /**
   * What a pass has made.
   *
   * @param output states as the real values that their codes stand for, [n, units, t]
   * @param state after the last step, [n, units]
   * @param cell likewise; null where there is none
   */
  public record Run(INDArray output, INDArray state, INDArray cell) {}

  /**
   * All steps of a batch.
   *
   * @param x real values that stand for codes, [n, k, t]
   * @param mask [n, t], 0 where a step is left out; or null
   * @param state before the first step, [n, units], or null for 0
   * @param cellState likewise
   */
  public Run run(INDArray x, INDArray mask, INDArray state, INDArray cellState) {
    int n = (int) x.size(0);
    int t = (int) x.size(2);
    int units = rows / cell.gates();
    float[] counts = mask == null ? null : Floats.read(mask);
    float[] steps = IntegerProduct.distances(Floats.readByStep(x), in);
    int[] sums = new IntegerProduct(weights, rows, in).accumulate(steps, n * t);
    IntegerProduct ofState = new IntegerProduct(recurrent, stateRows, out);
    RecurrentStep step = step();
    int[] h = new int[n * units];
    int[] c = new int[n * units];
    if (state != null) {
      float[] from = IntegerProduct.distances(state, out);
      Arrays.setAll(h, i -> (int) from[i]);
    }
    if (cellState != null) {
      float[] from = Floats.read(cellState);
      Arrays.setAll(c, i -> Rounding.halfEven(from[i] / cellScale()));
    }
    float[] distances = new float[h.length];
    float[] y = new float[n * units * t];
    for (int s = 0; s < t; s++) {
      for (int i = 0; i < h.length; i++) {
        distances[i] = h[i];
      }
      int[] acc = ofState.accumulate(distances, n);
      for (int b = 0; b < n; b++) {
        int at = b * units;
        if (counts == null || counts[b * t + s] != 0) {
          step.apply(sums, (b * t + s) * rows, acc, b * stateRows, c, at, h, at);
        } else {
          Arrays.fill(h, at, at + units, 0);
          Arrays.fill(c, at, at + units, 0);
        }
        for (int u = at; u < at + units; u++) {
          y[u * t + s] = out.scale() * (float) h[u];
        }
      }
    }
    return new Run(
        Nd4j.create(y, new long[] {n, units, t}, 'c'),
        detached(h, out.scale(), n),
        cell instanceof Cell.Lstm ? detached(c, cellScale(), n) : null);
  }

  private float cellScale() {
    return cell instanceof Cell.Lstm lstm ? Math.scalb(1f, -lstm.shift()) : 1f;
  }

  private static INDArray detached(int[] values, float scale, int n) {
    float[] reals = new float[values.length];
    for (int i = 0; i < reals.length; i++) {
      reals[i] = scale * (float) values[i];
    }
    return Nd4j.createFromArray(reals).reshape(n, reals.length / n).detach();
  }

  private RecurrentStep step() {
    Cell.Lstm lstm = cell instanceof Cell.Lstm l ? l : null;
    QuantizedTensor peepholes = cell.peepholes();
    return new RecurrentStep(
        scales(in, weights),
        scales(out, recurrent),
        lstm == null ? 0 : lstm.shift(),
        lstm == null ? null : lstm.gate().toArray(),
        cell.activation().toArray(),
        cell.argument(),
        cell.value(),
        peepholes == null ? null : distances(peepholes),
        peepholes == null ? null : peepholeScales(peepholes),
        out);
  }

  private static int[] distances(QuantizedTensor peepholes) {
    int[] distances = new int[peepholes.codes().length];
    Arrays.setAll(distances, i -> peepholes.codes()[i] - peepholes.zeroPoint());
    return distances;
  }

  private static float[] peepholeScales(QuantizedTensor peepholes) {
    return new float[] {peepholes.scale(0), peepholes.scale(1), peepholes.scale(2)};
  }

  private float[] scales(QuantParams p, WeightQuantizer w) {
    float[] scales = new float[rows];
    for (int r = 0; r < rows; r++) {
      scales[r] = p.scale() * w.grid().scale(r);
    }
    return scales;
  }
}
