package org.qat4j.qat;

import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.nn.api.Model;
import org.qat4j.QatException;
import org.qat4j.calibration.Adjustment;
import org.qat4j.calibration.Range;
import org.qat4j.graph.internal.Topology;
import org.qat4j.graph.internal.Wrappers;
import org.qat4j.layers.internal.quantizing.LayerQuantizer;
import org.qat4j.layers.internal.quantizing.QuantSettings;
import org.qat4j.layers.internal.quantizing.Ref;
import org.qat4j.layers.internal.quantizing.Slot;
import org.qat4j.layers.internal.quantizing.Substitute;
import org.qat4j.model.IntegerModel;
import org.qat4j.numerics.internal.WeightGrid;
import org.qat4j.qat.internal.Freezer;
import org.qat4j.qat.internal.Preparation;
import org.qat4j.qat.internal.PreparedModel;
import org.qat4j.quantizer.ActivationSpec;
import org.qat4j.quantizer.Learned;
import org.qat4j.quantizer.Ste;
import org.qat4j.quantizer.WeightSpec;

/**
 * Quantizes a network again and again, each time in another way, and freezes it: what {@link
 * Qat#prepare}, {@link QatNetwork#calibrate} and {@link QatNetwork#freeze} come to, without running
 * the network. Not thread-safe; several of one network may share a calibration.
 */
public final class Requantizer {
  private final Topology floats;
  private final Calibration calibration;
  private final Model network;

  /** Has the quantizers that the last specification asked for, whatever their bits. */
  private PreparedModel prepared;

  private Map<String, Places> places;

  /**
   * Where a layer has quantizers, and whose it uses.
   *
   * @param owned slots
   * @param input quantizer of what it reads, or null
   * @param outputs quantizers of what it makes
   */
  private record Places(Set<Slot> owned, Ref input, List<Ref> outputs) {
    static Map<String, Places> of(Map<String, QuantSettings> settings) {
      Map<String, Places> places = new HashMap<>();
      settings.forEach(
          (name, s) -> places.put(name, new Places(s.owned(), s.inputRef(), s.outputRefs())));
      return places;
    }
  }

  /**
   * @param network the float network that was calibrated; stays as it is
   * @param calibration of this network
   */
  public Requantizer(Model network, Calibration calibration) {
    this.network = network;
    this.floats = Topology.of(network);
    this.calibration = calibration;
  }

  /**
   * The model of the network as a specification quantizes it.
   *
   * @param spec its schedule does not matter
   * @throws org.qat4j.QatException if it cannot be done for this network
   */
  public IntegerModel freeze(QuantSpec spec, FreezeInfo info) {
    Map<String, QuantSettings> settings = new Preparation(floats, spec).settings();
    if (settings.values().stream().anyMatch(s -> !s.channels().isEmpty())) {
      throw new QatException(
          "a search does not know scales of channels of the residual stream, of which each needs a"
              + " calibration of its own; give the stream 9 to 16 bits, or none of its own");
    }
    Map<String, Places> asked = Places.of(settings);
    if (!asked.equals(places)) {
      prepared = Qat.prepare(network, spec).prepared();
      places = asked;
    }
    for (Topology.Node node : floats.nodes()) {
      QuantSettings s = settings.get(node.name());
      if (s != null) {
        substitute(node.quantizer(), s);
        if (node.wrappers().bidirectional() != null) {
          substitute(Wrappers.second(node.name()), s);
        }
      }
    }
    return new Freezer(prepared, calibration.shapes()).freeze(info);
  }

  private void substitute(String quantizer, QuantSettings s) {
    LayerQuantizer q = prepared.quantizers().get(quantizer);
    ActivationSpec activations = s.spec().activations();
    Map<Slot, Range> ranges = new EnumMap<>(Slot.class);
    for (Slot slot : s.owned()) {
      ActivationSpec inSlot = activations.withBits(s.bits(slot));
      ranges.put(slot, calibration.range(quantizer, slot, inSlot));
    }
    q.scales()
        .substitute(
            new Substitute(
                s,
                ranges,
                weights(q, quantizer, s.spec().weights()),
                calibration.masked(quantizer)));
  }

  private Map<String, WeightGrid> weights(LayerQuantizer q, String layer, WeightSpec spec) {
    record Key(String layer, WeightSpec spec) {}
    WeightSpec plain =
        spec.withAdjust(Adjustment.NONE).withLearned(new Learned.None()).withSte(Ste.CLIPPED);
    return q.weights()
        .calibrated(spec, calibration.find(new Key(layer, plain), () -> q.weights().search(plain)));
  }
}
