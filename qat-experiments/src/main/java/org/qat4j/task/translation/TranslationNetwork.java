package org.qat4j.task.translation;

import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.nd4j.linalg.activations.Activation;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.Vocabularies;
import org.qat4j.data.Vocabularies.Cut;
import org.qat4j.experiment.ModelSpec;
import org.qat4j.layers.FastLayers;
import org.qat4j.layers.IndexCrossEntropy;
import org.qat4j.layers.LayerNormLayer;
import org.qat4j.layers.TransformerEncoder;
import org.qat4j.model.TextInput;
import org.qat4j.network.Layers;
import org.qat4j.network.TextNetwork;
import org.qat4j.text.BytePairs;
import org.qat4j.text.PieceEncoder;
import org.qat4j.text.PositionEncoder;
import org.qat4j.text.TextEncoder;

/**
 * Tells the next piece of a translation: a transformer that looks at the source and at what is
 * already there.
 */
public final class TranslationNetwork {
  private TranslationNetwork() {}

  public static TextNetwork build(ModelSpec.Translator s, Dataset data, Layers layers) {
    BytePairs pairs =
        BytePairs.learn(data.train().stream().map(Example::text).toList(), s.merges());
    List<String> vocabulary =
        Vocabularies.pieces(data.train(), pairs, Cut.of(s.minCount(), Integer.MAX_VALUE)).entries();
    PieceEncoder pieces = new PieceEncoder(pairs, vocabulary, s.sourceLength(), s.targetLength());
    TextEncoder positions = new PositionEncoder(pieces.length());
    Layer past =
        new Convolution1DLayer.Builder(s.width())
            .nIn(s.dimension())
            .nOut(s.dimension())
            .convolutionMode(ConvolutionMode.Causal)
            .activation(Activation.IDENTITY)
            .build();
    GraphBuilder graph =
        layers
            .configuration()
            .graphBuilder()
            .addInputs("pieceIds", "positionIds")
            .addLayer("pieces", Layers.embedding(pieces, s.dimension()), "pieceIds")
            .addLayer("positions", Layers.embedding(positions, s.dimension()), "positionIds")
            .addVertex(
                "placed", new ElementWiseVertex(ElementWiseVertex.Op.Add), "pieces", "positions")
            .addLayer("past", FastLayers.of(past), "placed");
    TransformerEncoder block =
        new TransformerEncoder(
            s.dimension(), s.heads(), s.feedForward(), Activation.RELU, s.sourceLength());
    String last = "past";
    for (int i = 1; i <= s.blocks(); i++) {
      last = block.addTo(graph, "block" + i, last);
    }
    Layer next =
        Layers.steps(new IndexCrossEntropy(), s.dimension(), pieces.vocabularySize(), s.dropout());
    graph
        .addLayer("translation", new Cropping1D.Builder(s.sourceLength(), 0).build(), last)
        .addLayer("norm", new LayerNormLayer(s.dimension()), "translation")
        .addLayer("next", next, "norm")
        .setOutputs("next");
    return new TextNetwork(
        Layers.initialized(graph),
        List.of(new TextInput("pieceIds", pieces), new TextInput("positionIds", positions)),
        false);
  }
}
