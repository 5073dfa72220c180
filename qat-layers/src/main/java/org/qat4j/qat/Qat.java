package org.qat4j.qat;

import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ObjectNode;
import org.qat4j.QatException;
import org.qat4j.layers.QatLayerConf;
import org.qat4j.layers.QuantSettings;

/** Entry of the library: turns a DL4J network into one that trains under quantization. */
public final class Qat {
  private Qat() {}

  /**
   * A copy of a network with the same topology and parameters, whose layers train under
   * quantization. The given network stays as it is.
   *
   * @param network an initialized MultiLayerNetwork or ComputationGraph
   * @param spec how it is quantized
   * @throws QatException if a layer cannot be quantized or an override matches none; the message
   *     names the layer
   */
  public static QatNetwork prepare(Model network, QuantSpec spec) {
    Preparation preparation = new Preparation(Topology.of(network), spec);
    Model prepared =
        network instanceof MultiLayerNetwork net
            ? prepare(net, preparation.settings())
            : prepare((ComputationGraph) network, preparation.settings());
    return new QatNetwork(prepared);
  }

  /** Takes up a network that was prepared before, saved and loaded again. */
  public static QatNetwork resume(Model prepared) {
    return new QatNetwork(prepared);
  }

  private static MultiLayerNetwork prepare(
      MultiLayerNetwork net, Map<String, QuantSettings> settings) {
    MultiLayerConfiguration conf = net.getLayerWiseConfigurations().clone();
    int i = 0;
    for (Topology.Node node : Topology.of(net).nodes()) {
      replace(conf.getConf(i++), node, settings);
    }
    conf.setIterationCount(0);
    conf.setEpochCount(0);
    MultiLayerNetwork prepared = new MultiLayerNetwork(conf);
    prepared.init();
    for (i = 0; i < net.getnLayers(); i++) {
      copy(net.getLayer(i), prepared.getLayer(i));
    }
    return prepared;
  }

  private static ComputationGraph prepare(
      ComputationGraph graph, Map<String, QuantSettings> settings) {
    ComputationGraphConfiguration conf = graph.getConfiguration().clone();
    for (Topology.Node node : Topology.of(graph).nodes()) {
      if (node.layer() != null) {
        LayerVertex vertex = (LayerVertex) conf.getVertices().get(node.name());
        replace(vertex.getLayerConf(), node, settings);
      }
    }
    conf.setIterationCount(0);
    conf.setEpochCount(0);
    ComputationGraph prepared = new ComputationGraph(conf);
    prepared.init();
    for (Topology.Node node : Topology.of(graph).nodes()) {
      if (node.layer() != null) {
        copy(graph.getLayer(node.name()), prepared.getLayer(node.name()));
      }
    }
    return prepared;
  }

  private static void replace(
      NeuralNetConfiguration conf, Topology.Node node, Map<String, QuantSettings> settings) {
    QuantSettings quant = settings.get(node.name());
    if (quant == null) {
      return;
    }
    Class<? extends Layer> type = Kind.of(node).replacement();
    ObjectMapper mapper = NeuralNetConfiguration.mapper();
    try {
      ObjectNode json = (ObjectNode) mapper.readTree(mapper.writeValueAsString(conf.getLayer()));
      json.put("@class", type.getName());
      Layer layer = mapper.readValue(mapper.writeValueAsString(json), Layer.class);
      ((QatLayerConf) layer).setQuant(quant);
      conf.setLayer(layer);
      conf.clearVariables();
    } catch (JsonProcessingException e) {
      throw new QatException(
          "the configuration of layer \"" + node.name() + "\" cannot be copied: " + e.getMessage(),
          e);
    }
  }

  private static void copy(
      org.deeplearning4j.nn.api.Layer from, org.deeplearning4j.nn.api.Layer to) {
    for (Map.Entry<String, INDArray> param : from.paramTable().entrySet()) {
      to.paramTable().get(param.getKey()).assign(param.getValue());
    }
  }
}
