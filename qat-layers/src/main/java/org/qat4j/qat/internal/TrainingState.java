package org.qat4j.qat.internal;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Where the training of a network stands: its counters, and what its updater has gathered for each
 * parameter. Networks with other parameters have other blocks in their updaters, so that the state
 * is copied by parameter.
 */
public final class TrainingState {
  private TrainingState() {}

  /**
   * Lets a training go on in another network where it stood.
   *
   * @param from stays as it is
   * @param to initialized, with the same layers; parameters that {@code from} does not have keep
   *     the state of a new updater
   */
  public static void copy(Model from, Model to) {
    copy(from, to, Map.of());
  }

  /**
   * The same where parameters have other names.
   *
   * @param origins "layer/parameter" in {@code from} of those in {@code to} that are called
   *     otherwise; layers of a MultiLayerNetwork go by their places
   */
  static void copy(Model from, Model to, Map<String, String> origins) {
    if (from instanceof ComputationGraph graph) {
      ComputationGraph other = (ComputationGraph) to;
      other.getConfiguration().setIterationCount(graph.getConfiguration().getIterationCount());
      other.getConfiguration().setEpochCount(graph.getConfiguration().getEpochCount());
      if (hasState(graph.getUpdater(false))) {
        copy(graph, graph.getUpdater(false), other, other.getUpdater(), origins);
      }
      return;
    }
    MultiLayerNetwork net = (MultiLayerNetwork) from;
    MultiLayerNetwork other = (MultiLayerNetwork) to;
    other
        .getLayerWiseConfigurations()
        .setIterationCount(net.getLayerWiseConfigurations().getIterationCount());
    other
        .getLayerWiseConfigurations()
        .setEpochCount(net.getLayerWiseConfigurations().getEpochCount());
    if (net.getUpdater(false) instanceof BaseMultiLayerUpdater<?> updater && hasState(updater)) {
      copy(net, updater, other, (BaseMultiLayerUpdater<?>) other.getUpdater(), origins);
    }
  }

  private static boolean hasState(BaseMultiLayerUpdater<?> updater) {
    return updater != null && updater.getStateViewArray() != null;
  }

  private static void copy(
      Model from,
      BaseMultiLayerUpdater<?> given,
      Model to,
      BaseMultiLayerUpdater<?> updater,
      Map<String, String> origins) {
    Map<String, INDArray[]> states = states(from, given);
    states(to, updater)
        .forEach(
            (param, parts) -> {
              INDArray[] known =
                  states.getOrDefault(origins.getOrDefault(param, param), new INDArray[0]);
              for (int i = 0; i < known.length; i++) {
                parts[i].assign(known[i]);
              }
            });
  }

  /** What the updater of a network keeps for each parameter, by "layer/parameter". */
  public static Map<String, INDArray[]> states(Model network) {
    return network instanceof ComputationGraph graph
        ? states(graph, graph.getUpdater())
        : states(network, (BaseMultiLayerUpdater<?>) ((MultiLayerNetwork) network).getUpdater());
  }

  /**
   * What an updater keeps for each parameter, as views in the shape of the parameter: Adam has two,
   * Nesterovs one, SGD none. In a block the first of all parameters stand before the second.
   */
  private static Map<String, INDArray[]> states(Model network, BaseMultiLayerUpdater<?> updater) {
    Map<String, INDArray[]> states = new HashMap<>();
    for (UpdaterBlock block : updater.getUpdaterBlocks()) {
      int size = block.getParamOffsetEnd() - block.getParamOffsetStart();
      int kept = block.getUpdaterViewOffsetEnd() - block.getUpdaterViewOffsetStart();
      for (UpdaterBlock.ParamState param : block.getLayersAndVariablesInBlock()) {
        INDArray[] parts = new INDArray[kept / size];
        int from = param.getParamOffsetStart() - block.getParamOffsetStart();
        int to = param.getParamOffsetEnd() - block.getParamOffsetStart();
        INDArray own = param.getLayer().paramTable(false).get(param.getParamName());
        for (int i = 0; i < parts.length; i++) {
          INDArray flat = block.getUpdaterView().reshape(kept);
          parts[i] =
              flat.get(NDArrayIndex.interval(i * size + from, i * size + to))
                  .reshape(own.ordering(), own.shape());
        }
        states.put(name(network, param.getLayer()) + "/" + param.getParamName(), parts);
      }
    }
    return states;
  }

  private static String name(Model network, Trainable layer) {
    return layer instanceof GraphVertex vertex
        ? vertex.getVertexName()
        : Integer.toString(Arrays.asList(((MultiLayerNetwork) network).getLayers()).indexOf(layer));
  }
}
