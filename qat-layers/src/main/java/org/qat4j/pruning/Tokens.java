package org.qat4j.pruning;

import java.util.BitSet;
import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.qat4j.QatException;
import org.qat4j.graph.internal.Topology;
import org.qat4j.layers.EmbeddingBagLayer;
import org.qat4j.layers.FastLayers;
import org.qat4j.layers.internal.host.Floats;
import org.qat4j.text.TextEncoder;

/**
 * Prunes the vocabulary of a network's input: of most tokens the network would not notice that they
 * are taken for the unknown one, or left out. What the rest costs in all embeddings that read the
 * input is cut away.
 */
public final class Tokens {
  private Tokens() {}

  /**
   * The tokens that matter most. What a token matters is how often it occurs, times how far its
   * embeddings lie from what stands for it otherwise: the unknown token's, or 0 where it is left
   * out. Distances in several embeddings are put together as the root of the sum of their squares,
   * each in units of the root mean square of the embedding's values.
   *
   * @param input of the network
   * @param encoder of that input
   * @param counts how often each id occurs in the training texts, [vocabulary]
   * @param share of the tokens that are left off, in [0, 1)
   * @return ids that stay, those of padding and the unknown token included
   * @throws QatException if something else than embeddings reads the input; the message names it
   */
  public static BitSet important(
      Model network, String input, TextEncoder encoder, long[] counts, double share) {
    if (!(share >= 0 && share < 1)) {
      throw new QatException(
          "the share of a vocabulary is a number from 0 to below 1, not " + share);
    }
    Topology topology = Topology.of(network);
    int size = encoder.vocabularySize();
    double[] squares = new double[size];
    for (Topology.Node node : readers(topology, input)) {
      float[] table =
          Floats.read(
              topology
                  .layer(network, node.name())
                  .paramTable()
                  .get(DefaultParamInitializer.WEIGHT_KEY));
      addDistances(table, size, encoder.unknown(), squares);
    }
    int first = encoder.firstToken();
    float[] matters = new float[size - first];
    for (int i = 0; i < matters.length; i++) {
      matters[i] = (float) (counts[first + i] * Math.sqrt(squares[first + i]));
    }
    int gone = Math.min(matters.length - 1, (int) Math.round(share * matters.length));
    BitSet left = Magnitudes.smallest(matters, gone);
    BitSet stay = new BitSet(size);
    stay.set(0, size);
    left.stream().forEach(i -> stay.clear(first + i));
    return stay;
  }

  private static void addDistances(float[] table, int size, int replacement, double[] squares) {
    int dim = table.length / size;
    double mean = 0;
    for (float v : table) {
      mean += (double) v * v / table.length;
    }
    for (int t = 0; t < size && mean > 0; t++) {
      double square = 0;
      for (int j = 0; j < dim; j++) {
        double d = table[t * dim + j] - (replacement < 0 ? 0 : table[replacement * dim + j]);
        square += d * d;
      }
      squares[t] += square / mean;
    }
  }

  /**
   * A network whose input has these ids alone, numbered anew in the same order: the one that goes
   * with {@link TextEncoder#keeping}.
   *
   * @param ids that stay
   * @throws QatException as {@link #important}
   */
  public static Model keep(Model network, String input, BitSet ids) {
    Cut cut = new Cut(network);
    for (Topology.Node node : readers(Topology.of(network), input)) {
      int size = (int) ((FeedForwardLayer) node.layer()).getNIn();
      cut.keep(node.name(), Cut.places(size, ids::get), null);
    }
    return cut.apply();
  }

  /**
   * Checks what needs no parameters.
   *
   * @throws QatException as {@link #important}
   */
  public static void check(Topology topology, String input) {
    readers(topology, input);
  }

  private static List<Topology.Node> readers(Topology topology, String input) {
    List<Topology.Node> readers = topology.consumers(input);
    for (Topology.Node node : readers) {
      Object what = node.layer() == null ? node.vertex() : node.layer();
      Class<?> type = FastLayers.original(what.getClass());
      if (type != EmbeddingLayer.class
          && type != EmbeddingSequenceLayer.class
          && type != EmbeddingBagLayer.class) {
        throw new QatException(
            "layer \""
                + node.name()
                + "\" ("
                + node.type()
                + ") reads the input \""
                + input
                + "\": the vocabulary can be pruned where embeddings alone read it");
      }
    }
    if (readers.isEmpty()) {
      throw new QatException(
          "the network has no input \"" + input + "\"; it has " + topology.inputs());
    }
    return readers;
  }
}
