package org.qat4j.zoo;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.distribution.UniformDistribution;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.deeplearning4j.nn.weights.WeightInitDistribution;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.qat4j.QatException;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.Vocabularies;
import org.qat4j.data.Vocabularies.Cut;
import org.qat4j.experiment.ModelSpec;
import org.qat4j.experiment.TrainSpec;
import org.qat4j.layers.EmbeddingBagLayer;
import org.qat4j.layers.FastLayers;
import org.qat4j.layers.FlattenPreProcessor;
import org.qat4j.layers.IndexCrossEntropy;
import org.qat4j.layers.LayerNormLayer;
import org.qat4j.layers.TransformerEncoder;
import org.qat4j.model.TextInput;
import org.qat4j.qat.Topology;
import org.qat4j.text.AffixEncoder;
import org.qat4j.text.BytePairs;
import org.qat4j.text.CharacterEncoder;
import org.qat4j.text.DistanceEncoder;
import org.qat4j.text.FieldEncoder;
import org.qat4j.text.NgramEncoder;
import org.qat4j.text.PieceEncoder;
import org.qat4j.text.PositionEncoder;
import org.qat4j.text.TextEncoder;
import org.qat4j.text.TokenEncoder;
import org.qat4j.text.TokenText;
import org.qat4j.text.WordEncoder;

/**
 * Builds the networks of {@link ModelSpec}, with random parameters and with vocabularies taken from
 * the training texts. Every layer can be quantized.
 */
public final class Zoo {
  /** Embeddings start in U(−0.25, 0.25): better on held-out texts than the normal distribution. */
  private static final double EMBEDDING_RANGE = 0.25;

  /** Words of a text that skip-gram reads. */
  private static final int MOST_WORDS = 10_000;

  private final Dataset data;
  private final TrainSpec train;
  private final long seed;

  private Zoo(Dataset data, TrainSpec train, long seed) {
    this.data = data;
    this.train = train;
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
    if (spec instanceof ModelSpec.SavedNetwork saved) {
      return saved(Path.of(saved.file()), data);
    }
    Zoo zoo = new Zoo(data, train, seed);
    if (spec instanceof ModelSpec.CharNgramCnn s) {
      return zoo.charNgramCnn(s);
    } else if (spec instanceof ModelSpec.WordCnn s) {
      return zoo.wordCnn(s);
    } else if (spec instanceof ModelSpec.ConvTagger s) {
      return zoo.convTagger(s);
    } else if (spec instanceof ModelSpec.PairCnn s) {
      return zoo.pairCnn(s);
    } else if (spec instanceof ModelSpec.BiLstm s) {
      return zoo.biLstm(s);
    } else if (spec instanceof ModelSpec.Transformer s) {
      return zoo.transformer(s);
    } else if (spec instanceof ModelSpec.Translator s) {
      return zoo.translator(s);
    }
    return zoo.seedCnn((ModelSpec.SeedCnn) spec);
  }

  private static TextNetwork saved(Path file, Dataset data) {
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
    return new TextNetwork(network, List.of());
  }

  private TextEncoder characters(int length, boolean lowerCase, int minCount) {
    List<Integer> alphabet =
        Vocabularies.characters(data.train(), lowerCase, Cut.of(minCount, Integer.MAX_VALUE))
            .entries();
    return new CharacterEncoder(alphabet, length, lowerCase);
  }

  private TextNetwork charNgramCnn(ModelSpec.CharNgramCnn s) {
    TextEncoder characters = characters(s.length(), s.lowerCase(), s.minCount());
    TextEncoder ngrams =
        new NgramEncoder(s.minN(), s.maxN(), s.buckets(), s.ngrams(), s.lowerCase());
    GraphBuilder graph =
        configuration()
            .graphBuilder()
            .addInputs("characterIds", "ngramIds")
            .addLayer("characters", embedding(characters, s.dimension()), "characterIds")
            .addLayer("conv", convolution(s.dimension(), s.filters(), s.width()), "characters")
            .addLayer("max", FastLayers.of(new GlobalPoolingLayer(PoolingType.MAX)), "conv")
            .addLayer("bag", bag(ngrams, s.bagDimension(), false), "ngramIds")
            .addVertex("both", new MergeVertex(), "max", "bag")
            .addLayer("out", output(s.filters() + s.bagDimension(), s.dropout()), "both")
            .setOutputs("out");
    return new TextNetwork(
        initialized(graph),
        List.of(new TextInput("characterIds", characters), new TextInput("ngramIds", ngrams)));
  }

  private TextNetwork wordCnn(ModelSpec.WordCnn s) {
    Cut cut = new Cut(s.minCount(), s.vocabulary(), s.minIdf());
    List<String> words =
        Vocabularies.words(data.train(), s.lowerCase(), s.punctuation(), cut).entries();
    WordEncoder encoder =
        new WordEncoder(words, s.length(), s.lowerCase(), s.punctuation(), s.skipUnknown());
    GraphBuilder graph =
        configuration()
            .graphBuilder()
            .addInputs("wordIds")
            .addLayer("words", embedding(encoder, s.dimension()), "wordIds");
    List<String> branches = new ArrayList<>();
    for (int width : s.widths()) {
      graph.addLayer("conv" + width, convolution(s.dimension(), s.filters(), width), "words");
      graph.addLayer(
          "max" + width, FastLayers.of(new GlobalPoolingLayer(PoolingType.MAX)), "conv" + width);
      branches.add("max" + width);
    }
    int size = s.filters() * s.widths().size();
    if (s.average()) {
      graph.addLayer("average", bag(encoder, s.dimension(), true), "wordIds");
      branches.add("average");
      size += s.dimension();
    }
    graph
        .addVertex("all", new MergeVertex(), branches.toArray(new String[0]))
        .addLayer("out", output(size, s.dropout()), "all")
        .setOutputs("out");
    ComputationGraph network = initialized(graph);
    if (s.skipGramEpochs() > 0) {
      float[] vectors = skipGram(encoder, s.dimension(), s.skipGramEpochs());
      for (String table : s.average() ? List.of("words", "average") : List.of("words")) {
        INDArray weights = network.getLayer(table).getParam(DefaultParamInitializer.WEIGHT_KEY);
        weights.assign(Nd4j.create(vectors, weights.shape(), 'c'));
      }
    }
    return new TextNetwork(network, List.of(new TextInput("wordIds", encoder)));
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
    double spread = EMBEDDING_RANGE / Math.sqrt(3); // standard deviation of U(−range, range)
    float factor = (float) (spread / Math.sqrt(squares / vectors.length));
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] *= factor;
    }
    return vectors;
  }

  private TextNetwork pairCnn(ModelSpec.PairCnn s) {
    Cut cut = Cut.of(s.minCount(), s.vocabulary());
    List<String> words = Vocabularies.words(data.train(), s.lowerCase(), false, cut).entries();
    GraphBuilder graph = configuration().graphBuilder();
    List<TextInput> text = new ArrayList<>();
    List<String> branches = new ArrayList<>();
    for (int field = 0; field < 2; field++) {
      String name = field == 0 ? "first" : "second";
      int length = field == 0 ? s.firstLength() : s.secondLength();
      TextEncoder encoder =
          new FieldEncoder(field, new WordEncoder(words, length, s.lowerCase(), false, false));
      text.add(new TextInput(name + "Ids", encoder));
      graph.addInputs(name + "Ids");
      graph.addLayer(name, embedding(encoder, s.dimension()), name + "Ids");
      branches.addAll(convolutions(graph, name, s.dimension(), s.filters(), s.widths()));
    }
    int size = 2 * s.filters() * s.widths().size();
    graph
        .addVertex("both", new MergeVertex(), branches.toArray(new String[0]))
        .addLayer("dense", dense(size, s.hidden(), s.dropout()), "both")
        .addLayer("out", output(s.hidden(), s.dropout()), "dense")
        .setOutputs("out");
    return new TextNetwork(initialized(graph), text);
  }

  /** Convolutions of several widths over an embedding, each with its max; gives the maxima. */
  private static List<String> convolutions(
      GraphBuilder graph, String words, int dimension, int filters, List<Integer> widths) {
    List<String> maxima = new ArrayList<>();
    for (int width : widths) {
      String name = words + "Conv" + width;
      graph.addLayer(name, convolution(dimension, filters, width), words);
      graph.addLayer(
          words + "Max" + width, FastLayers.of(new GlobalPoolingLayer(PoolingType.MAX)), name);
      maxima.add(words + "Max" + width);
    }
    return maxima;
  }

  private static Layer dense(int in, int out, double dropout) {
    return new DenseLayer.Builder()
        .nIn(in)
        .nOut(out)
        .activation(Activation.RELU)
        .dropOut(keep(dropout))
        .build();
  }

  private TextNetwork convTagger(ModelSpec.ConvTagger s) {
    Cut cut = Cut.of(s.minCount(), s.vocabulary());
    List<String> words = Vocabularies.tokens(data.train(), s.lowerCase(), cut).entries();
    Map<String, TextEncoder> encoders = new LinkedHashMap<>();
    encoders.put("words", new TokenEncoder(words, s.length(), s.lowerCase(), false));
    encoders.put("forms", new AffixEncoder(s.formCharacters(), s.forms(), s.length()));
    if (data.train().stream().anyMatch(e -> TokenText.of(e.text()).focus() >= 0)) {
      encoders.put("predicate", new TokenEncoder(words, s.length(), s.lowerCase(), true));
      encoders.put("distances", new DistanceEncoder(s.reach(), s.length()));
    }
    Map<String, Integer> sizes =
        Map.of(
            "words", s.dimension(),
            "forms", s.formDimension(),
            "predicate", s.dimension(),
            "distances", s.reachDimension());
    GraphBuilder graph = configuration().graphBuilder();
    List<TextInput> text = new ArrayList<>();
    int channels = 0;
    for (Map.Entry<String, TextEncoder> e : encoders.entrySet()) {
      String input = e.getKey() + "Ids";
      graph.addInputs(input);
      graph.addLayer(e.getKey(), embedding(e.getValue(), sizes.get(e.getKey())), input);
      text.add(new TextInput(input, e.getValue()));
      channels += sizes.get(e.getKey());
    }
    graph.addVertex("tokens", new MergeVertex(), encoders.keySet().toArray(new String[0]));
    String last = "tokens";
    for (int i = 0; i < s.widths().size(); i++) {
      graph.addLayer("conv" + (i + 1), same(channels, s, s.widths().get(i)), last);
      last = "conv" + (i + 1);
      channels = s.filters();
    }
    graph.addLayer("out", tags(channels, s.dropout()), last).setOutputs("out");
    return new TextNetwork(initialized(graph), text);
  }

  /** A convolution that makes as many steps as it reads. */
  private static Layer same(int channels, ModelSpec.ConvTagger s, int width) {
    return new Convolution1DLayer.Builder(width)
        .nIn(channels)
        .nOut(s.filters())
        .convolutionMode(ConvolutionMode.Same)
        .activation(Activation.RELU)
        .dropOut(keep(s.dropout()))
        .build();
  }

  /** Softmax over the tags of each step. */
  private Layer tags(int features, double dropout) {
    return new RnnOutputLayer.Builder(LossFunction.MCXENT)
        .dataFormat(RNNFormat.NCW)
        .nIn(features)
        .nOut(data.labels().size())
        .activation(Activation.SOFTMAX)
        .dropOut(keep(dropout))
        .build();
  }

  /** DL4J's dropout is the probability to keep a value; 0 means that there is none. */
  private static double keep(double dropout) {
    return dropout == 0 ? 0 : 1 - dropout;
  }

  private TextNetwork seedCnn(ModelSpec.SeedCnn s) {
    List<String> words =
        Vocabularies.words(data.train(), s.lowerCase(), false, Cut.of(1, s.vocabulary())).entries();
    TextEncoder encoder = new WordEncoder(words, s.length(), s.lowerCase(), false, false);
    int steps = (s.length() - s.width() + 1) / s.pool();
    MultiLayerConfiguration layers =
        configuration()
            .list()
            .layer(named("words", embedding(encoder, s.dimension())))
            .layer(named("conv", convolution(s.dimension(), s.filters(), s.width())))
            .layer(
                new Subsampling1DLayer.Builder(Subsampling1DLayer.PoolingType.MAX)
                    .name("pool")
                    .kernelSize(s.pool())
                    .stride(s.pool())
                    .build())
            .layer(named("out", output(steps * s.filters(), 0)))
            .inputPreProcessor(3, new FlattenPreProcessor(s.filters(), steps))
            .build();
    MultiLayerNetwork network = new MultiLayerNetwork(layers);
    network.init();
    return new TextNetwork(network, List.of(new TextInput("input", encoder)));
  }

  private TextNetwork biLstm(ModelSpec.BiLstm s) {
    TextEncoder characters = characters(s.length(), s.lowerCase(), s.minCount());
    Layer lstm =
        new LSTM.Builder().nIn(s.dimension()).nOut(s.units()).activation(Activation.TANH).build();
    MultiLayerConfiguration layers =
        configuration()
            .list()
            .layer(named("characters", embedding(characters, s.dimension())))
            .layer(named("lstm", new Bidirectional(lstm)))
            .layer(named("max", new GlobalPoolingLayer(PoolingType.MAX)))
            .layer(named("out", output(2 * s.units(), s.dropout())))
            .build();
    MultiLayerNetwork network = new MultiLayerNetwork(layers);
    network.init();
    return new TextNetwork(network, List.of(new TextInput("input", characters)), true);
  }

  private TextNetwork transformer(ModelSpec.Transformer s) {
    TextEncoder characters = characters(s.length(), s.lowerCase(), s.minCount());
    Layer positions =
        new Convolution1DLayer.Builder(s.width())
            .nIn(s.dimension())
            .nOut(s.dimension())
            .convolutionMode(ConvolutionMode.Same)
            .activation(Activation.IDENTITY)
            .build();
    GraphBuilder graph =
        configuration()
            .graphBuilder()
            .addInputs("characterIds")
            .addLayer("characters", embedding(characters, s.dimension()), "characterIds")
            .addLayer("positions", positions, "characters");
    TransformerEncoder encoder =
        new TransformerEncoder(s.dimension(), s.heads(), s.feedForward(), Activation.RELU);
    String last = "positions";
    for (int i = 1; i <= s.blocks(); i++) {
      last = encoder.addTo(graph, "block" + i, last);
    }
    graph
        .addLayer("norm", new LayerNormLayer(s.dimension()), last)
        .addLayer("mean", new GlobalPoolingLayer(PoolingType.AVG), "norm")
        .addLayer("out", output(s.dimension(), s.dropout()), "mean")
        .setOutputs("out");
    return new TextNetwork(
        initialized(graph), List.of(new TextInput("characterIds", characters)), true);
  }

  private TextNetwork translator(ModelSpec.Translator s) {
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
        configuration()
            .graphBuilder()
            .addInputs("pieceIds", "positionIds")
            .addLayer("pieces", embedding(pieces, s.dimension()), "pieceIds")
            .addLayer("positions", embedding(positions, s.dimension()), "positionIds")
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
        new RnnOutputLayer.Builder(new IndexCrossEntropy())
            .dataFormat(RNNFormat.NCW)
            .nIn(s.dimension())
            .nOut(pieces.vocabularySize())
            .activation(Activation.SOFTMAX)
            .dropOut(keep(s.dropout()))
            .build();
    graph
        .addLayer("translation", new Cropping1D.Builder(s.sourceLength(), 0).build(), last)
        .addLayer("norm", new LayerNormLayer(s.dimension()), "translation")
        .addLayer("next", next, "norm")
        .setOutputs("next");
    return new TextNetwork(
        initialized(graph),
        List.of(new TextInput("pieceIds", pieces), new TextInput("positionIds", positions)));
  }

  private NeuralNetConfiguration.Builder configuration() {
    return new NeuralNetConfiguration.Builder()
        .seed(seed)
        .updater(new Adam(train.learningRate()))
        .l2(train.l2())
        .weightInit(WeightInit.XAVIER)
        .convolutionMode(ConvolutionMode.Truncate);
  }

  private static ComputationGraph initialized(GraphBuilder graph) {
    ComputationGraph network = new ComputationGraph(graph.build());
    network.init();
    return network;
  }

  private static Layer embedding(TextEncoder encoder, int dimension) {
    return FastLayers.of(
        new EmbeddingSequenceLayer.Builder()
            .nIn(encoder.vocabularySize())
            .nOut(dimension)
            .inputLength(encoder.length())
            .activation(Activation.IDENTITY)
            .weightInit(new UniformDistribution(-EMBEDDING_RANGE, EMBEDDING_RANGE))
            .build());
  }

  private static Layer bag(TextEncoder encoder, int dimension, boolean mean) {
    EmbeddingBagLayer bag = new EmbeddingBagLayer(encoder.vocabularySize(), dimension, mean);
    bag.setWeightInitFn(
        new WeightInitDistribution(new UniformDistribution(-EMBEDDING_RANGE, EMBEDDING_RANGE)));
    return bag;
  }

  private static Layer convolution(int channels, int filters, int width) {
    return FastLayers.of(
        new Convolution1DLayer.Builder(width)
            .nIn(channels)
            .nOut(filters)
            .activation(Activation.RELU)
            .build());
  }

  /** Softmax over the classes. */
  private Layer output(int features, double dropout) {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nIn(features)
        .nOut(data.labels().size())
        .activation(Activation.SOFTMAX)
        .dropOut(keep(dropout))
        .build();
  }

  private static Layer named(String name, Layer layer) {
    layer.setLayerName(name);
    return layer;
  }
}
