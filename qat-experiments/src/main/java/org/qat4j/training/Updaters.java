package org.qat4j.training;

import org.deeplearning4j.nn.gradient.Gradient;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.MultiLayerUpdater;
import org.deeplearning4j.nn.updater.graph.ComputationGraphUpdater;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;

/** DL4J's updaters with something done to the gradient of a step before and behind them. */
final class Updaters {
  private Updaters() {}

  /** Of layers one behind the other. */
  static final class Layers extends MultiLayerUpdater {
    private static final long serialVersionUID = 1L;

    private final transient Gradients gradients;

    Layers(MultiLayerNetwork network, Gradients gradients) {
      super(network);
      this.gradients = gradients;
    }

    @Override
    public synchronized void update(
        Gradient gradient, int step, int epoch, int texts, LayerWorkspaceMgr workspaces) {
      INDArray all = getFlattenedGradientsView();
      gradients.before(getUpdaterBlocks(), all, getMinibatchDivisionSubsets(all), texts);
      super.update(gradient, step, epoch, texts, workspaces);
      gradients.behind(getUpdaterBlocks(), all, getParams());
    }
  }

  /** Of a graph. */
  static final class Graph extends ComputationGraphUpdater {
    private static final long serialVersionUID = 1L;

    private final transient Gradients gradients;

    Graph(ComputationGraph network, Gradients gradients) {
      super(network);
      this.gradients = gradients;
    }

    @Override
    public synchronized void update(
        Gradient gradient, int step, int epoch, int texts, LayerWorkspaceMgr workspaces) {
      INDArray all = getFlattenedGradientsView();
      gradients.before(getUpdaterBlocks(), all, getMinibatchDivisionSubsets(all), texts);
      super.update(gradient, step, epoch, texts, workspaces);
      gradients.behind(getUpdaterBlocks(), all, getParams());
    }
  }
}
