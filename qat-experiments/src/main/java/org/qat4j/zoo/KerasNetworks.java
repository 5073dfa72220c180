package org.qat4j.zoo;

import java.nio.file.Path;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.modelimport.keras.Hdf5Archive;
import org.deeplearning4j.nn.modelimport.keras.KerasModelImport;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.nd4j.shade.jackson.databind.node.ObjectNode;
import org.qat4j.QatException;
import org.qat4j.graph.internal.Topology;
import org.qat4j.qat.ChannelsFirst;

/**
 * Networks in HDF5 files of Keras 1 and 2, as DL4J imports them, made ready for training: channels
 * first, images as rows of numbers, the last dense layer an output layer, Adam. How they were
 * trained in Keras is not taken over.
 */
final class KerasNetworks {
  private static final double LEARNING_RATE = 1e-3; // until a training sets its own

  private KerasNetworks() {}

  /**
   * Reads a Sequential or functional model with its weights.
   *
   * @throws Exception what DL4J throws, or a {@link QatException}, if there is none
   */
  static Model load(Path file) throws Exception {
    JsonNode model;
    Hdf5Archive archive = new Hdf5Archive(file.toString());
    try {
      model = NeuralNetConfiguration.mapper().readTree(archive.readAttributeAsJson("model_config"));
    } finally {
      archive.close();
    }
    Model imported =
        model.path("class_name").asText().equals("Sequential")
            ? KerasModelImport.importKerasSequentialModelAndWeights(file.toString(), false)
            : KerasModelImport.importKerasModelAndWeights(file.toString(), false);
    Topology topology = Topology.of(imported);
    for (Topology.Node node : topology.nodes()) {
      if (node.layer() != null) {
        setUpdater(node.layer());
      }
    }
    answer(topology);
    readRows(model, imported, topology);
    return ChannelsFirst.of(imported);
  }

  private static void setUpdater(Layer layer) {
    if (layer instanceof Bidirectional both) {
      setUpdater(both.getFwd());
      setUpdater(both.getBwd());
    } else if (layer instanceof BaseWrapperLayer wrapper) {
      setUpdater(wrapper.getUnderlying());
    } else if (layer instanceof BaseLayer own) {
      own.setIUpdater(new Adam(LEARNING_RATE));
    }
  }

  /** The last layer with a loss. */
  private static void answer(Topology topology) throws JsonProcessingException {
    Topology.Node last = topology.node(topology.outputs().get(0));
    if (!(last.layer() instanceof DenseLayer dense
        && dense.getActivationFn() instanceof ActivationSoftmax)) {
      throw new QatException(
          "expected a dense layer with softmax over the classes at the end, not \""
              + last.name()
              + "\", "
              + last.type());
    }
    ObjectMapper mapper = NeuralNetConfiguration.mapper();
    ObjectNode json = mapper.valueToTree(dense);
    json.put("@class", OutputLayer.class.getName());
    json.remove("hasLayerNorm");
    json.set("lossFn", mapper.valueToTree(new LossMCXENT()));
    last.conf().setLayer(mapper.treeToValue(json, Layer.class));
  }

  /** Images are given as rows of numbers, plane by plane. */
  private static void readRows(JsonNode model, Model network, Topology topology) {
    JsonNode shape = model.findValue("batch_input_shape");
    if (shape == null || shape.size() != 4) {
      return;
    }
    boolean first = "channels_first".equals(model.findPath("data_format").asText());
    int channels = shape.get(first ? 1 : 3).asInt();
    int height = shape.get(first ? 2 : 1).asInt();
    int width = shape.get(first ? 3 : 2).asInt();
    InputPreProcessor rows = new FeedForwardToCnnPreProcessor(height, width, channels);
    if (network instanceof MultiLayerNetwork net) {
      net.getLayerWiseConfigurations().getInputPreProcessors().put(0, rows);
    } else {
      for (Topology.Node node : topology.consumers(topology.inputs().get(0))) {
        ((LayerVertex) node.vertex()).setPreProcessor(rows);
      }
    }
  }
}
