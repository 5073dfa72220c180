package org.qat4j.task.ranking;

import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.qat4j.data.Dataset;
import org.qat4j.data.Vocabularies;
import org.qat4j.data.Vocabularies.Cut;
import org.qat4j.experiment.ModelSpec;
import org.qat4j.layers.FastLayers;
import org.qat4j.model.TextInput;
import org.qat4j.network.Layers;
import org.qat4j.network.TextNetwork;
import org.qat4j.text.FieldEncoder;
import org.qat4j.text.TextEncoder;
import org.qat4j.text.WordEncoder;

/** Reads two texts, such as a question and a sentence, side by side. */
public final class PairNetwork {
  private PairNetwork() {}

  public static TextNetwork build(ModelSpec.PairCnn s, Dataset data, Layers layers) {
    Cut cut = Cut.of(s.minCount(), s.vocabulary());
    List<String> words = Vocabularies.words(data.train(), s.lowerCase(), false, cut).entries();
    GraphBuilder graph = layers.configuration().graphBuilder();
    List<TextInput> text = new ArrayList<>();
    List<String> branches = new ArrayList<>();
    for (int field = 0; field < 2; field++) {
      String name = field == 0 ? "first" : "second";
      int length = field == 0 ? s.firstLength() : s.secondLength();
      TextEncoder encoder =
          new FieldEncoder(field, new WordEncoder(words, length, s.lowerCase(), false, false));
      text.add(new TextInput(name + "Ids", encoder));
      graph.addInputs(name + "Ids");
      graph.addLayer(name, Layers.embedding(encoder, s.dimension()), name + "Ids");
      branches.addAll(convolutions(graph, name, s.dimension(), s.filters(), s.widths()));
    }
    int size = 2 * s.filters() * s.widths().size();
    for (TextInput input : PairFeatures.of(s, words)) {
      String name = input.input().replace("Ids", "");
      int dimension = PairFeatures.dimension(s, input);
      graph
          .addInputs(input.input())
          .addLayer(name, Layers.bag(input.encoder(), dimension, false), input.input());
      text.add(input);
      branches.add(name);
      size += dimension;
    }
    graph
        .addVertex("both", new MergeVertex(), branches.toArray(new String[0]))
        .addLayer("dense", Layers.dense(size, s.hidden(), s.dropout()), "both")
        .addLayer("out", layers.output(s.hidden(), s.dropout()), "dense")
        .setOutputs("out");
    return new TextNetwork(Layers.initialized(graph), text, false);
  }

  /** Convolutions of several widths over an embedding, each with its max; gives the maxima. */
  private static List<String> convolutions(
      GraphBuilder graph, String words, int dimension, int filters, List<Integer> widths) {
    List<String> maxima = new ArrayList<>();
    for (int width : widths) {
      String name = words + "Conv" + width;
      graph.addLayer(name, Layers.convolution(dimension, filters, width), words);
      graph.addLayer(
          words + "Max" + width, FastLayers.of(new GlobalPoolingLayer(PoolingType.MAX)), name);
      maxima.add(words + "Max" + width);
    }
    return maxima;
  }
}
