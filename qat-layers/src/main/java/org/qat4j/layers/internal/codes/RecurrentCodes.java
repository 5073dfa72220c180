package org.qat4j.layers.internal.codes;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.nd4j.linalg.activations.IActivation;
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
public final class RecurrentCodes {
  /** The logistic function is that far from its limit at 8, where the tables end. */
  private static final double FLAT = 0x1p-11;

  private static final double FAR = 1e6;

  private final QuantParams in;
  private final QuantParams out;
  private final Cell cell;
  private final WeightQuantizer weights;
  private final WeightQuantizer recurrent;
  private final int rows;

  private RecurrentCodes(LayerQuantizer q) {
    BaseRecurrentLayer conf = (BaseRecurrentLayer) q.conf();
    String name = q.settings().layer();
    IntVector activation = table(conf.getActivationFn(), name);
    in = q.scales().input();
    out = q.scales().output();
    if (conf instanceof LSTM lstm) {
      IntVector gate = table(lstm.getGateActivationFn(), name);
      float[] range = q.scales().range(Slot.CELL);
      float reach = Math.max(Math.abs(range[0]), Math.abs(range[1]));
      cell = new Cell.Lstm(RecurrentStep.shiftFor(reach), gate, activation);
    } else {
      cell = new Cell.Simple(activation);
    }
    rows = cell.gates() * (int) conf.getNOut();
    float[] bias = Floats.read(q.layer().getParam(RecurrentPass.BIAS));
    weights = IntegerLayers.quantize(q, RecurrentPass.WEIGHTS, bias, rows, in);
    recurrent = IntegerLayers.quantize(q, RecurrentPass.RECURRENT, null, rows, out);
  }

  /**
   * The integers of a layer as it is now.
   *
   * @throws org.qat4j.QatException if it was not calibrated
   */
  public static RecurrentCodes of(LayerQuantizer quantizer) {
    return new RecurrentCodes(quantizer);
  }

  private static IntVector table(IActivation f, String layer) {
    FusedActivation function = FusedActivation.of(f, layer);
    return IntVector.of(GateTable.of(function::apply));
  }

  /** Whether a function has a table: its values lie in [−1, 1], and it is flat beyond ±8. */
  public static boolean supports(IActivation f) {
    if (!FusedActivation.supports(f)) {
      return false;
    }
    FusedActivation function = FusedActivation.of(f, "");
    return Math.abs(function.apply(FAR)) <= 1
        && Math.abs(function.apply(-FAR)) <= 1
        && Math.abs(function.apply(FAR) - function.apply(8)) < FLAT
        && Math.abs(function.apply(-FAR) - function.apply(-8)) < FLAT;
  }

  /** [gates·units, k]. */
  public QuantizedTensor weights() {
    return tensor(weights);
  }

  /** [gates·units, units]. */
  public QuantizedTensor recurrent() {
    return tensor(recurrent);
  }

  private QuantizedTensor tensor(WeightQuantizer w) {
    int[] shape = {rows, w.codes().length / rows};
    return FrozenWeights.tensor(w.codes(), shape, w.grid());
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
    IntegerProduct ofState = new IntegerProduct(recurrent, rows, out);
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
          step.apply(sums, (b * t + s) * rows, acc, b * rows, c, at, h, at);
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
    return new RecurrentStep(
        scales(in, weights),
        scales(out, recurrent),
        lstm == null ? 0 : lstm.shift(),
        lstm == null ? null : lstm.gate().toArray(),
        cell.activation().toArray(),
        out);
  }

  private float[] scales(QuantParams p, WeightQuantizer w) {
    float[] scales = new float[rows];
    for (int r = 0; r < rows; r++) {
      scales[r] = p.scale() * w.grid().scale(r);
    }
    return scales;
  }
}
