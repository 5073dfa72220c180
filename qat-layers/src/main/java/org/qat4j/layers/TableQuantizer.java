package org.qat4j.layers;

import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.numerics.QuantParams;
import org.qat4j.quantizer.Learned;
import org.qat4j.quantizer.Ste;

/**
 * Quantization of an embedding table (11): one symmetric scale for the table, and rounding of those
 * rows alone that are read.
 */
final class TableQuantizer {
  private final QuantState state;
  private final WeightRanges ranges;
  private final FakeQuantPass pass;
  private final FakeQuantPass evaluation;

  TableQuantizer(QuantSettings settings, QuantState state) {
    this.state = state;
    this.ranges = new WeightRanges(settings, state, DefaultParamInitializer.WEIGHT_KEY);
    this.pass =
        new FakeQuantPass(
            settings.layer() + "/weights",
            settings.spec().weights().ste(),
            settings.spec().weights().learned());
    this.evaluation = new FakeQuantPass(settings.layer(), Ste.CLIPPED, new Learned.None());
  }

  private INDArray table() {
    return state.param(DefaultParamInitializer.WEIGHT_KEY);
  }

  /** Scale of the table as it is now. */
  QuantParams params() {
    return ranges.gridOfTable(table(), state.steps()).params(0);
  }

  /** Searches and keeps the range of the table as it is, where ranges are kept. */
  void calibrate() {
    if (ranges.isKept()) {
      ranges.keep(Floats.readInMemoryOrder(table()), 1, state.steps());
    }
  }

  /**
   * Replaces gathered rows by s·q.
   *
   * @param rows [n, d], or [n, d, t] that lies in memory as [n, t, d]
   * @param training whether this is a step of the training, which {@link #gradient} follows
   * @return the scale
   */
  float quantize(INDArray rows, boolean training) {
    long step = state.steps();
    if (training && ranges.isDue(step)) {
      calibrate();
    }
    INDArray memory = rows.rank() == 3 ? rows.permute(0, 2, 1) : rows;
    QuantParams now = params();
    if (training) {
      pass.forward(memory, now, step, ranges.learning(step));
    } else {
      evaluation.forward(memory, now, step, false);
    }
    return now.scale();
  }

  /** Whether a gradient must pass {@link #gradient}; otherwise it would come out as it went in. */
  boolean masksGradients() {
    return ranges.isKept();
  }

  /** Gradient of the rows before they were quantized; writes that of the range, if learned. */
  INDArray gradient(INDArray epsilon, LayerWorkspaceMgr workspaces) {
    if (!ranges.isKept()) {
      return epsilon;
    }
    INDArray memory = epsilon.rank() == 3 ? epsilon.permute(0, 2, 1) : epsilon;
    if (ranges.learning(state.steps())) {
      ranges.putGradient(0, params(), pass.byRange(memory)[0], table().length());
    }
    INDArray masked = pass.backward(memory, ArrayType.BP_WORKING_MEM, workspaces);
    return epsilon.rank() == 3 ? masked.permute(0, 2, 1) : masked;
  }
}
