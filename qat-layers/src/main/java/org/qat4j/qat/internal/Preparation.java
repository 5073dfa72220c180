package org.qat4j.qat.internal;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.qat4j.QatException;
import org.qat4j.calibration.RangeRule;
import org.qat4j.graph.Match;
import org.qat4j.graph.internal.Topology;
import org.qat4j.graph.internal.Wrappers;
import org.qat4j.layers.internal.codes.FusedActivation;
import org.qat4j.layers.internal.quantizing.QuantSettings;
import org.qat4j.layers.internal.quantizing.Ref;
import org.qat4j.layers.internal.quantizing.Slot;
import org.qat4j.qat.Preflight;
import org.qat4j.qat.QuantSpec;
import org.qat4j.quantizer.ActivationSpec;
import org.qat4j.quantizer.Granularity;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Learned;
import org.qat4j.quantizer.Schedule;
import org.qat4j.quantizer.Scheme;
import org.qat4j.quantizer.Unsupported;
import org.qat4j.quantizer.WeightSpec;

/**
 * Decides for every layer which quantizers it has and whose scales it uses. Branches that meet in a
 * merge are quantized once, with the scale of the layer that reads them together.
 */
public final class Preparation {
  /** Stands for real values, which no quantizer has. */
  private static final Ref REAL = new Ref("", null);

  private final Topology topology;
  private final QuantSpec spec;
  private final Map<String, Kind> kinds = new HashMap<>();
  private final Map<String, String> problems = new HashMap<>();
  private final Map<String, String> inFloat = new HashMap<>();
  private final Map<String, Set<Ref>> references = new HashMap<>();
  private final Map<String, QuantSettings> settings = new LinkedHashMap<>();
  private final Joins joins = new Joins();
  private final ResidualStream stream;

  public Preparation(Topology topology, QuantSpec spec) {
    this.topology = topology;
    this.spec = spec;
    for (Topology.Node node : topology.nodes()) {
      String problem = Support.problem(topology, node);
      boolean stays = problem != null && spec.unsupported() == Unsupported.FLOAT;
      kinds.put(node.name(), stays ? Kind.FLOAT : Kind.of(node));
      if (problem != null) {
        (stays ? inFloat : problems).put(node.name(), problem);
      }
    }
    stream = new ResidualStream(topology, kinds);
    if (spec.residual() > 0 && !stream.exists()) {
      throw new QatException(
          "the residual stream shall have "
              + spec.residual()
              + " bits of its own, but the network has none: no ElementWiseVertex adds anything");
    }
    Map<String, String> first = Map.copyOf(problems);
    first.keySet().forEach(name -> kinds.put(name, Kind.FLOAT)); // to find what else there is
    if (first.isEmpty()) {
      checkOverrides();
      checkSchedule();
    }
    topology.nodes().forEach(this::visit);
    boolean apart = settings.values().stream().anyMatch(s -> !s.channels().isEmpty());
    if (spec.residual() == Byte.SIZE && problems.isEmpty() && !apart) {
      throw new QatException(
          "channels of the residual stream shall have scales of their own, but no product hands on"
              + " what is added alone, and no layer normalization reads a sum");
    }
    joins.share(settings);
    topology.nodes().forEach(this::checkJoined);
    topology.nodes().forEach(this::shareScale);
    topology.nodes().forEach(this::normalize);
    topology.nodes().forEach(this::checkDropout);
    forgetConsequences(first);
    checkTraining();
  }

  /** Takes out what was found only because something in front of it cannot be quantized. */
  private void forgetConsequences(Map<String, String> first) {
    Set<String> behind = new HashSet<>(first.keySet());
    for (Topology.Node node : topology.nodes()) {
      if (node.inputs().stream().anyMatch(behind::contains)) {
        behind.add(node.name());
      }
    }
    problems.keySet().removeIf(name -> behind.contains(name) && !first.containsKey(name));
    problems.putAll(first);
  }

  /** The way of training is one for all layers, so that the first is told. */
  private void checkTraining() {
    for (Topology.Node node : topology.nodes()) {
      String problem = Support.training(node);
      if (problem != null) {
        problems.merge(node.name(), problem, (a, b) -> a + "; and " + b);
        return;
      }
    }
  }

  /**
   * Settings of the layers that compute, by name, in topological order.
   *
   * @throws QatException if a layer cannot be quantized; the message names all such layers
   */
  public Map<String, QuantSettings> settings() {
    new Preflight(rows()).requireFine();
    if (settings.isEmpty()) {
      throw new QatException(
          "the network has no layer that can be quantized; all stay in float:\n  "
              + String.join("\n  ", new Preflight(rows()).inFloat()));
    }
    return settings;
  }

  private void checkSchedule() {
    boolean learns =
        topology.nodes().stream()
            .filter(n -> kinds.get(n.name()).hasWeights())
            .map(this::specOf)
            .anyMatch(s -> learns(s.weights().learned()) || learns(s.activations().learned()));
    if (learns && spec.schedule().learnScalesFrom() == Schedule.NEVER) {
      throw new QatException(
          "the specification has learned ranges, but the schedule never starts to learn them;"
              + " set learnScalesFrom, and freezeObserversAfter before it");
    }
    if (spec.schedule().freezeBatchNormAfter() != Schedule.NEVER
        && !kinds.containsValue(Kind.BATCH_NORM)) {
      throw new QatException(
          "the schedule has freezeBatchNormAfter, but the network has no batch normalization");
    }
  }

  private static boolean learns(Learned learned) {
    return !(learned instanceof Learned.None);
  }

  private void checkOverrides() {
    for (QuantSpec.Rule rule : spec.overrides()) {
      if (topology.nodes().stream().noneMatch(n -> computes(n) && matches(rule.match(), n))) {
        boolean byType = rule.match() instanceof Match.Type;
        Set<String> names =
            topology.nodes().stream()
                .filter(this::computes)
                .map(byType ? Topology.Node::type : Topology.Node::name)
                .collect(Collectors.toCollection(TreeSet::new));
        throw new QatException(
            "the override for " + rule.match() + " matches no layer; there are " + names);
      }
    }
  }

  private boolean computes(Topology.Node node) {
    return kinds.get(node.name()).computes();
  }

  private boolean matches(Match match, Topology.Node node) {
    return topology.info(node).matches(match);
  }

  /** The specification of a layer: the default, changed by each rule that fits, in order. */
  private LayerSpec specOf(Topology.Node node) {
    LayerSpec found = spec.defaults();
    if (spec.residual() > 0 && stream.contains(node)) {
      found = found.withActivations(found.activations().withBits(spec.residual()));
    }
    for (QuantSpec.Rule rule : spec.overrides()) {
      found = matches(rule.match(), node) ? rule.change().apply(found) : found;
    }
    return found;
  }

  private void visit(Topology.Node node) {
    Set<Ref> sources = new LinkedHashSet<>();
    for (String input : node.inputs()) {
      sources.addAll(references.getOrDefault(input, Set.of(REAL)));
    }
    Kind kind = kinds.get(node.name());
    if (kind.gathers()) {
      // No quantizer's, so that whoever reads it quantizes it, also where one value comes twice.
      sources.add(new Ref(node.name(), null));
    }
    if (kind == Kind.SUM) {
      checkSum(node);
    }
    if (kind == Kind.ELEMENTWISE) {
      join(node);
      return;
    }
    if (kind.isRoundedLater()) {
      if (sources.size() != 1
          || sources.contains(REAL)
          || sources.stream().anyMatch(this::isWide)) {
        cannot(
            node,
            "reads \"" + node.inputs().get(0) + "\", which has no codes of its own of 8 bits");
      }
      joins.add(node.name(), List.copyOf(sources), false);
      references.put(node.name(), Set.of(REAL));
      return;
    }
    if (kind == Kind.FLOAT) {
      references.put(node.name(), Set.of(REAL));
      return;
    }
    if (!kind.computes()) {
      if (!kind.answers() && sources.contains(REAL) && topology.outputs().contains(node.name())) {
        cannot(node, "hands on real values that nothing has quantized");
      }
      references.put(node.name(), sources);
      return;
    }
    String name = node.quantizer();
    boolean real = kind.isOutput() || Support.endsInLoss(topology, node);
    Set<Slot> owned = EnumSet.noneOf(Slot.class);
    Ref inputRef = null;
    if (!kind.readsTokens()) {
      boolean own =
          sources.size() > 1
              || sources.contains(REAL)
              || sources.stream().anyMatch(this::isWide); // which each reads with its own bits
      if (own) {
        owned.add(Slot.INPUT);
      }
      inputRef = own ? new Ref(name, Slot.INPUT) : sources.iterator().next();
    }
    boolean rounds = owned.contains(Slot.INPUT) && roundsOnly(node);
    if (!real && !kind.handsOnRows() && !rounds) {
      owned.add(Slot.OUTPUT);
    }
    if (kind == Kind.NORMALIZED_DENSE) {
      owned.add(Slot.MIDDLE);
    }
    if (isProductWithTable(node)) {
      owned.add(Slot.PRE);
    }
    if (kind == Kind.LSTM || kind == Kind.GRAVES_LSTM) {
      owned.add(Slot.CELL);
    }
    if (kind == Kind.SEPARABLE) {
      owned.add(Slot.MIDDLE);
    }
    LayerSpec layerSpec = specOf(node);
    if (!kind.learnsRanges()) {
      // Without parameters there is no updater that could train a range; and a state is rounded at
      // every step, each of which would move it.
      ActivationSpec observed = layerSpec.activations().withLearned(new Learned.None());
      layerSpec = layerSpec.withActivations(observed);
    }
    if (isMultiplied(node)) {
      // DL4J multiplies real numbers, which is exact where their scales are powers of two.
      layerSpec = layerSpec.withActivations(layerSpec.activations().withPowerOfTwo(true));
    }
    String problem = Support.problem(node, kind, layerSpec);
    if (problem != null) {
      problems.put(node.name(), problem);
    }
    Map<Slot, Integer> most = new EnumMap<>(Slot.class);
    most.putAll(kind.mostBits());
    if (!readsDirectly(node)) {
      most.remove(Slot.INPUT);
    }
    Ref outputRef = real ? REAL : new Ref(name, rounds ? Slot.INPUT : Slot.OUTPUT);
    settings.put(
        node.name(),
        new QuantSettings(
            name,
            layerSpec,
            spec.schedule(),
            owned,
            inputRef,
            real ? List.of() : List.of(outputRef),
            null,
            most,
            channels(node, kind, layerSpec, owned)));
    Set<Ref> made = new LinkedHashSet<>(Set.of(outputRef));
    if (!name.equals(node.name())) {
      made.add(new Ref(Wrappers.second(node.name()), Slot.OUTPUT));
      if (topology.outputs().contains(node.name())) {
        cannot(
            node,
            "ends the network with two directions that nothing rounds to one scale; put an"
                + " ActivationLayer with IDENTITY behind it");
      }
    }
    references.put(node.name(), made);
  }

  /**
   * Where each channel has a scale of its own: in what a product adds to a stream of 8 bits, and in
   * sums that a norm reads.
   */
  private Map<Slot, Integer> channels(
      Topology.Node node, Kind kind, LayerSpec layerSpec, Set<Slot> owned) {
    Map<Slot, Integer> channels = new EnumMap<>(Slot.class);
    if (spec.residual() != Byte.SIZE) {
      return channels;
    }
    boolean product =
        (kind == Kind.CONV1D || kind == Kind.DENSE)
            && owned.contains(Slot.OUTPUT)
            && ((BaseLayer) node.layer()).getActivationFn() instanceof ActivationIdentity
            && isOnlyAdded(node.name());
    if (product && layerSpec.weights().scheme() != Scheme.SYMMETRIC) {
      problems.put(
          node.name(),
          "adds to a residual stream whose channels have scales of their own, which asymmetric"
              + " weights cannot have; make its weights symmetric");
    } else if (product) {
      channels.put(Slot.OUTPUT, (int) ((FeedForwardLayer) node.layer()).getNOut());
    }
    if (kind == Kind.LAYER_NORM && owned.contains(Slot.INPUT) && isSum(node.inputs().get(0))) {
      channels.put(Slot.INPUT, (int) ((FeedForwardLayer) node.wrappers().core()).getNOut());
    }
    return channels;
  }

  /** Whether all that read a value are sums. */
  private boolean isOnlyAdded(String value) {
    return !topology.outputs().contains(value)
        && topology.consumers(value).stream()
            .allMatch(
                reader -> {
                  Kind kind = kinds.get(reader.name());
                  return kind == Kind.SUM
                      || (kind == Kind.IDENTITY
                          && reader.preProcessor() == null
                          && isOnlyAdded(reader.name()));
                });
  }

  private boolean isSum(String value) {
    Kind kind = kinds.get(value);
    return kind == Kind.SUM
        || (kind == Kind.IDENTITY
            && topology.node(value).preProcessor() == null
            && isSum(topology.node(value).inputs().get(0)));
  }

  /** Whether the codes of a quantizer have more than 8 bits. */
  private boolean isWide(Ref source) {
    QuantSettings maker = settings.get(source.layer());
    return maker != null
        && source.slot() != null
        && maker.owns(source.slot())
        && maker.bits(source.slot()) > Byte.SIZE;
  }

  /** Whether nothing moves codes between a layer and those that make what it reads. */
  private boolean readsDirectly(Topology.Node node) {
    return node.preProcessor() == null && node.inputs().stream().allMatch(this::isMade);
  }

  private static boolean isMultiplied(Topology.Node node) {
    Bidirectional both = node.layer() == null ? null : node.wrappers().bidirectional();
    return both != null && both.getMode() == Bidirectional.Mode.MUL;
  }

  private static boolean isJoined(Topology.Node node) {
    Wrappers w = node.wrappers();
    return w.bidirectional() != null
        && (w.last() || w.bidirectional().getMode() != Bidirectional.Mode.CONCAT);
  }

  private boolean isMade(String value) {
    Kind kind = kinds.get(value);
    if (kind == Kind.IDENTITY || kind == Kind.MERGE) {
      return readsDirectly(topology.node(value));
    }
    // The last step of two directions, and their sum, is taken of what is joined for its reader.
    boolean joined = kind != null && kind.isRecurrent() && isJoined(topology.node(value));
    return kind == null || (kind.computes() && !joined) || kind == Kind.SUM;
  }

  /** Whether it hands on what it reads with the scale with which it reads it. */
  private boolean roundsOnly(Topology.Node node) {
    return Codes.isInserted(node)
        && topology.consumers(node.name()).stream()
            .allMatch(
                reader ->
                    kinds.get(reader.name()) != Kind.ELEMENTWISE
                        || ((ElementWiseVertex) reader.vertex()).getOp()
                            == ElementWiseVertex.Op.Product);
  }

  /** What is added has codes of its own, or is another sum, which comes first. */
  private void checkSum(Topology.Node node) {
    for (String input : node.inputs()) {
      Set<Ref> made = references.getOrDefault(input, Set.of(REAL));
      if (spec.residual() > Byte.SIZE) {
        checkAddend(node, made);
      }
      boolean moved = made.stream().anyMatch(this::isWide) && !isMade(input);
      if (moved) {
        cannot(node, "adds \"" + input + "\", whose codes have more than 8 bits and were moved");
      }
      boolean nested = kinds.get(input) == Kind.SUM && input.equals(node.inputs().get(0));
      if (!nested && (made.size() != 1 || made.contains(REAL))) {
        cannot(
            node,
            "adds \""
                + input
                + "\", which has no codes of its own; add what a layer makes, and another sum as"
                + " the first input");
      }
    }
    if (topology.outputs().contains(node.name())) {
      cannot(node, "hands on real values that nothing has quantized");
    }
  }

  /** Whoever asks for a wide residual stream shall not get one of 8 bits. */
  private void checkAddend(Topology.Node sum, Set<Ref> made) {
    for (Ref source : made) {
      Kind maker = source.slot() == null ? null : kinds.get(source.layer());
      if (maker != null && !maker.handsOnRows() && maker.mostBits().isEmpty()) {
        cannot(
            sum,
            "adds what \""
                + source.layer()
                + "\" makes, whose codes have 8 bits at most, while the residual stream shall have "
                + spec.residual());
      }
    }
  }

  /** A vertex whose values cannot be combined in codes. */
  private void cannot(Topology.Node node, String reason) {
    if (spec.unsupported() == Unsupported.FLOAT) {
      kinds.put(node.name(), Kind.FLOAT);
      inFloat.put(node.name(), reason);
    } else {
      problems.put(node.name(), reason);
    }
  }

  /** Values that are combined have one scale, and so one range, which their layers share. */
  private void join(Topology.Node node) {
    List<Ref> sources = new ArrayList<>();
    ElementWiseVertex.Op op = ((ElementWiseVertex) node.vertex()).getOp();
    for (String input : node.inputs()) {
      Set<Ref> found = references.getOrDefault(input, Set.of(REAL));
      Ref source = found.iterator().next();
      QuantSettings maker = settings.get(source.layer());
      if (found.stream().anyMatch(this::isWide)) {
        cannot(
            node,
            "combines \""
                + input
                + "\", whose codes have more than 8 bits; only sums take them: give that layer 8");
        references.put(node.name(), Set.of(REAL));
        return;
      }
      boolean own =
          found.size() == 1
              && maker != null
              && maker.owned().contains(Slot.OUTPUT)
              && !kinds.get(maker.layer()).isRecurrent(); // whose state has codes of its own
      if (!own && (op != ElementWiseVertex.Op.Product || found.size() > 1 || maker == null)) {
        cannot(
            node,
            "\""
                + input
                + "\" has no range of its own, which values that are combined need (it is real,"
                + " a merge, a state, or rows of a table); put an ActivationLayer behind it");
        references.put(node.name(), Set.of(REAL));
        return;
      }
      sources.add(source);
    }
    joins.add(node.name(), sources, op != ElementWiseVertex.Op.Product);
    boolean keeps = op == ElementWiseVertex.Op.Max;
    references.put(node.name(), Set.of(keeps ? sources.get(0) : REAL));
  }

  /** One range makes one scale only where all quantize it in one way. */
  private void checkJoined(Topology.Node node) {
    if (!(node.vertex() instanceof ElementWiseVertex vertex)
        || vertex.getOp() == ElementWiseVertex.Op.Product) {
      return;
    }
    List<LayerSpec> specs =
        joins.sources().getOrDefault(node.name(), List.of()).stream()
            .map(source -> settings.get(source.layer()).spec())
            .toList();
    for (int i = 1; i < specs.size(); i++) {
      ActivationSpec a = specs.get(0).activations();
      ActivationSpec b = specs.get(i).activations();
      if (a.bits() != b.bits()
          || a.scheme() != b.scheme()
          || a.powerOfTwo() != b.powerOfTwo()
          || !a.adjust().equals(b.adjust())) {
        problems.put(
            node.name(),
            "combines values that have one scale, but \""
                + node.inputs().get(0)
                + "\" and \""
                + node.inputs().get(i)
                + "\" differ in bits, scheme, power of two, clip or zero shift of their"
                + " activations; give them the same");
      }
    }
  }

  /** For each vertex that combines values the quantizers of its inputs. */
  public Map<String, List<Ref>> sources() {
    return joins.sources();
  }

  private boolean isProductWithTable(Topology.Node node) {
    Kind kind = kinds.get(node.name());
    if (kind == Kind.NORMALIZED_DENSE) { // which clamps nothing
      return !(((BaseLayer) node.core()).getActivationFn() instanceof ActivationIdentity);
    }
    boolean product =
        kind == Kind.CONV1D
            || kind == Kind.SEPARABLE
            || kind == Kind.ELEMENT_PRODUCT
            || kind.takesNormalization();
    return product
        && FusedActivation.of(((BaseLayer) node.core()).getActivationFn(), node.name()).isTable();
  }

  /** Lets a layer quantize at once with the scale of the one layer that reads it, if it can. */
  private void shareScale(Topology.Node node) {
    QuantSettings q = settings.get(node.name());
    if (q == null
        || !q.owned().contains(Slot.OUTPUT)
        || kinds.get(node.name()).isRecurrent()) { // whose state has codes of its own
      return;
    }
    Set<String> readers = new LinkedHashSet<>();
    collectReaders(node.name(), readers);
    if (readers.size() == 1) {
      QuantSettings reader = settings.get(readers.iterator().next());
      if (reader != null && reader.owned().contains(Slot.INPUT)) {
        settings.put(node.name(), q.withForeignOutput(reader.inputRef()));
      }
    }
  }

  /** Folds a normalization into the product in front of it, where that can take it over. */
  private void normalize(Topology.Node node) {
    if (kinds.get(node.name()) != Kind.BATCH_NORM) {
      return;
    }
    String input = node.inputs().get(0);
    Kind before = kinds.get(input);
    if (before == null || !before.takesNormalization()) {
      return;
    }
    Topology.Node product = topology.node(input);
    QuantSettings settingsOfProduct = settings.get(input);
    WeightSpec weights = settingsOfProduct.spec().weights();
    boolean alone = topology.consumers(input).size() == 1 && !topology.outputs().contains(input);
    if (alone
        && ((BaseLayer) product.core()).getActivationFn() instanceof ActivationIdentity
        && weights.scheme() == Scheme.SYMMETRIC
        && !weights.powerOfTwo()
        && node.layer().getIDropout() == null
        && node.preProcessor() == null) {
      Ref reference = settings.get(node.name()).outputRefs().get(0);
      settings.put(input, settingsOfProduct.withForeignOutput(reference).withFold(node.name()));
      settings.computeIfPresent(node.name(), (name, q) -> q.withFold(input));
    }
  }

  private void collectReaders(String name, Set<String> readers) {
    if (topology.outputs().contains(name)) {
      readers.add("");
    }
    for (Topology.Node consumer : topology.consumers(name)) {
      Kind reader = kinds.get(consumer.name());
      boolean combines =
          reader == Kind.SUM || reader == Kind.ELEMENTWISE || reader.isRoundedLater();
      if (combines || reader == Kind.FLOAT) {
        readers.add(""); // what is combined, or read in float, has codes of its own
      } else if (computes(consumer)) {
        readers.add(consumer.name());
      } else {
        collectReaders(consumer.name(), readers);
      }
    }
  }

  /**
   * Layers that read a dropout layer and quantize what they read. The dropout becomes theirs, so
   * that their quantizer sees the values without it.
   */
  public List<String> takeOverDropout(Topology.Node dropout) {
    Set<String> readers = new LinkedHashSet<>();
    collectReaders(dropout.name(), readers);
    readers.removeIf(r -> r.isEmpty() || !settings.get(r).owned().contains(Slot.INPUT));
    return List.copyOf(readers);
  }

  private void checkDropout(Topology.Node node) {
    if (kinds.get(node.name()) != Kind.IDENTITY || node.layer().getIDropout() == null) {
      return;
    }
    List<Topology.Node> consumers = topology.consumers(node.name());
    for (String reader : takeOverDropout(node)) {
      boolean direct = consumers.stream().anyMatch(c -> c.name().equals(reader));
      Layer layer =
          topology.nodes().stream()
              .filter(n -> n.name().equals(reader))
              .findFirst()
              .orElseThrow()
              .layer();
      if (!direct || layer.getIDropout() != null || !kinds.get(reader).hasWeights()) {
        problems.put(
            node.name(),
            "dropout in front of \""
                + reader
                + "\" would disturb the range that is quantized there; leave this layer out, and"
                + " let each that reads it drop out its input itself (dropOut)");
      }
    }
  }

  /** One row for each vertex. */
  public List<Preflight.Row> rows() {
    List<Preflight.Row> rows = new ArrayList<>();
    for (Topology.Node node : topology.nodes()) {
      QuantSettings q = settings.get(node.name());
      long parameters =
          node.layer() == null ? 0 : node.layer().initializer().numParams(node.layer());
      rows.add(
          new Preflight.Row(
              node.name(),
              node.type(),
              parameters,
              q != null && kinds.get(node.name()).hasWeights() ? weights(q, node) : "",
              q == null ? "codes pass unchanged" : activations(q, node),
              inFloat.getOrDefault(node.name(), ""),
              problems.getOrDefault(node.name(), "")));
    }
    return rows;
  }

  private String weights(QuantSettings q, Topology.Node node) {
    WeightSpec w = q.spec().weights();
    boolean table = kinds.get(node.name()).readsTokens();
    String granularity =
        w.granularity() instanceof Granularity.Group g
            ? "per group of " + g.size()
            : table || w.granularity() instanceof Granularity.Tensor ? "per tensor" : "per channel";
    return "int"
        + w.bits()
        + ", "
        + granularity
        + ", "
        + w.scheme().name().toLowerCase(Locale.ROOT)
        + ", "
        + describe(w.range(), w.learned(), w.powerOfTwo());
  }

  private String activations(QuantSettings q, Topology.Node node) {
    if (kinds.get(node.name()) == Kind.BATCH_NORM && q.foldRef() != null) {
      return "folded into " + q.foldRef();
    }
    ActivationSpec a = q.spec().activations();
    List<String> parts = new ArrayList<>();
    String how =
        ", "
            + (a.scheme() == Scheme.SYMMETRIC ? "symmetric" : "asymmetric")
            + ", "
            + describe(a.range(), a.learned(), a.powerOfTwo());
    if (q.owned().contains(Slot.INPUT)) {
      parts.add("reads int" + q.bits(Slot.INPUT) + how);
    }
    if (q.owned().contains(Slot.OUTPUT)) {
      parts.add("makes int" + q.bits(Slot.OUTPUT) + how);
    } else if (!q.makesCodes()) {
      parts.add("makes real logits");
    } else if (kinds.get(node.name()).handsOnRows()) {
      parts.add("hands on rows of its table");
    } else {
      parts.add("makes codes for " + q.outputRefs().get(0));
    }
    return String.join("; ", parts);
  }

  private static String describe(RangeRule range, Learned learned, boolean powerOfTwo) {
    return range
        + (learns(learned) ? ", " + learned : "")
        + (powerOfTwo ? ", power-of-two scale" : "");
  }
}
