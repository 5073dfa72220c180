package org.qat4j.qat;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.qat4j.QatException;
import org.qat4j.layers.FlattenPreProcessor;
import org.qat4j.layers.FusedActivation;
import org.qat4j.layers.QuantSettings;
import org.qat4j.layers.Slot;

/**
 * Decides for every layer which quantizers it has and whose scales it uses. Branches that meet in a
 * merge are quantized once, with the scale of the layer that reads them together.
 */
final class Preparation {
  private final Topology topology;
  private final QuantSpec spec;
  private final Map<String, Kind> kinds = new HashMap<>();
  private final Map<String, Set<String>> references = new HashMap<>();
  private final Map<String, QuantSettings> settings = new LinkedHashMap<>();

  Preparation(Topology topology, QuantSpec spec) {
    this.topology = topology;
    this.spec = spec;
    for (Topology.Node node : topology.nodes()) {
      kinds.put(node.name(), Kind.of(node));
      check(node);
    }
    checkOverrides();
    for (Topology.Node node : topology.nodes()) {
      visit(node);
    }
    for (Topology.Node node : topology.nodes()) {
      shareScale(node);
    }
  }

  /** Settings of the layers that compute, by name, in topological order. */
  Map<String, QuantSettings> settings() {
    return settings;
  }

  private void checkOverrides() {
    List<Topology.Node> layers =
        topology.nodes().stream().filter(n -> kinds.get(n.name()).computes()).toList();
    for (QuantSpec.Rule o : spec.overrides()) {
      if (layers.stream().noneMatch(n -> o.matches(n.name(), type(n)))) {
        Set<String> names =
            layers.stream()
                .map(o.by() == QuantSpec.By.TYPE ? Preparation::type : Topology.Node::name)
                .collect(Collectors.toCollection(TreeSet::new));
        throw new QatException(
            "the override for "
                + o.by().name().toLowerCase(java.util.Locale.ROOT)
                + " \""
                + o.value()
                + "\" matches no layer; there are "
                + names);
      }
    }
  }

  private static String type(Topology.Node node) {
    return node.layer() == null
        ? node.vertex().getClass().getSimpleName()
        : node.layer().getClass().getSimpleName();
  }

  private void check(Topology.Node node) {
    Kind kind = kinds.get(node.name());
    if (node.layer() instanceof BaseLayer layer && kind.computes()) {
      IActivation f = layer.getActivationFn();
      boolean fine =
          switch (kind) {
            case EMBEDDING, BAG -> f instanceof ActivationIdentity;
            case OUTPUT -> f instanceof ActivationSoftmax || f instanceof ActivationIdentity;
            default -> FusedActivation.supports(f);
          };
      require(fine, node, "the activation function " + f + " cannot be quantized here");
    }
    if (node.layer() instanceof EmbeddingSequenceLayer e) {
      require(!e.hasBias(), node, "an embedding with a bias cannot be quantized");
      require(
          kind == Kind.BAG || e.getOutputFormat() == RNNFormat.NCW,
          node,
          "the output format must be NCW");
    }
    if (node.layer() instanceof Convolution1DLayer c) {
      require(c.getRnnDataFormat() == RNNFormat.NCW, node, "the data format must be NCW");
    }
    if (node.preProcessor() != null) {
      require(
          node.preProcessor() instanceof FlattenPreProcessor,
          node,
          "the preprocessor "
              + node.preProcessor().getClass().getSimpleName()
              + " cannot be quantized; a FlattenPreProcessor can");
    }
  }

  private static void require(boolean condition, Topology.Node node, String message) {
    if (!condition) {
      throw new QatException("layer \"" + node.name() + "\": " + message);
    }
  }

  private void visit(Topology.Node node) {
    Set<String> sources = new LinkedHashSet<>();
    for (String input : node.inputs()) {
      sources.addAll(references.getOrDefault(input, Set.of("")));
    }
    Kind kind = kinds.get(node.name());
    if (!kind.computes()) {
      require(!sources.contains(""), node, "reads real values that nothing has quantized");
      references.put(node.name(), sources);
      return;
    }
    LayerSpec s = spec.find(node.name(), type(node));
    QuantSettings q = new QuantSettings();
    q.setLayer(node.name());
    q.setWeightBits(s.weightBits());
    q.setPerChannel(s.perChannel());
    q.setActivationBits(s.activationBits());
    q.setSymmetricActivations(s.symmetricActivations());
    q.setMomentum(s.momentum());
    q.setFakeQuantFrom(spec.fakeQuantFrom());
    q.setObserveUntil(spec.observeUntil());
    if (!kind.readsTokens()) {
      boolean own = sources.size() > 1 || sources.contains("");
      q.setOwnInput(own);
      q.setInputRef(own ? reference(node.name(), Slot.INPUT) : sources.iterator().next());
    }
    if (kind != Kind.OUTPUT) {
      q.setOwnOutput(kind != Kind.EMBEDDING);
      q.setOutputRef(reference(node.name(), Slot.OUTPUT));
    }
    if ((kind == Kind.DENSE || kind == Kind.CONV1D) && node.layer() instanceof BaseLayer layer) {
      q.setOwnPreActivation(FusedActivation.of(layer.getActivationFn(), node.name()).isTable());
    }
    settings.put(node.name(), q);
    references.put(node.name(), kind == Kind.OUTPUT ? Set.of("") : Set.of(q.getOutputRef()));
  }

  private static String reference(String layer, Slot slot) {
    return layer + "/" + slot;
  }

  /** Lets a layer quantize at once with the scale of the one layer that reads it, if it can. */
  private void shareScale(Topology.Node node) {
    QuantSettings q = settings.get(node.name());
    if (q == null || !q.isOwnOutput()) {
      return;
    }
    Set<String> readers = new LinkedHashSet<>();
    collectReaders(node.name(), readers);
    if (readers.size() == 1) {
      QuantSettings reader = settings.get(readers.iterator().next());
      if (reader != null && reader.isOwnInput()) {
        q.setOwnOutput(false);
        q.setOutputRef(reader.getInputRef());
      }
    }
  }

  private void collectReaders(String name, Set<String> readers) {
    if (topology.outputs().contains(name)) {
      readers.add("");
    }
    for (Topology.Node consumer : topology.consumers(name)) {
      if (kinds.get(consumer.name()).computes()) {
        readers.add(consumer.name());
      } else {
        collectReaders(consumer.name(), readers);
      }
    }
  }
}
