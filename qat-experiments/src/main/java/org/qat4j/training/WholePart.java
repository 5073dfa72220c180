package org.qat4j.training;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.regularization.Regularization.ApplyStep;

/** Parameters side by side of which every value is updated. */
final class WholePart implements LazyUpdate.Part {
  private final List<Slice> slices;
  private final List<INDArray> summed;
  private final GradientUpdater<?> updater;
  private final INDArray gradient;
  private final INDArray values;

  WholePart(List<Slice> slices, LazyUpdate.Optimum optimum, INDArray gradient, INDArray values) {
    this.slices = List.copyOf(slices);
    this.summed = slices.stream().filter(Slice::isSummed).map(Slice::gradient).toList();
    this.updater = optimum.updater(optimum.known());
    this.gradient = gradient;
    this.values = values;
  }

  @Override
  public List<Slice> slices() {
    return slices;
  }

  @Override
  public List<INDArray> summed() {
    return summed;
  }

  @Override
  public void update(int step, int epoch) {
    regularize(ApplyStep.BEFORE_UPDATER, step, epoch);
    updater.applyUpdater(gradient, step, epoch);
    regularize(ApplyStep.POST_UPDATER, step, epoch);
  }

  private void regularize(ApplyStep when, int step, int epoch) {
    for (Slice slice : slices) {
      LazyUpdate.regularize(
          slice,
          slice.state()::getParamView,
          slice.state().getGradView(),
          when,
          updater.getConfig(),
          step,
          epoch);
    }
  }

  @Override
  public void subtract() {
    values.subi(gradient);
  }
}
