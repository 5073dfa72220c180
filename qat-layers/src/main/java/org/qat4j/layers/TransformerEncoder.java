package org.qat4j.layers;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.nd4j.linalg.activations.Activation;
import org.qat4j.numerics.internal.AttentionStep;

/**
 * An encoder block of a transformer (Vaswani et al., arXiv:1706.03762, section 3.1), normalized in
 * front of each part (Xiong et al., arXiv:2002.04745, figure 1b), out of layers that can be
 * quantized:
 *
 * <pre>
 * a = x + join(attention(queries, keys and values of norm(x)))
 * y = a + narrow(f(wide(norm(a))))
 * </pre>
 *
 * <p>Products are convolutions over one step. What follows the last block wants a norm of its own.
 *
 * @param channels of what is read and made
 * @param heads of the attention; they divide the channels
 * @param width channels between the two products of the feed-forward part
 * @param activation f: RELU or GELU
 * @param prefix of {@link MultiHeadAttentionLayer}: {@link AttentionStep#EVERYTHING} for an
 *     encoder; fewer steps make it the block of a decoder that is given these
 */
public record TransformerEncoder(
    int channels, int heads, int width, Activation activation, int prefix) {
  /** A block whose steps see each other. */
  public TransformerEncoder(int channels, int heads, int width, Activation activation) {
    this(channels, heads, width, activation, AttentionStep.EVERYTHING);
  }

  /**
   * Adds a block to a graph.
   *
   * @param name of its last vertex, and beginning of the names of the others
   * @param input vertex that makes a sequence [n, channels, t]
   * @return {@code name}
   */
  public String addTo(GraphBuilder graph, String name, String input) {
    graph
        .addLayer(name + "/norm1", new LayerNormLayer(channels), input)
        .addLayer(
            name + "/parts", product(channels, 3 * channels, Activation.IDENTITY), name + "/norm1")
        .addLayer(name + "/attention", new MultiHeadAttentionLayer(heads, prefix), name + "/parts")
        .addLayer(
            name + "/join", product(channels, channels, Activation.IDENTITY), name + "/attention")
        .addVertex(
            name + "/sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), input, name + "/join")
        .addLayer(name + "/norm2", new LayerNormLayer(channels), name + "/sum")
        .addLayer(name + "/wide", product(channels, width, activation), name + "/norm2")
        .addLayer(name + "/narrow", product(width, channels, Activation.IDENTITY), name + "/wide")
        .addVertex(
            name, new ElementWiseVertex(ElementWiseVertex.Op.Add), name + "/sum", name + "/narrow");
    return name;
  }

  private static Layer product(int in, int out, Activation f) {
    return FastLayers.of(new Convolution1DLayer.Builder(1).nIn(in).nOut(out).activation(f).build());
  }
}
