package org.qat4j.training;

import java.util.IdentityHashMap;
import java.util.function.Consumer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.optimize.solvers.accumulation.GradientsAccumulator;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.config.IUpdater;
import org.qat4j.graph.internal.Topology;

/**
 * The learning rates of a network, set in place: DL4J's own {@code setLearningRate} rebuilds the
 * updater and copies its state each time. A parameter whose rate is a multiple of its layer's keeps
 * the multiple; a parameter that no updater touches stays so.
 */
final class Optimizer {
  /**
   * What is set for one updater.
   *
   * @param multiple of the network's learning rate
   * @param original rate, put back at the end
   */
  private record Rate(double multiple, double original) {}

  private final Gradients gradients;
  private final IdentityHashMap<IUpdater, Rate> rates = new IdentityHashMap<>();
  private final BaseMultiLayerUpdater<?> optimizer;

  /** Lets DL4J update all parameters again. */
  private Runnable atEnd = () -> {};

  /** Starts the optimizer of a network anew: at step 0 and without momentum. */
  Optimizer(Model network, Regime regime) {
    this.gradients = new Gradients(regime, LayerGroups.of(Topology.of(network)));
    this.optimizer = restart(network, regime);
    for (UpdaterBlock block : optimizer.getUpdaterBlocks()) {
      for (UpdaterBlock.ParamState param : block.getLayersAndVariablesInBlock()) {
        IUpdater updater = param.getLayer().getConfig().getUpdaterByParam(param.getParamName());
        double layerRate = rate(param.getLayer().getConfig());
        add(updater, layerRate);
        add(block.getGradientUpdater().getConfig(), layerRate);
      }
    }
  }

  /** Learning rate of a layer; of one in two directions that of the first. */
  private static double rate(Object layer) {
    if (layer instanceof Bidirectional both) {
      return rate(both.getFwd());
    } else if (layer instanceof BaseWrapperLayer wrapper) {
      return rate(wrapper.getUnderlying());
    }
    return layer instanceof BaseLayer own ? own.getIUpdater().getLearningRate(0, 0) : Double.NaN;
  }

  private BaseMultiLayerUpdater<?> restart(Model network, Regime regime) {
    if (network instanceof ComputationGraph graph) {
      setIterations(graph, 0);
      Updaters.Graph updater = new Updaters.Graph(graph, gradients, regime);
      graph.setUpdater(updater);
      take(updater.lazy(), graph::setGradientsAccumulator);
      return updater;
    }
    MultiLayerNetwork layers = (MultiLayerNetwork) network;
    setIterations(layers, 0);
    Updaters.Layers updater = new Updaters.Layers(layers, gradients, regime);
    layers.setUpdater(updater);
    take(updater.lazy(), layers::setGradientsAccumulator);
    return updater;
  }

  private void take(LazyUpdate update, Consumer<GradientsAccumulator> steps) {
    if (update != null) {
      update.begin();
      steps.accept(new LazySteps(update));
      atEnd =
          () -> {
            steps.accept(null);
            update.end();
          };
    }
  }

  private void add(IUpdater updater, double layerRate) {
    if (updater.hasLearningRate()) {
      double rate = updater.getLearningRate(0, 0);
      rates.putIfAbsent(updater, new Rate(rate / layerRate, rate));
    }
  }

  /** Sets the learning rate of the next step. */
  void setRate(double rate) {
    gradients.setRate(rate);
    rates.forEach((updater, r) -> updater.setLrAndSchedule(rate * r.multiple(), null));
  }

  /** What the updaters know of the steps before, or null. */
  INDArray state() {
    return optimizer.getStateViewArray();
  }

  /** Goes on with such a state. */
  void setState(INDArray state) {
    if (state != null) {
      INDArray view = optimizer.getStateViewArray();
      view.assign(state.reshape(view.shape()));
    }
  }

  /** Steps that a network has counted. */
  static int iterations(Model network) {
    return network instanceof ComputationGraph graph
        ? graph.getConfiguration().getIterationCount()
        : ((MultiLayerNetwork) network).getLayerWiseConfigurations().getIterationCount();
  }

  static void setIterations(Model network, int iterations) {
    if (network instanceof ComputationGraph graph) {
      graph.getConfiguration().setIterationCount(iterations);
    } else {
      ((MultiLayerNetwork) network).getLayerWiseConfigurations().setIterationCount(iterations);
    }
  }

  /** Puts back what the network had, so that its configuration is as before. */
  void restore() {
    rates.forEach((updater, r) -> updater.setLrAndSchedule(r.original(), null));
    atEnd.run();
  }
}
