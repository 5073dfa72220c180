package org.qat4j.qat;

import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.qat4j.QatException;
import org.qat4j.graph.LayerInfo;
import org.qat4j.graph.internal.Topology;
import org.qat4j.model.internal.InputLengths;
import org.qat4j.qat.internal.Codes;
import org.qat4j.qat.internal.Conversion;
import org.qat4j.qat.internal.Equalization;
import org.qat4j.qat.internal.Equivalents;
import org.qat4j.qat.internal.Kind;
import org.qat4j.qat.internal.NetworkLengths;
import org.qat4j.qat.internal.Preparation;
import org.qat4j.qat.internal.Smoothing;

/** Entry of the library: turns a DL4J network into one that trains under quantization. */
public final class Qat {
  private Qat() {}

  /**
   * A copy of a network with the same topology and parameters, whose layers train under
   * quantization. Its training goes on where that of the network stood, with its counters of
   * iterations and epochs and the state of its updater, unless {@link QuantSpec#withFreshUpdater}
   * says otherwise. The given network stays as it is. Dense layers stand for the encoder of an
   * autoencoder, and two GravesLSTM for a GravesBidirectionalLSTM.
   *
   * @param network an initialized MultiLayerNetwork or ComputationGraph
   * @param spec how it is quantized
   * @throws QatException if a layer cannot be quantized or an override matches none; the message
   *     names the layer
   */
  public static QatNetwork prepare(Model network, QuantSpec spec) {
    return new QatNetwork(Conversion.quantized(network, spec));
  }

  /**
   * A copy of a network that computes the same, but whose channels use the range of their layers'
   * weights more evenly: cross-layer equalization. Where something other than a ReLU, a pooling, a
   * dropout or a merge stands between two layers, or a merge has an input of the network in front
   * of their channels, nothing is changed. What the updater has gathered belongs to weights of
   * another size, so that the copy has a fresh one.
   *
   * @param network an initialized MultiLayerNetwork or ComputationGraph; stays as it is
   */
  public static Model equalized(Model network) {
    Topology.ofInitialized(network);
    Model copy = Topology.uninitializedCopy(network);
    copy.init();
    copy.setParams(network.params());
    new Equalization(copy).run();
    return copy;
  }

  /**
   * A copy of a network that computes the same, but of which the norms hand a smaller range to the
   * products that read them, whose weights take the rest over (SmoothQuant: Xiao et al.,
   * arXiv:2211.10438). Where a sum reads a norm as well, as in an encoder that is normalized behind
   * its sums, the products get a norm of their own, called as that one with "/smooth" behind. The
   * copy has a fresh updater.
   *
   * @param network an initialized MultiLayerNetwork or ComputationGraph; stays as it is
   * @param data read from its beginning, and reset afterwards where it can be
   * @param batches at most so many, ≥ 1
   * @param strength share of the range that moves, above 0 and up to 1; 0.5 is usual
   * @throws QatException if there is no batch
   */
  public static Model smoothed(
      Model network, MultiDataSetIterator data, int batches, double strength) {
    Smoothing smoothing = new Smoothing(network, strength);
    reset(data);
    int done = 0;
    for (; done < batches && data.hasNext(); done++) {
      MultiDataSet batch = data.next();
      smoothing.observe(batch.getFeatures(), batch.getFeaturesMaskArrays());
    }
    reset(data);
    if (done == 0) {
      throw new QatException("ranges of norms are moved by what they make of at least one batch");
    }
    return smoothing.run();
  }

  private static void reset(MultiDataSetIterator data) {
    if (data.resetSupported()) {
      data.reset();
    }
  }

  /**
   * What {@link #prepare} would do with each layer, and why not, without doing it.
   *
   * @throws QatException if an override matches no layer or the schedule does not fit
   */
  public static Preflight describe(Model network, QuantSpec spec) {
    Topology.ofInitialized(network);
    Model complete = Codes.inserted(Equivalents.of(network));
    return new Preflight(new Preparation(Topology.of(complete), spec).rows());
  }

  /** The layers of a network that can be quantized, which exceptions may be for. */
  public static List<LayerInfo> layers(Model network) {
    Topology topology = Topology.of(Equivalents.of(network));
    return topology.nodes().stream().filter(Kind::isQuantized).map(topology::info).toList();
  }

  /** Takes up a network that was prepared before, saved and loaded again. */
  public static QatNetwork resume(Model prepared) {
    return new QatNetwork(prepared);
  }

  /**
   * How short the texts of a batch may be cut, so that a network, in float or under quantization,
   * gives the same for each of them whatever else is in the batch.
   *
   * @param network a MultiLayerNetwork or ComputationGraph
   * @param limits the most steps of each input
   * @param ongoing of each input whether its ids go on behind the text, as places do
   * @param masked whether a mask goes with each input, 0 where its ids are padding
   */
  public static InputLengths lengths(
      Model network, int[] limits, boolean[] ongoing, boolean masked) {
    return NetworkLengths.of(network, limits, ongoing, masked);
  }
}
