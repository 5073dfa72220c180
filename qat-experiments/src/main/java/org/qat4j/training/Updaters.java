package org.qat4j.training;

import java.util.List;
import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.MultiLayerUpdater;
import org.deeplearning4j.nn.updater.graph.ComputationGraphUpdater;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/** DL4J's updaters with something done to the gradient of a step before and behind them. */
final class Updaters {
  private Updaters() {}

  /** All parameters of a network. */
  private static List<Slice> slices(
      BaseMultiLayerUpdater<?> updater, INDArray gradients, INDArray params) {
    return updater.getUpdaterBlocks().stream()
        .flatMap(block -> block.getLayersAndVariablesInBlock().stream())
        .map(state -> Slice.of(state, gradients, params))
        .toList();
  }

  /** Of layers one behind the other. */
  static final class Layers extends MultiLayerUpdater {
    private static final long serialVersionUID = 1L;

    private final transient Gradients gradients;
    private final transient LazyUpdate lazy;
    private final transient List<Slice> slices;

    Layers(MultiLayerNetwork network, Gradients gradients, Regime regime) {
      super(network);
      this.gradients = gradients;
      this.lazy = LazyUpdate.of(this, getFlattenedGradientsView(), getParams(), regime::isLazy);
      this.slices =
          regime.leavesGradients()
              ? List.of()
              : slices(this, getFlattenedGradientsView(), getParams());
    }

    /** What leaves rows alone, or null. */
    LazyUpdate lazy() {
      return lazy;
    }

    @Override
    public synchronized void update(
        Gradient gradient, int step, int epoch, int texts, LayerWorkspaceMgr workspaces) {
      if (lazy != null) {
        lazy.update(gradients, step, epoch, isMiniBatch() ? texts : 0, workspaces);
        return;
      }
      INDArray all = getFlattenedGradientsView();
      gradients.before(slices, () -> getMinibatchDivisionSubsets(all), texts);
      super.update(gradient, step, epoch, texts, workspaces);
      gradients.behind(slices);
    }
  }

  /** Of a graph. */
  static final class Graph extends ComputationGraphUpdater {
    private static final long serialVersionUID = 1L;

    private final transient Gradients gradients;
    private final transient LazyUpdate lazy;
    private final transient List<Slice> slices;

    Graph(ComputationGraph network, Gradients gradients, Regime regime) {
      super(network);
      this.gradients = gradients;
      this.lazy = LazyUpdate.of(this, getFlattenedGradientsView(), getParams(), regime::isLazy);
      this.slices =
          regime.leavesGradients()
              ? List.of()
              : slices(this, getFlattenedGradientsView(), getParams());
    }

    /** What leaves rows alone, or null. */
    LazyUpdate lazy() {
      return lazy;
    }

    @Override
    public synchronized void update(
        Gradient gradient, int step, int epoch, int texts, LayerWorkspaceMgr workspaces) {
      if (lazy != null) {
        lazy.update(gradients, step, epoch, isMiniBatch() ? texts : 0, workspaces);
        return;
      }
      INDArray all = getFlattenedGradientsView();
      gradients.before(slices, () -> getMinibatchDivisionSubsets(all), texts);
      super.update(gradient, step, epoch, texts, workspaces);
      gradients.behind(slices);
    }
  }
}
