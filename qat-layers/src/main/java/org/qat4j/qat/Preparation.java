package org.qat4j.qat;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
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
import org.qat4j.quantizer.LayerSpec;

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
    for (QuantSpec.Rule o : spec.overrides()) {
      if (topology.nodes().stream().noneMatch(n -> computes(n) && matches(o.match(), n))) {
        boolean byType = o.match() instanceof Match.Type;
        Set<String> names =
            topology.nodes().stream()
                .filter(this::computes)
                .map(byType ? Preparation::type : Topology.Node::name)
                .collect(Collectors.toCollection(TreeSet::new));
        throw new QatException(
            "the override for " + o.match() + " matches no layer; there are " + names);
      }
    }
  }

  private boolean computes(Topology.Node node) {
    return kinds.get(node.name()).computes();
  }

  private boolean matches(Match match, Topology.Node node) {
    if (match instanceof Match.Name m) {
      return m.name().equals(node.name());
    } else if (match instanceof Match.NamePattern m) {
      return Pattern.matches(m.regex(), node.name());
    } else if (match instanceof Match.Type m) {
      return m.simpleName().equals(type(node));
    } else if (match instanceof Match.First) {
      return node.inputs().stream().anyMatch(topology.inputs()::contains);
    }
    return topology.outputs().contains(node.name());
  }

  /** The specification of a layer: the default, changed by each override that fits, in order. */
  private LayerSpec specOf(Topology.Node node) {
    LayerSpec found = spec.defaults();
    for (QuantSpec.Rule o : spec.overrides()) {
      found = matches(o.match(), node) ? o.change().apply(found) : found;
    }
    return found;
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
    String name = node.name();
    LayerSpec layerSpec = specOf(node);
    NotYet.check(name, layerSpec, spec.schedule());
    Set<Slot> owned = EnumSet.noneOf(Slot.class);
    String inputRef = null;
    if (!kind.readsTokens()) {
      boolean own = sources.size() > 1 || sources.contains("");
      if (own) {
        owned.add(Slot.INPUT);
      }
      inputRef = own ? reference(name, Slot.INPUT) : sources.iterator().next();
    }
    if (kind != Kind.OUTPUT && kind != Kind.EMBEDDING) {
      owned.add(Slot.OUTPUT);
    }
    if ((kind == Kind.DENSE || kind == Kind.CONV1D)
        && node.layer() instanceof BaseLayer layer
        && FusedActivation.of(layer.getActivationFn(), name).isTable()) {
      owned.add(Slot.PRE);
    }
    String outputRef = kind == Kind.OUTPUT ? null : reference(name, Slot.OUTPUT);
    settings.put(
        name, new QuantSettings(name, layerSpec, spec.schedule(), owned, inputRef, outputRef));
    references.put(name, Set.of(outputRef == null ? "" : outputRef));
  }

  private static String reference(String layer, Slot slot) {
    return layer + "/" + slot;
  }

  /** Lets a layer quantize at once with the scale of the one layer that reads it, if it can. */
  private void shareScale(Topology.Node node) {
    QuantSettings q = settings.get(node.name());
    if (q == null || !q.owns(Slot.OUTPUT)) {
      return;
    }
    Set<String> readers = new LinkedHashSet<>();
    collectReaders(node.name(), readers);
    if (readers.size() == 1) {
      QuantSettings reader = settings.get(readers.iterator().next());
      if (reader != null && reader.owns(Slot.INPUT)) {
        settings.put(node.name(), q.withForeignOutput(reader.inputRef()));
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
