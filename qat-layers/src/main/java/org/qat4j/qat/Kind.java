package org.qat4j.qat;

import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.qat4j.QatException;
import org.qat4j.layers.EmbeddingBagLayer;
import org.qat4j.layers.QatConv1D;
import org.qat4j.layers.QatDense;
import org.qat4j.layers.QatEmbedding;
import org.qat4j.layers.QatEmbeddingBag;
import org.qat4j.layers.QatGlobalPooling;
import org.qat4j.layers.QatOutput;

/** What a vertex is to the quantizer. */
enum Kind {
  EMBEDDING(QatEmbedding.class),
  BAG(QatEmbeddingBag.class),
  CONV1D(QatConv1D.class),
  DENSE(QatDense.class),
  OUTPUT(QatOutput.class),
  GLOBAL_AVERAGE(QatGlobalPooling.class),
  GLOBAL_MAX(null),
  MAX(null),
  IDENTITY(null),
  MERGE(null);

  private final Class<? extends Layer> replacement;

  Kind(Class<? extends Layer> replacement) {
    this.replacement = replacement;
  }

  /** Layer that takes its place, or null where codes pass unchanged. */
  Class<? extends Layer> replacement() {
    return replacement;
  }

  /** Whether it multiplies or sums, so that it reads and makes codes of its own. */
  boolean computes() {
    return replacement != null;
  }

  boolean readsTokens() {
    return this == EMBEDDING || this == BAG;
  }

  static Kind of(Topology.Node node) {
    Layer layer = node.layer();
    Kind kind = layer == null ? vertex(node) : layer(layer);
    if (kind == null) {
      Object what = layer == null ? node.vertex() : layer;
      throw new QatException(
          "layer \""
              + node.name()
              + "\": "
              + what.getClass().getSimpleName()
              + " cannot be quantized; supported are EmbeddingSequenceLayer, EmbeddingBagLayer,"
              + " Convolution1DLayer, DenseLayer, OutputLayer, GlobalPoolingLayer (MAX, AVG),"
              + " Subsampling1DLayer (MAX), DropoutLayer and MergeVertex");
    }
    return kind;
  }

  private static Kind vertex(Topology.Node node) {
    return node.vertex() instanceof MergeVertex ? MERGE : null;
  }

  private static Kind layer(Layer layer) {
    if (layer instanceof EmbeddingBagLayer) {
      return BAG;
    } else if (layer instanceof EmbeddingSequenceLayer) {
      return EMBEDDING;
    } else if (layer instanceof Convolution1DLayer) {
      return CONV1D;
    } else if (layer instanceof OutputLayer) {
      return OUTPUT;
    } else if (layer instanceof DenseLayer) {
      return DENSE;
    } else if (layer instanceof GlobalPoolingLayer pool) {
      return pool.getPoolingType() == PoolingType.MAX
          ? GLOBAL_MAX
          : pool.getPoolingType() == PoolingType.AVG ? GLOBAL_AVERAGE : null;
    } else if (layer instanceof Subsampling1DLayer pool) {
      return pool.getPoolingType() == PoolingType.MAX ? MAX : null;
    } else if (layer instanceof DropoutLayer) {
      return IDENTITY;
    }
    return null;
  }
}
