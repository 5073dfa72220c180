package org.qat4j.zoo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.QatException;
import org.qat4j.data.Dataset;
import org.qat4j.data.Vocabularies;
import org.qat4j.data.Vocabularies.Cut;
import org.qat4j.experiment.ModelSpec;
import org.qat4j.experiment.NgramSpec;
import org.qat4j.experiment.TrainSpec;
import org.qat4j.graph.internal.Topology;
import org.qat4j.layers.FastLayers;
import org.qat4j.layers.FlattenPreProcessor;
import org.qat4j.model.TextInput;
import org.qat4j.network.Layers;
import org.qat4j.network.TextNetwork;
import org.qat4j.task.Task;
import org.qat4j.task.ranking.PairNetwork;
import org.qat4j.task.ranking.StoryNetwork;
import org.qat4j.task.tagging.Taggers;
import org.qat4j.task.translation.TranslationNetwork;
import org.qat4j.text.CharacterEncoder;
import org.qat4j.text.NgramEncoder;
import org.qat4j.text.TextEncoder;
import org.qat4j.text.WordEncoder;

/**
 * Builds the networks of {@link ModelSpec}, with random parameters and with vocabularies taken from
 * the training texts. Every layer can be quantized.
 */
public final class Zoo implements ModelSpec.Visitor<TextNetwork> {
  /** Words of a text that skip-gram reads. */
  private static final int MOST_WORDS = 10_000;

  private final Dataset data;
  private final Layers layers;
  private final long seed;

  private Zoo(Dataset data, TrainSpec train, long seed) {
    this.data = data;
    this.layers = new Layers(train, data, seed, () -> Task.of(data).ending(data));
    this.seed = seed;
  }

  /**
   * A network, not trained yet.
   *
   * @param spec which one
   * @param data whose training texts give the vocabulary and whose labels give the classes
   * @param train learning rate and weight decay
   * @param seed of the parameters
   */
  public static TextNetwork build(ModelSpec spec, Dataset data, TrainSpec train, long seed) {
    return spec.accept(new Zoo(data, train, seed));
  }

  @Override
  public TextNetwork visit(ModelSpec.Auto s) {
    throw new QatException("which network it is has to follow from the data first");
  }

  @Override
  public TextNetwork visit(ModelSpec.SavedNetwork s) {
    Path file = Path.of(s.file());
    Model network = SavedNetworks.load(file);
    Topology topology = Topology.of(network);
    Layer last = topology.node(topology.outputs().get(0)).layer();
    long classes = last instanceof FeedForwardLayer output ? output.getNOut() : 0;
    if (topology.inputs().size() != 1 || classes != data.labels().size()) {
      throw new QatException(
          file
              + ": expected a network with one input and as many classes as the data have, "
              + data.labels().size()
              + "; it has "
              + topology.inputs().size()
              + " inputs and "
              + classes
              + " classes");
    }
    return new TextNetwork(network, List.of(), false);
  }

  private TextEncoder characters(int length, boolean lowerCase, int minCount) {
    List<Integer> alphabet =
        Vocabularies.characters(data.train(), lowerCase, Cut.of(minCount, Integer.MAX_VALUE))
            .entries();
    return new CharacterEncoder(alphabet, length, lowerCase);
  }

  @Override
  public TextNetwork visit(ModelSpec.CharNgramCnn s) {
    TextEncoder characters = characters(s.length(), s.lowerCase(), s.minCount());
    TextEncoder ngrams =
        new NgramEncoder(s.minN(), s.maxN(), s.buckets(), s.ngrams(), s.lowerCase());
    GraphBuilder graph =
        layers
            .configuration()
            .graphBuilder()
            .addInputs("characterIds", "ngramIds")
            .addLayer("characters", Layers.embedding(characters, s.dimension()), "characterIds")
            .addLayer(
                "conv", Layers.convolution(s.dimension(), s.filters(), s.width()), "characters")
            .addLayer("max", FastLayers.of(new GlobalPoolingLayer(PoolingType.MAX)), "conv")
            .addLayer("bag", Layers.bag(ngrams, s.bagDimension(), false), "ngramIds")
            .addVertex("both", new MergeVertex(), "max", "bag")
            .addLayer("out", layers.output(s.filters() + s.bagDimension(), s.dropout()), "both")
            .setOutputs("out");
    return new TextNetwork(
        Layers.initialized(graph),
        List.of(new TextInput("characterIds", characters), new TextInput("ngramIds", ngrams)),
        false);
  }

  @Override
  public TextNetwork visit(ModelSpec.WordCnn s) {
    Cut cut = new Cut(s.minCount(), s.vocabulary(), s.minIdf());
    List<String> words =
        Vocabularies.words(data.train(), s.lowerCase(), s.punctuation(), cut).entries();
    WordEncoder encoder =
        new WordEncoder(words, s.length(), s.lowerCase(), s.punctuation(), s.skipUnknown());
    GraphBuilder graph = layers.configuration().graphBuilder();
    List<TextInput> text = new ArrayList<>();
    List<String> tables = new ArrayList<>(); // of the words
    List<String> branches = new ArrayList<>();
    int size = s.filters() * s.widths().size();
    if (!s.widths().isEmpty() || s.average()) {
      graph.addInputs("wordIds");
      text.add(new TextInput("wordIds", encoder));
    }
    if (!s.widths().isEmpty()) {
      graph.addLayer("words", Layers.embedding(encoder, s.dimension()), "wordIds");
      tables.add("words");
    }
    for (int width : s.widths()) {
      graph.addLayer(
          "conv" + width, Layers.convolution(s.dimension(), s.filters(), width), "words");
      graph.addLayer(
          "max" + width, FastLayers.of(new GlobalPoolingLayer(PoolingType.MAX)), "conv" + width);
      branches.add("max" + width);
    }
    if (s.average()) {
      graph.addLayer("average", Layers.bag(encoder, s.dimension(), true), "wordIds");
      tables.add("average");
      branches.add("average");
      size += s.dimension();
    }
    if (s.ngrams() != null) {
      NgramSpec n = s.ngrams();
      TextEncoder ngrams =
          new NgramEncoder(n.minN(), n.maxN(), n.buckets(), n.length(), s.lowerCase());
      graph
          .addInputs("ngramIds")
          .addLayer("ngrams", Layers.bag(ngrams, n.dimension(), true), "ngramIds");
      text.add(new TextInput("ngramIds", ngrams));
      branches.add("ngrams");
      size += n.dimension();
    }
    String all = branches.get(0);
    if (branches.size() > 1) {
      all = "all";
      graph.addVertex(all, new MergeVertex(), branches.toArray(new String[0]));
    }
    graph.addLayer("out", layers.output(size, s.dropout()), all).setOutputs("out");
    ComputationGraph network = Layers.initialized(graph);
    if (s.skipGramEpochs() > 0) {
      float[] vectors = skipGram(encoder, s.dimension(), s.skipGramEpochs());
      for (String table : tables) {
        INDArray weights = network.getLayer(table).getParam(DefaultParamInitializer.WEIGHT_KEY);
        weights.assign(Nd4j.create(vectors, weights.shape(), 'c'));
      }
    }
    return new TextNetwork(network, text, false);
  }

  /** Vectors of the encoder's words, with the spread that random embeddings have. */
  private float[] skipGram(WordEncoder encoder, int dimension, int epochs) {
    int[] ids = new int[MOST_WORDS];
    WordEncoder whole =
        new WordEncoder(
            encoder.words(),
            ids.length,
            encoder.lowerCase(),
            encoder.punctuation(),
            encoder.skipUnknown());
    int[][] texts = new int[data.train().size()][];
    for (int i = 0; i < texts.length; i++) {
      whole.encode(data.train().get(i).text(), ids);
      texts[i] = IntStream.of(ids).takeWhile(id -> id != TextEncoder.PADDING).toArray();
    }
    float[] vectors = SkipGram.train(texts, encoder.vocabularySize(), dimension, epochs, seed);
    double squares = 0;
    for (float v : vectors) {
      squares += (double) v * v;
    }
    double spread = Layers.EMBEDDING_RANGE / Math.sqrt(3); // standard deviation of U(−range, range)
    float factor = (float) (spread / Math.sqrt(squares / vectors.length));
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] *= factor;
    }
    return vectors;
  }

  @Override
  public TextNetwork visit(ModelSpec.SeedCnn s) {
    List<String> words =
        Vocabularies.words(data.train(), s.lowerCase(), false, Cut.of(1, s.vocabulary())).entries();
    TextEncoder encoder = new WordEncoder(words, s.length(), s.lowerCase(), false, false);
    int steps = (s.length() - s.width() + 1) / s.pool();
    MultiLayerConfiguration configuration =
        layers
            .configuration()
            .list()
            .layer(Layers.named("words", Layers.embedding(encoder, s.dimension())))
            .layer(Layers.named("conv", Layers.convolution(s.dimension(), s.filters(), s.width())))
            .layer(
                new Subsampling1DLayer.Builder(Subsampling1DLayer.PoolingType.MAX)
                    .name("pool")
                    .kernelSize(s.pool())
                    .stride(s.pool())
                    .build())
            .layer(Layers.named("out", layers.output(steps * s.filters(), 0)))
            .inputPreProcessor(3, new FlattenPreProcessor(s.filters(), steps))
            .build();
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    return new TextNetwork(network, List.of(new TextInput("input", encoder)), false);
  }

  @Override
  public TextNetwork visit(ModelSpec.BiLstm s) {
    TextEncoder encoder = encoder(s.of(), s.length(), s.lowerCase(), s.minCount());
    MultiLayerConfiguration configuration =
        layers
            .configuration()
            .list()
            .layer(Layers.named("embedding", Layers.embedding(encoder, s.dimension())))
            .layer(Layers.named("lstm", Layers.biLstm(s.dimension(), s.units())))
            .layer(Layers.named("max", new GlobalPoolingLayer(PoolingType.MAX)))
            .layer(Layers.named("out", layers.output(2 * s.units(), s.dropout())))
            .build();
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    return new TextNetwork(network, List.of(new TextInput("input", encoder)), true);
  }

  @Override
  public TextNetwork visit(ModelSpec.Transformer s) {
    TextEncoder encoder = encoder(s.of(), s.length(), s.lowerCase(), s.minCount());
    int channels = s.blocks().dimension();
    GraphBuilder graph =
        layers
            .configuration()
            .graphBuilder()
            .addInputs("ids")
            .addLayer("embedding", Layers.embedding(encoder, channels), "ids")
            .addLayer(
                "positions",
                Layers.same(channels, channels, s.width(), Activation.IDENTITY, 0),
                "embedding");
    String last = Layers.blocks(graph, s.blocks(), "positions");
    graph
        .addLayer("mean", new GlobalPoolingLayer(PoolingType.AVG), last)
        .addLayer("out", layers.output(channels, s.dropout()), "mean")
        .setOutputs("out");
    return new TextNetwork(Layers.initialized(graph), List.of(new TextInput("ids", encoder)), true);
  }

  private TextEncoder encoder(ModelSpec.Units of, int length, boolean lowerCase, int minCount) {
    if (of == ModelSpec.Units.CHARACTERS) {
      return characters(length, lowerCase, minCount);
    }
    Cut cut = Cut.of(minCount, Integer.MAX_VALUE);
    List<String> words = Vocabularies.words(data.train(), lowerCase, true, cut).entries();
    return new WordEncoder(words, length, lowerCase, true, false);
  }

  @Override
  public TextNetwork visit(ModelSpec.PretrainedEncoder s) {
    return PretrainedEncoders.build(s, layers);
  }

  @Override
  public TextNetwork visit(ModelSpec.ConvTagger s) {
    return Taggers.build(s, data, layers);
  }

  @Override
  public TextNetwork visit(ModelSpec.BiLstmTagger s) {
    return Taggers.build(s, data, layers);
  }

  @Override
  public TextNetwork visit(ModelSpec.TransformerTagger s) {
    return Taggers.build(s, data, layers);
  }

  @Override
  public TextNetwork visit(ModelSpec.PairCnn s) {
    return PairNetwork.build(s, data, layers);
  }

  @Override
  public TextNetwork visit(ModelSpec.StoryAttention s) {
    return StoryNetwork.build(s, data, layers);
  }

  @Override
  public TextNetwork visit(ModelSpec.Translator s) {
    return TranslationNetwork.build(s, data, layers);
  }
}
