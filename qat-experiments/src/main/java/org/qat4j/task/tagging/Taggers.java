package org.qat4j.task.tagging;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.nd4j.linalg.activations.Activation;
import org.qat4j.data.Dataset;
import org.qat4j.data.Vocabularies;
import org.qat4j.data.Vocabularies.Cut;
import org.qat4j.experiment.ModelSpec;
import org.qat4j.experiment.TokenSpec;
import org.qat4j.model.TextInput;
import org.qat4j.network.Layers;
import org.qat4j.network.TextNetwork;
import org.qat4j.text.AffixEncoder;
import org.qat4j.text.DistanceEncoder;
import org.qat4j.text.TextEncoder;
import org.qat4j.text.TokenEncoder;

/** Networks that tag tokens: embeddings side by side, what goes over them, softmax at each step. */
public final class Taggers {
  private final ModelSpec.Tagger spec;
  private final Layers layers;
  private final GraphBuilder graph;
  private final List<TextInput> text = new ArrayList<>();
  private int channels;

  private Taggers(ModelSpec.Tagger spec, Layers layers) {
    this.spec = spec;
    this.layers = layers;
    this.graph = layers.configuration().graphBuilder();
  }

  /** Convolutions one upon another. */
  public static TextNetwork build(ModelSpec.ConvTagger spec, Dataset data, Layers layers) {
    return new Taggers(spec, layers).build(data, tagger -> tagger.convolutions(spec), false);
  }

  /** LSTMs in both directions, one upon another. */
  public static TextNetwork build(ModelSpec.BiLstmTagger spec, Dataset data, Layers layers) {
    return new Taggers(spec, layers).build(data, tagger -> tagger.lstms(spec), true);
  }

  /** Blocks of a transformer's encoder. */
  public static TextNetwork build(ModelSpec.TransformerTagger spec, Dataset data, Layers layers) {
    return new Taggers(spec, layers).build(data, tagger -> tagger.transformer(spec), true);
  }

  /**
   * @param over adds what goes over the embeddings and gives its last vertex
   */
  private TextNetwork build(Dataset data, Function<Taggers, String> over, boolean masked) {
    addTokens(data);
    String last = over.apply(this);
    graph.addLayer("out", layers.tags(channels, spec.dropout()), last).setOutputs("out");
    return new TextNetwork(Layers.initialized(graph), text, masked);
  }

  /** What is known of each token, as the vertex "tokens". */
  private void addTokens(Dataset data) {
    TokenSpec s = spec.tokens();
    int length = spec.length();
    Cut cut = Cut.of(s.minCount(), s.vocabulary());
    List<String> words = Vocabularies.tokens(data.train(), s.lowerCase(), cut).entries();
    Map<String, TextEncoder> encoders = new LinkedHashMap<>();
    encoders.put("words", new TokenEncoder(words, length, s.lowerCase(), false));
    encoders.put("forms", new AffixEncoder(s.formCharacters(), s.forms(), length));
    if (data.hasFocus()) {
      encoders.put("predicate", new TokenEncoder(words, length, s.lowerCase(), true));
      encoders.put("distances", new DistanceEncoder(s.reach(), length));
    }
    Map<String, Integer> sizes =
        Map.of(
            "words", s.dimension(),
            "forms", s.formDimension(),
            "predicate", s.dimension(),
            "distances", s.reachDimension());
    encoders.forEach(
        (name, encoder) -> {
          int size = sizes.get(name);
          graph.addInputs(name + "Ids");
          graph.addLayer(name, Layers.embedding(encoder, size), name + "Ids");
          text.add(new TextInput(name + "Ids", encoder));
          channels += size;
        });
    graph.addVertex("tokens", new MergeVertex(), encoders.keySet().toArray(new String[0]));
  }

  private String convolutions(ModelSpec.ConvTagger s) {
    String last = "tokens";
    for (int i = 0; i < s.widths().size(); i++) {
      int width = s.widths().get(i);
      String name = "conv" + (i + 1);
      graph.addLayer(
          name, Layers.same(channels, s.filters(), width, Activation.RELU, s.dropout()), last);
      last = name;
      channels = s.filters();
    }
    return last;
  }

  private String lstms(ModelSpec.BiLstmTagger s) {
    String last = "tokens";
    for (int i = 1; i <= s.layers(); i++) {
      graph.addLayer("lstm" + i, Layers.biLstm(channels, s.units()), last);
      last = "lstm" + i;
      channels = 2 * s.units();
    }
    return last;
  }

  private String transformer(ModelSpec.TransformerTagger s) {
    int size = s.blocks().dimension();
    graph.addLayer(
        "positions", Layers.same(channels, size, s.width(), Activation.IDENTITY, 0), "tokens");
    channels = size;
    return Layers.blocks(graph, s.blocks(), "positions");
  }
}
