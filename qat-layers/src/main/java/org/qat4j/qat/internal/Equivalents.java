package org.qat4j.qat.internal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.graph.internal.Topology;

/**
 * Exchanges layers that cannot be quantized for others of DL4J's that hand on the same: the encoder
 * of an autoencoder is dense layers, and GravesBidirectionalLSTM two GravesLSTM.
 */
@SuppressWarnings("deprecation") // GravesLSTM, which old models are full of
public final class Equivalents {
  /**
   * A layer that stands in the place of another, or of a part of it.
   *
   * @param params keys of its parameters, and what the other calls them
   */
  private record Part(String name, Layer layer, Map<String, String> params) {}

  private final Topology topology;
  private final Model given;
  private final Map<String, List<Part>> exchanged = new HashMap<>();

  private Equivalents(Model given) {
    this.given = given;
    this.topology = Topology.of(given);
    for (Topology.Node node : topology.nodes()) {
      List<Part> parts = node.layer() == null ? List.of() : parts(node.name(), node.layer());
      if (!parts.isEmpty()) {
        exchanged.put(node.name(), parts);
      }
    }
  }

  /**
   * A network that answers the same and whose training goes on where that of the given one stands;
   * the given one itself where nothing is to be exchanged. It is initialized if that is.
   */
  public static Model of(Model network) {
    Equivalents equivalents = new Equivalents(network);
    return equivalents.exchanged.isEmpty() ? network : equivalents.make();
  }

  private static List<Part> parts(String name, Layer layer) {
    if (layer instanceof VariationalAutoencoder v) {
      return encoder(name, v);
    } else if (layer instanceof AutoEncoder a) {
      DenseLayer dense = dense(a, a.getNIn(), a.getNOut(), a.getActivationFn());
      return List.of(new Part(name, dense, Map.of("W", "W", "b", "b")));
    } else if (layer instanceof GravesBidirectionalLSTM g) {
      Map<String, String> params = new HashMap<>();
      for (String key : List.of("W", "RW", "b")) {
        params.put("f" + key, key + "F");
        params.put("b" + key, key + "B");
      }
      return List.of(new Part(name, new Bidirectional(Bidirectional.Mode.ADD, graves(g)), params));
    }
    return List.of();
  }

  /** Hidden layers, and the mean of what they say of the code. */
  private static List<Part> encoder(String name, VariationalAutoencoder v) {
    List<Part> parts = new ArrayList<>();
    long in = v.getNIn();
    int[] sizes = v.getEncoderLayerSizes();
    for (int i = 0; i < sizes.length; i++) {
      DenseLayer hidden = dense(v, in, sizes[i], v.getActivationFn());
      String key = "e" + i;
      parts.add(new Part(name + "/" + key, hidden, Map.of("W", key + "W", "b", key + "b")));
      in = sizes[i];
    }
    DenseLayer mean = dense(v, in, v.getNOut(), v.getPzxActivationFn());
    parts.add(new Part(name, mean, Map.of("W", "pZXMeanW", "b", "pZXMeanb")));
    parts.subList(1, parts.size()).forEach(part -> part.layer().setIDropout(null));
    return parts;
  }

  private static DenseLayer dense(BaseLayer like, long in, long out, IActivation f) {
    DenseLayer dense = new DenseLayer.Builder().nIn(in).nOut(out).build();
    copySettings(like, dense);
    dense.setActivationFn(f);
    return dense;
  }

  private static GravesLSTM graves(GravesBidirectionalLSTM like) {
    GravesLSTM lstm =
        new GravesLSTM.Builder()
            .nIn(like.getNIn())
            .nOut(like.getNOut())
            .gateActivationFunction(like.getGateActivationFn())
            .forgetGateBiasInit(like.getForgetGateBiasInit())
            .dataFormat(like.getRnnDataFormat())
            .build();
    copySettings(like, lstm);
    return lstm;
  }

  private static void copySettings(BaseLayer from, BaseLayer to) {
    to.setActivationFn(from.getActivationFn());
    to.setWeightInitFn(from.getWeightInitFn());
    to.setBiasInit(from.getBiasInit());
    to.setRegularization(from.getRegularization());
    to.setRegularizationBias(from.getRegularizationBias());
    to.setIUpdater(from.getIUpdater());
    to.setBiasUpdater(from.getBiasUpdater());
    to.setWeightNoise(from.getWeightNoise());
    to.setGradientNormalization(from.getGradientNormalization());
    to.setGradientNormalizationThreshold(from.getGradientNormalizationThreshold());
    to.setConstraints(from.getConstraints());
    to.setIDropout(from.getIDropout());
  }

  private Model make() {
    Model copy = Topology.uninitializedCopy(given);
    if (copy instanceof ComputationGraph graph) {
      exchange(graph.getConfiguration());
      copy = new ComputationGraph(graph.getConfiguration());
    } else {
      MultiLayerConfiguration conf = ((MultiLayerNetwork) copy).getLayerWiseConfigurations();
      exchange(conf);
      copy = new MultiLayerNetwork(conf);
    }
    if (Topology.isInitialized(given)) {
      copy.init();
      takeOver(copy);
    }
    return copy;
  }

  /** Layers keep their names, also those that have them of their places. */
  private void exchange(MultiLayerConfiguration all) {
    List<NeuralNetConfiguration> confs = new ArrayList<>();
    Map<Integer, InputPreProcessor> preProcessors = new HashMap<>();
    List<Topology.Node> nodes = topology.nodes();
    for (int i = 0; i < nodes.size(); i++) {
      if (all.getInputPreProcess(i) != null) {
        preProcessors.put(confs.size(), all.getInputPreProcess(i));
      }
      confs.addAll(confs(nodes.get(i), all.getConf(i)));
    }
    all.setConfs(confs);
    all.setInputPreProcessors(preProcessors);
  }

  private void exchange(ComputationGraphConfiguration graph) {
    for (Topology.Node node : topology.nodes()) {
      List<Part> parts = exchanged.getOrDefault(node.name(), List.of());
      if (parts.isEmpty()) {
        continue;
      }
      LayerVertex vertex = (LayerVertex) graph.getVertices().get(node.name());
      List<String> read = graph.getVertexInputs().get(node.name());
      List<NeuralNetConfiguration> confs = confs(node, vertex.getLayerConf());
      Map<String, GraphVertex> vertices = new LinkedHashMap<>(graph.getVertices());
      for (int i = 0; i < confs.size(); i++) {
        String name = parts.get(i).name();
        vertices.put(name, new LayerVertex(confs.get(i), i == 0 ? vertex.getPreProcessor() : null));
        graph.getVertexInputs().put(name, read);
        read = new ArrayList<>(List.of(name));
      }
      graph.setVertices(vertices);
    }
    graph.setTopologicalOrder(null);
    graph.setTopologicalOrderStr(null);
  }

  /** Configurations in the place of that of a layer. */
  private List<NeuralNetConfiguration> confs(Topology.Node node, NeuralNetConfiguration conf) {
    List<Part> parts = exchanged.get(node.name());
    if (parts == null) {
      Topology.unframed(conf.getLayer()).setLayerName(node.name());
      return List.of(conf);
    }
    List<NeuralNetConfiguration> confs = new ArrayList<>();
    for (Part part : parts) {
      NeuralNetConfiguration own = conf.clone();
      part.layer().setLayerName(part.name());
      own.setLayer(node.framed(part.layer()));
      own.clearVariables();
      confs.add(own);
    }
    return confs;
  }

  /** Weights, counters and the state of the updater. */
  private void takeOver(Model made) {
    Topology all = Topology.of(made);
    Map<String, String> origins = new HashMap<>();
    for (Topology.Node node : topology.nodes()) {
      if (node.layer() == null) {
        continue;
      }
      var from = topology.layer(given, node.name());
      List<Part> parts =
          exchanged.getOrDefault(
              node.name(), List.of(new Part(node.name(), null, same(from.paramTable().keySet()))));
      for (Part part : parts) {
        Map<String, INDArray> params = all.layer(made, part.name()).paramTable();
        part.params()
            .forEach(
                (key, other) -> {
                  params.get(key).assign(from.paramTable().get(other));
                  origins.put(
                      place(all, part.name()) + "/" + key,
                      place(topology, node.name()) + "/" + other);
                });
      }
    }
    TrainingState.copy(given, made, origins);
  }

  private static Map<String, String> same(Iterable<String> keys) {
    Map<String, String> same = new HashMap<>();
    keys.forEach(key -> same.put(key, key));
    return same;
  }

  /** What {@link TrainingState} calls a layer. */
  private String place(Topology in, String name) {
    return given instanceof ComputationGraph ? name : Integer.toString(in.indexOf(name));
  }
}
