package org.qat4j.qat;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.qat4j.calibration.Adjustment;
import org.qat4j.calibration.Range;
import org.qat4j.calibration.internal.Observations;
import org.qat4j.graph.internal.Topology;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.Ref;
import org.qat4j.layers.internal.quantizing.Slot;
import org.qat4j.qat.internal.Freezer;
import org.qat4j.qat.internal.PreparedModel;
import org.qat4j.quantizer.ActivationSpec;
import org.qat4j.quantizer.Learned;
import org.qat4j.quantizer.Ste;

/**
 * What a calibration has seen at every place of a network where values may be quantized: enough to
 * quantize it in any way with a {@link Requantizer}, without running it again. Thread-safe.
 */
public final class Calibration implements Serializable {
  private static final long serialVersionUID = 1L;

  /**
   * A layer that quantizes.
   *
   * @param layer its name
   * @param weights whether it has weights or a table
   * @param activations whether it has scales of its own for what it reads or makes
   * @param together names of the layers whose activations are quantized in one way with its own,
   *     since their values are combined somewhere; itself among them
   */
  public record Place(String layer, boolean weights, boolean activations, List<String> together)
      implements Serializable {}

  private final ArrayList<Place> places = new ArrayList<>();

  /** By the name of the quantizer. */
  private final HashMap<String, Map<Slot, Observations>> observed = new HashMap<>();

  /** What made the codes that a layer reads, by the name of its quantizer. */
  private final HashMap<String, Ref> sources = new HashMap<>();

  /** Names of the quantizers that were given a mask. */
  private final HashSet<String> masked = new HashSet<>();

  private final HashMap<String, List<Integer>> shapes = new HashMap<>();

  /** Ranges and grids that were searched before, as they take long. */
  private transient Map<Object, Object> found = new HashMap<>();

  private Calibration() {}

  /**
   * Runs batches through a network in float.
   *
   * @param network a float network; stays as it is
   * @param data read from its beginning, and reset afterwards where it can be
   * @param batches at most so many, ≥ 1
   * @param features one batch of real inputs, whose shapes frozen models take over
   * @throws org.qat4j.QatException as {@link Qat#prepare} and {@link QatNetwork#calibrate}
   */
  public static Calibration of(
      Model network, MultiDataSetIterator data, int batches, INDArray... features) {
    QatNetwork qat = Qat.prepare(network, QuantSpec.int8());
    Calibration calibration = new Calibration();
    PreparedModel prepared = qat.prepared();
    Topology topology = prepared.topology();
    prepared.quantizers().forEach((name, q) -> calibration.observed.put(name, q.scales().record()));
    qat.calibrate(data, batches);
    prepared.quantizers().forEach(calibration::addMasked);
    prepared
        .quantizers()
        .forEach((name, q) -> calibration.sources.put(name, q.settings().inputRef()));
    topology.nodes().forEach(node -> calibration.addPlace(node.name(), node.quantizer(), prepared));
    calibration.shapes.putAll(Freezer.shapes(topology, features, qat.activations(features)));
    return calibration;
  }

  private void addMasked(String quantizer, LayerQuantizer q) {
    if (q.scales().masked()) {
      masked.add(quantizer);
    }
  }

  private void addPlace(String layer, String quantizer, PreparedModel network) {
    LayerQuantizer q = network.quantizers().get(quantizer);
    if (q != null) {
      boolean activations = !observed.get(quantizer).isEmpty();
      List<String> joined = q.settings().joined();
      List<String> together = joined.isEmpty() ? List.of(layer) : joined;
      places.add(new Place(layer, q.weights().exist(), activations, together));
    }
  }

  /** All layers that quantize, in topological order. */
  public List<Place> places() {
    return List.copyOf(places);
  }

  /** Shapes of all values of the network, by name. */
  Map<String, List<Integer>> shapes() {
    return shapes;
  }

  /** Whether a quantizer was given a mask. */
  boolean masked(String quantizer) {
    return masked.contains(quantizer);
  }

  /** Range in a slot of a quantizer, as a calibration with the specification sets it. */
  Range range(String quantizer, Slot slot, ActivationSpec spec) {
    Observations own = observed.get(quantizer).get(slot);
    // What reads codes of more than 8 bits has a quantizer of its own, for the same values.
    Ref source = own == null ? sources.get(quantizer) : null;
    Observations all = source == null ? own : observed.get(source.layer()).get(source.slot());
    record Key(Observations all, ActivationSpec spec) {}
    ActivationSpec plain =
        spec.withAdjust(Adjustment.NONE).withLearned(new Learned.None()).withSte(Ste.CLIPPED);
    return find(new Key(all, plain), () -> all.range(spec.range(), spec.grids(spec.bits())));
  }

  /** What was searched before for the same key, or else now. */
  @SuppressWarnings("unchecked")
  <K, V> V find(K key, Supplier<V> search) {
    synchronized (this) {
      if (found == null) {
        found = new HashMap<>();
      }
      if (found.containsKey(key)) {
        return (V) found.get(key);
      }
    }
    V value = search.get();
    synchronized (this) {
      found.put(key, value);
    }
    return value;
  }
}
