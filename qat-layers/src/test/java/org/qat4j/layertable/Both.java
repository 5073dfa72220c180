package org.qat4j.layertable;

import java.io.File;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;

/** What a MultiLayerNetwork and a ComputationGraph do alike, in one place. */
final class Both {
  private Both() {}

  private static DataSet single(MultiDataSet batch) {
    return new DataSet(
        batch.getFeatures(0),
        batch.getLabels(0),
        batch.getFeaturesMaskArrays() == null ? null : batch.getFeaturesMaskArray(0),
        batch.getLabelsMaskArrays() == null ? null : batch.getLabelsMaskArray(0));
  }

  static void fit(Model network, MultiDataSet batch) {
    if (network instanceof ComputationGraph graph) {
      graph.fit(batch);
    } else {
      ((MultiLayerNetwork) network).fit(single(batch));
    }
  }

  /** Gradient and score of a step without its update. */
  static double score(Model network, MultiDataSet batch) {
    if (network instanceof ComputationGraph graph) {
      graph.setLayerMaskArrays(batch.getFeaturesMaskArrays(), batch.getLabelsMaskArrays());
      graph.setInputs(batch.getFeatures());
      graph.setLabels(batch.getLabels());
      graph.computeGradientAndScore();
    } else {
      MultiLayerNetwork net = (MultiLayerNetwork) network;
      DataSet one = single(batch);
      net.setLayerMaskArrays(one.getFeaturesMaskArray(), one.getLabelsMaskArray());
      net.setInput(one.getFeatures());
      net.setLabels(one.getLabels());
      net.computeGradientAndScore();
    }
    return network.score();
  }

  static INDArray output(Model network, MultiDataSet batch) {
    if (network instanceof ComputationGraph graph) {
      return graph.output(false, batch.getFeatures(), batch.getFeaturesMaskArrays())[0];
    }
    DataSet one = single(batch);
    return ((MultiLayerNetwork) network)
        .output(one.getFeatures(), false, one.getFeaturesMaskArray(), null);
  }

  /** The network as it comes back from a file that holds the state of its updater too. */
  static Model throughFile(Model network, File file) throws IOException {
    ModelSerializer.writeModel(network, file, true);
    return network instanceof ComputationGraph
        ? ModelSerializer.restoreComputationGraph(file, true)
        : ModelSerializer.restoreMultiLayerNetwork(file, true);
  }

  static String json(Model network) {
    return network instanceof ComputationGraph graph
        ? graph.getConfiguration().toJson()
        : ((MultiLayerNetwork) network).getLayerWiseConfigurations().toJson();
  }

  /** Configurations of the layers. */
  static List<org.deeplearning4j.nn.conf.layers.Layer> confs(Model network) {
    return Arrays.stream(layers(network)).map(layer -> layer.conf().getLayer()).toList();
  }

  static Map<String, INDArray> params(Model network) {
    return network instanceof ComputationGraph graph
        ? graph.paramTable()
        : ((MultiLayerNetwork) network).paramTable();
  }

  static Layer[] layers(Model network) {
    return network instanceof ComputationGraph graph
        ? graph.getLayers()
        : ((MultiLayerNetwork) network).getLayers();
  }
}
