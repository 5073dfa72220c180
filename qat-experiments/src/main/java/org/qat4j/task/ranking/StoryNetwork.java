package org.qat4j.task.ranking;

import java.util.List;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.qat4j.data.Dataset;
import org.qat4j.data.Vocabularies;
import org.qat4j.data.Vocabularies.Cut;
import org.qat4j.experiment.ModelSpec;
import org.qat4j.layers.FlattenPreProcessor;
import org.qat4j.model.TextInput;
import org.qat4j.network.Layers;
import org.qat4j.network.TextNetwork;
import org.qat4j.text.StoryEncoder;
import org.qat4j.text.TextEncoder;
import org.qat4j.text.WordEncoder;

/** Answers a question about a story: attention over its sentences. */
public final class StoryNetwork {
  private StoryNetwork() {}

  /**
   * The question is the first step, which a product that goes on by all steps reads alone. Absent
   * sentences are not masked, since a frozen mask cannot follow the words to their sentences: their
   * place, 0, is how the others know them.
   */
  public static TextNetwork build(ModelSpec.StoryAttention s, Dataset data, Layers layers) {
    Cut cut = Cut.of(s.minCount(), s.vocabulary());
    List<String> words = Vocabularies.words(data.train(), s.lowerCase(), false, cut).entries();
    WordEncoder sentence = new WordEncoder(words, s.words(), s.lowerCase(), false, false);
    TextEncoder story = new StoryEncoder(sentence, s.sentences());
    TextEncoder places = new StoryEncoder.StoryPlaces(s.sentences());
    int channels = s.blocks().dimension();
    GraphBuilder graph =
        layers
            .configuration()
            .graphBuilder()
            .addInputs("placeIds", "wordIds")
            .addLayer("places", Layers.embedding(places, channels), "placeIds")
            .addLayer("words", Layers.embedding(story, s.dimension()), "wordIds")
            .addLayer(
                "sentences", Layers.strided(s.dimension(), channels, s.words(), s.words()), "words")
            .addVertex(
                "told", new ElementWiseVertex(ElementWiseVertex.Op.Add), "places", "sentences");
    String last = Layers.blocks(graph, s.blocks(), "told");
    graph
        .addLayer("question", Layers.strided(channels, channels, 1, places.length()), last)
        .addLayer(
            "out",
            layers.output(channels, s.dropout()),
            new FlattenPreProcessor(channels, 1),
            "question")
        .setOutputs("out");
    return new TextNetwork(
        Layers.initialized(graph),
        List.of(new TextInput("placeIds", places), new TextInput("wordIds", story)),
        false);
  }
}
