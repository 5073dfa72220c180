package org.qat4j.layers.internal.fast;

import static org.nd4j.linalg.indexing.NDArrayIndex.all;
import static org.nd4j.linalg.indexing.NDArrayIndex.interval;
import static org.nd4j.linalg.indexing.NDArrayIndex.point;

import java.util.Map;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.layers.internal.host.DeviceOps;
import org.qat4j.numerics.QuantParams;

/**
 * A {@link RecurrentPass} by operations of ND4J, for any device, activation function and type, for
 * an LSTM or a simple recurrent layer. Arrays are [n, channels, steps] in f order, where a step
 * lies together; they are kept from one batch to the next.
 */
final class RecurrentOperations implements RecurrentPass {
  /** Of f, o and i; null for a layer without gates and cell. */
  private final IActivation gate;

  private final IActivation activation;

  /** Whether f, o and i look at the cell. */
  private final boolean peeps;

  private INDArray x;
  private INDArray z; // sums, [n, gates·units, t]
  private INDArray a; // functions of them
  private INDArray c; // cells
  private INDArray tc; // functions of cells
  private INDArray exact; // states before rounding
  private INDArray h; // states
  private INDArray inside; // 1 where rounding did not clip
  private INDArray before; // state before the first step, or null
  private INDArray cellBefore;
  private INDArray mask;
  private boolean rounded;

  RecurrentOperations(IActivation gate, IActivation activation, boolean peeps) {
    this.gate = gate;
    this.activation = activation;
    this.peeps = peeps;
  }

  @Override
  public boolean hasCell() {
    return gate != null;
  }

  @Override
  public INDArray exactStates() {
    return rounded ? exact : h;
  }

  @Override
  public INDArray cells() {
    return c;
  }

  @Override
  public INDArray lastState() {
    return copy(at(h, h.size(2) - 1));
  }

  @Override
  public INDArray lastCell() {
    return hasCell() ? copy(at(c, c.size(2) - 1)) : null;
  }

  private static INDArray copy(INDArray step) {
    return Nd4j.createUninitializedDetached(step.dataType(), 'f', step.shape()).assign(step);
  }

  @Override
  public INDArray forward(
      INDArray input,
      INDArray weights,
      INDArray recurrent,
      INDArray bias,
      INDArray state,
      INDArray cell,
      INDArray steps,
      QuantParams rounding) {
    long units = recurrent.size(0);
    allocate(input, units, weights.size(1));
    before = state;
    cellBefore = cell;
    mask = steps == null ? null : steps.castTo(input.dataType()).detach(); // backward reads it too
    rounded = rounding != null;
    x.assign(input);
    INDArray row = bias.reshape(bias.length());
    INDArray ofState = ofState(recurrent, weights.size(1));
    for (long t = 0; t < input.size(2); t++) {
      INDArray zt = at(z, t);
      Nd4j.gemm(at(x, t), weights, zt, false, false, 1, 0);
      INDArray previous = t == 0 ? before : at(h, t - 1);
      if (previous != null) {
        Nd4j.gemm(previous, ofState, zt, false, false, 1, 1);
      }
      zt.addiRowVector(row);
      INDArray ht = at(h, t);
      if (hasCell()) {
        cell(t, zt, ht, units, recurrent);
      } else {
        ht.assign(zt);
        activation.getActivation(ht, true);
      }
      if (mask != null) {
        ht.muliColumnVector(maskAt(t));
      }
      if (rounded) {
        at(exact, t).assign(ht);
        round(ht, at(inside, t), rounding);
      }
    }
    return h;
  }

  /** The matrix by which the state is multiplied, without the peepholes behind it. */
  private INDArray ofState(INDArray recurrent, long columns) {
    return peeps ? recurrent.get(all(), interval(0, columns)).dup('f') : recurrent;
  }

  /** Of f, o or i (0, 1, 2), (units). */
  private static INDArray peephole(INDArray recurrent, long gate) {
    long at = recurrent.size(1) - 3 + gate;
    return recurrent.get(all(), interval(at, at + 1)).reshape(recurrent.size(0));
  }

  private void cell(long t, INDArray zt, INDArray ht, long units, INDArray recurrent) {
    INDArray previous = t == 0 ? cellBefore : at(c, t - 1);
    if (peeps && previous != null) {
      part(zt, 1, 2, units).addi(previous.mulRowVector(peephole(recurrent, 0)));
      part(zt, 3, 4, units).addi(previous.mulRowVector(peephole(recurrent, 2)));
    }
    INDArray at = at(a, t).assign(zt);
    INDArray candidate = part(at, 0, 1, units);
    activation.getActivation(candidate, true);
    gate.getActivation(part(at, 1, 4, units), true);
    INDArray ct = at(c, t).assign(candidate).muli(part(at, 3, 4, units));
    if (previous != null) {
      ct.addi(previous.mul(part(at, 1, 2, units)));
    }
    if (mask != null) {
      ct.muliColumnVector(maskAt(t));
    }
    if (peeps) { // which looks at the cell as it is now
      INDArray sum = part(zt, 2, 3, units).addi(ct.mulRowVector(peephole(recurrent, 1)));
      gate.getActivation(part(at, 2, 3, units).assign(sum), true);
    }
    INDArray tct = at(tc, t).assign(ct);
    activation.getActivation(tct, true);
    ht.assign(tct).muli(part(at, 2, 3, units));
  }

  private static void round(INDArray h, INDArray inside, QuantParams p) {
    double low = p.qmin() - p.zeroPoint();
    double high = p.qmax() - p.zeroPoint();
    DeviceOps.rint(h.divi(p.scale()));
    inside.assign(h.gte(low)).muli(h.lte(high).castTo(h.dataType()));
    DeviceOps.clamp(h, low, high).muli(p.scale());
  }

  private void allocate(INDArray input, long units, long sums) {
    long n = input.size(0);
    long t = input.size(2);
    boolean fits =
        x != null && x.equalShapes(input) && x.dataType() == input.dataType() && h.size(1) == units;
    if (fits) {
      return;
    }
    x = make(input, n, input.size(1), t);
    z = make(input, n, sums, t);
    h = make(input, n, units, t);
    exact = make(input, n, units, t);
    inside = make(input, n, units, t);
    if (hasCell()) {
      a = make(input, n, sums, t);
      c = make(input, n, units, t);
      tc = make(input, n, units, t);
    }
  }

  private static INDArray make(INDArray like, long... shape) {
    return Nd4j.createUninitializedDetached(like.dataType(), 'f', shape);
  }

  @Override
  public INDArray backward(
      INDArray epsilon,
      INDArray weights,
      INDArray recurrent,
      Map<String, INDArray> gradients,
      int last,
      boolean plain,
      LayerWorkspaceMgr workspaces) {
    INDArray below =
        workspaces.create(ArrayType.ACTIVATION_GRAD, epsilon.dataType(), x.shape(), 'f');
    INDArray bias = gradients.get(BIAS);
    INDArray ofState = ofState(recurrent, weights.size(1));
    INDArray byState = gradients.get(RECURRENT);
    INDArray byMatrix = peeps ? byState.get(all(), interval(0, weights.size(1))) : byState;
    long steps = x.size(2);
    long end = last > 0 ? Math.max(0, steps - last) : 0;
    INDArray dzNext = null;
    INDArray dc = null;
    for (long t = steps - 1; t >= end; t--) {
      INDArray dh = at(epsilon, t).dup('f');
      if (dzNext != null) {
        Nd4j.gemm(dzNext, ofState, dh, false, true, 1, 1);
      }
      if (rounded && !plain) {
        dh.muli(at(inside, t));
      }
      if (mask != null) {
        dh.muliColumnVector(maskAt(t));
      }
      INDArray dz;
      if (hasCell()) {
        dz = Nd4j.createUninitialized(dh.dataType(), new long[] {dh.size(0), z.size(1)}, 'f');
        dc = backward(t, dh, dc, dz, recurrent, byState);
      } else {
        dz = activation.backprop(at(z, t).dup('f'), dh).getFirst();
      }
      Nd4j.gemm(at(x, t), dz, gradients.get(WEIGHTS), true, false, 1, 1);
      INDArray previous = t == 0 ? before : at(h, t - 1);
      if (previous != null) {
        Nd4j.gemm(previous, dz, byMatrix, true, false, 1, 1);
      }
      bias.addi(dz.sum(0).reshape(bias.shape()));
      Nd4j.gemm(dz, weights, at(below, t), false, true, 1, 0);
      dzNext = dz;
    }
    return below;
  }

  /**
   * Gradient of the sums of one step; gives that of the cell before it.
   *
   * @param dcNext gradient of this step's cell by the next step, or null
   */
  private INDArray backward(
      long t, INDArray dh, INDArray dcNext, INDArray dz, INDArray recurrent, INDArray byState) {
    long units = dh.size(1);
    INDArray at = at(a, t);
    INDArray zt = at(z, t);
    INDArray ofCell = dh.mul(part(at, 2, 3, units));
    INDArray dc = activation.backprop(at(c, t).dup('f'), ofCell).getFirst();
    if (dcNext != null) {
      dc.addi(dcNext);
    }
    if (peeps) {
      INDArray sum = part(zt, 2, 3, units).dup('f');
      INDArray o = gate.backprop(sum, dh.mul(at(tc, t))).getFirst();
      dc.addi(o.mulRowVector(peephole(recurrent, 1)));
      addPeephole(byState, 1, o, at(c, t));
    }
    if (mask != null) {
      dc.muliColumnVector(maskAt(t));
    }
    INDArray candidate = dc.mul(part(at, 3, 4, units));
    INDArray ofCandidate = part(zt, 0, 1, units).dup('f');
    part(dz, 0, 1, units).assign(activation.backprop(ofCandidate, candidate).getFirst());
    INDArray gates = part(dz, 1, 4, units);
    INDArray previous = t == 0 ? cellBefore : at(c, t - 1);
    INDArray f = part(dz, 1, 2, units);
    if (previous == null) {
      f.assign(0);
    } else {
      f.assign(dc).muli(previous);
    }
    part(dz, 2, 3, units).assign(dh).muli(at(tc, t));
    part(dz, 3, 4, units).assign(dc).muli(part(at, 0, 1, units));
    INDArray ofSums = part(zt, 1, 4, units).dup('f');
    gates.assign(gate.backprop(ofSums, gates.dup('f')).getFirst());
    dc.muli(part(at, 1, 2, units));
    if (peeps && previous != null) {
      for (int g = 0; g <= 2; g += 2) { // f and i
        INDArray sums = part(dz, g + 1, g + 2, units);
        dc.addi(sums.mulRowVector(peephole(recurrent, g)));
        addPeephole(byState, g, sums, previous);
      }
    }
    return dc;
  }

  private static void addPeephole(INDArray byState, long gate, INDArray sums, INDArray cell) {
    peephole(byState, gate).addi(sums.mul(cell).sum(0));
  }

  private static INDArray at(INDArray all, long t) {
    return all.get(all(), all(), point(t));
  }

  private static INDArray part(INDArray step, int from, int to, long units) {
    return step.get(all(), interval(from * units, to * units));
  }

  private INDArray maskAt(long t) {
    return mask.get(all(), interval(t, t + 1)).dup('f');
  }
}
