package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonClassDescription;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Set;

/** A network of the zoo, with its text encoders. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
  @JsonSubTypes.Type(value = ModelSpec.Auto.class, name = "auto"),
  @JsonSubTypes.Type(value = ModelSpec.CharNgramCnn.class, name = "char-ngram-cnn"),
  @JsonSubTypes.Type(value = ModelSpec.WordCnn.class, name = "word-cnn"),
  @JsonSubTypes.Type(value = ModelSpec.SeedCnn.class, name = "seed-cnn"),
  @JsonSubTypes.Type(value = ModelSpec.ConvTagger.class, name = "conv-tagger"),
  @JsonSubTypes.Type(value = ModelSpec.BiLstmTagger.class, name = "bilstm-tagger"),
  @JsonSubTypes.Type(value = ModelSpec.TransformerTagger.class, name = "transformer-tagger"),
  @JsonSubTypes.Type(value = ModelSpec.PairCnn.class, name = "pair-cnn"),
  @JsonSubTypes.Type(value = ModelSpec.StoryAttention.class, name = "story-attention"),
  @JsonSubTypes.Type(value = ModelSpec.BiLstm.class, name = "bilstm"),
  @JsonSubTypes.Type(value = ModelSpec.Transformer.class, name = "transformer"),
  @JsonSubTypes.Type(value = ModelSpec.Translator.class, name = "translator"),
  @JsonSubTypes.Type(value = ModelSpec.PretrainedEncoder.class, name = "encoder"),
  @JsonSubTypes.Type(value = ModelSpec.SavedNetwork.class, name = "file")
})
public sealed interface ModelSpec {

  /** Calls the visitor's method for this kind. */
  <R> R accept(Visitor<R> visitor);

  /** One of the others, with its training, which follow from the data. */
  @JsonClassDescription(
      "Follows from the data: word-cnn, or pair-cnn where texts are ranked, with settings by the"
          + " rules that ./qat run --explain prints. Keys of train that are not given follow, too.")
  record Auto() implements ModelSpec {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Characters → embedding → convolution → max over time, beside a summed bag of hashed character
   * n-grams; concatenated → dense. A ComputationGraph for short texts.
   */
  @JsonClassDescription(
      "Characters → embedding → convolution → max over time, beside a summed bag of hashed"
          + " character n-grams; concatenated → dense. For short texts.")
  record CharNgramCnn(
      @JsonProperty(defaultValue = "28")
          @JsonPropertyDescription("Characters per text.")
          @Bounds(min = 1, max = 100000)
          int length,
      @JsonProperty(defaultValue = "false") @JsonPropertyDescription("Fold to lower case.")
          boolean lowerCase,
      @JsonProperty(defaultValue = "2")
          @JsonPropertyDescription("Rarer characters of the training texts are unknown.")
          @Bounds(min = 1, max = 1000000)
          int minCount,
      @JsonProperty(defaultValue = "32")
          @JsonPropertyDescription("Length of an embedding.")
          @Bounds(min = 1, max = 4096)
          int dimension,
      @JsonProperty(defaultValue = "192")
          @JsonPropertyDescription("Filters of the convolution.")
          @Bounds(min = 1, max = 4096)
          int filters,
      @JsonProperty(defaultValue = "3")
          @JsonPropertyDescription("Width of the convolution.")
          @Bounds(min = 1, max = 100)
          int width,
      @JsonProperty(defaultValue = "2")
          @JsonPropertyDescription("Shortest n-gram.")
          @Bounds(min = 1, max = 16)
          int minN,
      @JsonProperty(defaultValue = "4")
          @JsonPropertyDescription("Longest n-gram.")
          @Bounds(min = 1, max = 16)
          int maxN,
      @JsonProperty(defaultValue = "24576")
          @JsonPropertyDescription("Different n-gram ids.")
          @Bounds(min = 1, max = 16777215)
          int buckets,
      @JsonProperty(defaultValue = "64")
          @JsonPropertyDescription("N-grams per text.")
          @Bounds(min = 1, max = 100000)
          int ngrams,
      @JsonProperty(defaultValue = "32")
          @JsonPropertyDescription("Length of the bag's vectors.")
          @Bounds(min = 1, max = 4096)
          int bagDimension,
      @JsonProperty(defaultValue = "0.5")
          @JsonPropertyDescription("Dropout before the output.")
          @Bounds(min = 0, below = 1)
          double dropout)
      implements ModelSpec {
    public CharNgramCnn {
      if (minN > maxN) {
        throw new InvalidKeyException("minN", "is " + minN + ", more than maxN, " + maxN);
      }
      checkFits("width", width, length);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Words → embedding → convolutions of several widths → max over time each, beside the average of
   * the embeddings and that of character n-grams, or these averages alone; concatenated → dense.
   */
  @JsonClassDescription(
      "Words → embedding → convolutions of several widths → max over time each, beside the average"
          + " of the embeddings and that of character n-grams, or these averages alone;"
          + " concatenated → dense.")
  record WordCnn(
      @JsonProperty(defaultValue = "20000")
          @JsonPropertyDescription("Words kept.")
          @Bounds(min = 1, max = 1000000)
          int vocabulary,
      @JsonProperty(defaultValue = "300")
          @JsonPropertyDescription("Words per text.")
          @Bounds(min = 1, max = 100000)
          int length,
      @JsonProperty(defaultValue = "true") @JsonPropertyDescription("Fold to lower case.")
          boolean lowerCase,
      @JsonProperty(defaultValue = "true") @JsonPropertyDescription("Keep punctuation marks.")
          boolean punctuation,
      @JsonProperty(defaultValue = "false")
          @JsonPropertyDescription("Leave unknown words out instead of marking them.")
          boolean skipUnknown,
      @JsonProperty(defaultValue = "2")
          @JsonPropertyDescription("Rarer words are unknown.")
          @Bounds(min = 1, max = 1000000)
          int minCount,
      @JsonProperty(defaultValue = "0")
          @JsonPropertyDescription(
              "Words with a lower inverse document frequency, ln(texts / texts with the word), are"
                  + " unknown; 0 keeps all.")
          @Bounds(min = 0, max = 100)
          double minIdf,
      @JsonProperty(defaultValue = "0")
          @JsonPropertyDescription(
              "Passes of skip-gram over the training texts, which give the embeddings to begin"
                  + " with; 0 for random ones.")
          @Bounds(min = 0, max = 1000)
          int skipGramEpochs,
      @JsonProperty(defaultValue = "100")
          @JsonPropertyDescription("Length of an embedding.")
          @Bounds(min = 1, max = 4096)
          int dimension,
      @JsonProperty(defaultValue = "128")
          @JsonPropertyDescription("Filters of each width.")
          @Bounds(min = 1, max = 4096)
          int filters,
      @JsonProperty(defaultValue = "[3, 4, 5]")
          @JsonPropertyDescription(
              "Widths; [] for averages alone, which average or ngrams has to ask for.")
          @Bounds(min = 1, max = 100)
          List<Integer> widths,
      @JsonProperty(defaultValue = "false")
          @JsonPropertyDescription("Add the average of the embeddings.")
          boolean average,
      @JsonPropertyDescription("Add the average of hashed character n-grams; none where absent.")
          NgramSpec ngrams,
      @JsonProperty(defaultValue = "0.5")
          @JsonPropertyDescription("Dropout before the output.")
          @Bounds(min = 0, below = 1)
          double dropout)
      implements ModelSpec {
    public WordCnn {
      boolean averages = average || ngrams != null;
      widths = averages && widths.isEmpty() ? List.of() : distinct(widths);
      if (skipGramEpochs > 0 && widths.isEmpty() && !average) {
        throw new InvalidKeyException(
            "skipGramEpochs",
            "is " + skipGramEpochs + ", but without widths and average no words are embedded");
      }
      for (int width : widths) {
        checkFits("widths", width, length);
      }
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * The article's network: words → embedding → convolution, ReLU → max pooling → flatten → dense
   * softmax.
   */
  @JsonClassDescription(
      "The article's network: words → embedding → convolution, ReLU → max pooling → flatten → dense"
          + " softmax.")
  record SeedCnn(
      @JsonProperty(defaultValue = "20000")
          @JsonPropertyDescription("Words kept.")
          @Bounds(min = 1, max = 1000000)
          int vocabulary,
      @JsonProperty(defaultValue = "100")
          @JsonPropertyDescription("Words per text.")
          @Bounds(min = 1, max = 100000)
          int length,
      @JsonProperty(defaultValue = "true") @JsonPropertyDescription("Fold to lower case.")
          boolean lowerCase,
      @JsonProperty(defaultValue = "100")
          @JsonPropertyDescription("Length of an embedding.")
          @Bounds(min = 1, max = 4096)
          int dimension,
      @JsonProperty(defaultValue = "128")
          @JsonPropertyDescription("Filters.")
          @Bounds(min = 1, max = 4096)
          int filters,
      @JsonProperty(defaultValue = "5")
          @JsonPropertyDescription("Width of the convolution.")
          @Bounds(min = 1, max = 100)
          int width,
      @JsonProperty(defaultValue = "5")
          @JsonPropertyDescription("Width of the max pooling.")
          @Bounds(min = 1, max = 1000)
          int pool)
      implements ModelSpec {
    public SeedCnn {
      checkFits("width", width, length);
      checkFits("pool", pool, length - width + 1);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** Gives every token of a text a tag. */
  sealed interface Tagger {
    /** Tokens per text; those behind are tagged O. */
    int length();

    /** What is known of each token. */
    TokenSpec tokens();

    /** Share of values that are dropped before the output. */
    double dropout();
  }

  /** Tokens → embeddings side by side → convolutions one upon another, each as wide as the text. */
  @JsonClassDescription(
      "Tags tokens: embeddings side by side → convolutions one upon another → softmax for each"
          + " token.")
  record ConvTagger(
      @JsonProperty(defaultValue = "60")
          @JsonPropertyDescription("Tokens per text; those behind are tagged O.")
          @Bounds(min = 1, max = 100000)
          int length,
      @JsonProperty(defaultValue = "{}") @JsonPropertyDescription("What is known of each token.")
          TokenSpec tokens,
      @JsonProperty(defaultValue = "128")
          @JsonPropertyDescription("Filters of each convolution.")
          @Bounds(min = 1, max = 4096)
          int filters,
      @JsonProperty(defaultValue = "[5, 5, 5]")
          @JsonPropertyDescription("Width of each convolution, odd, the first one first.")
          @Bounds(min = 1, max = 99)
          List<Integer> widths,
      @JsonProperty(defaultValue = "0.3")
          @JsonPropertyDescription("Dropout before each convolution and the output.")
          @Bounds(min = 0, below = 1)
          double dropout)
      implements ModelSpec, Tagger {
    public ConvTagger {
      widths = List.copyOf(widths);
      if (widths.isEmpty() || widths.stream().anyMatch(width -> width % 2 == 0)) {
        throw new InvalidKeyException(
            "widths",
            "is "
                + widths
                + "; expected one or more odd numbers, so that a token is in the middle");
      }
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** Tokens → embeddings side by side → LSTMs in both directions, one upon another. */
  @JsonClassDescription(
      "Tags tokens: embeddings side by side → LSTMs in both directions, one upon another → softmax"
          + " for each token. Padding is masked.")
  record BiLstmTagger(
      @JsonProperty(defaultValue = "60")
          @JsonPropertyDescription("Tokens per text; those behind are tagged O.")
          @Bounds(min = 1, max = 100000)
          int length,
      @JsonProperty(defaultValue = "{}") @JsonPropertyDescription("What is known of each token.")
          TokenSpec tokens,
      @JsonProperty(defaultValue = "96")
          @JsonPropertyDescription("Units of each direction.")
          @Bounds(min = 1, max = 4096)
          int units,
      @JsonProperty(defaultValue = "1")
          @JsonPropertyDescription("LSTMs one upon another.")
          @Bounds(min = 1, max = 16)
          int layers,
      @JsonProperty(defaultValue = "0.3")
          @JsonPropertyDescription("Dropout before the output.")
          @Bounds(min = 0, below = 1)
          double dropout)
      implements ModelSpec, Tagger {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** Tokens → embeddings side by side → convolution → blocks of a transformer's encoder. */
  @JsonClassDescription(
      "Tags tokens: embeddings side by side → convolution, which tells positions apart → blocks of"
          + " a transformer's encoder → normalization → softmax for each token. Padding is"
          + " masked.")
  record TransformerTagger(
      @JsonProperty(defaultValue = "60")
          @JsonPropertyDescription("Tokens per text; those behind are tagged O.")
          @Bounds(min = 1, max = 100000)
          int length,
      @JsonProperty(defaultValue = "{}") @JsonPropertyDescription("What is known of each token.")
          TokenSpec tokens,
      @JsonProperty(defaultValue = "5")
          @JsonPropertyDescription("Width of the convolution.")
          @Bounds(min = 1, max = 99)
          int width,
      @JsonProperty(defaultValue = "{}") @JsonPropertyDescription("What follows it.")
          BlockSpec blocks,
      @JsonProperty(defaultValue = "0.3")
          @JsonPropertyDescription("Dropout before the output.")
          @Bounds(min = 0, below = 1)
          double dropout)
      implements ModelSpec, Tagger {
    public TransformerTagger {
      checkFits("width", width, length);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Two texts, the fields of one: each → words → embedding → convolutions of several widths → max
   * over time; all of it side by side → dense, ReLU → dense softmax.
   */
  @JsonClassDescription(
      "Two texts between which there is a tab, such as a question and a sentence: each → words →"
          + " embedding → convolutions of several widths → max over time; all of it side by side →"
          + " dense → softmax.")
  record PairCnn(
      @JsonProperty(defaultValue = "20000")
          @JsonPropertyDescription("Words kept.")
          @Bounds(min = 1, max = 1000000)
          int vocabulary,
      @JsonProperty(defaultValue = "20")
          @JsonPropertyDescription("Words of the first text.")
          @Bounds(min = 1, max = 100000)
          int firstLength,
      @JsonProperty(defaultValue = "40")
          @JsonPropertyDescription("Words of the second text.")
          @Bounds(min = 1, max = 100000)
          int secondLength,
      @JsonProperty(defaultValue = "true") @JsonPropertyDescription("Fold to lower case.")
          boolean lowerCase,
      @JsonProperty(defaultValue = "2")
          @JsonPropertyDescription("Rarer words are unknown.")
          @Bounds(min = 1, max = 1000000)
          int minCount,
      @JsonProperty(defaultValue = "50")
          @JsonPropertyDescription("Length of an embedding.")
          @Bounds(min = 1, max = 4096)
          int dimension,
      @JsonProperty(defaultValue = "64")
          @JsonPropertyDescription("Filters of each width.")
          @Bounds(min = 1, max = 4096)
          int filters,
      @JsonProperty(defaultValue = "[1, 2, 3]")
          @JsonPropertyDescription("Widths.")
          @Bounds(min = 1, max = 100)
          List<Integer> widths,
      @JsonProperty(defaultValue = "128")
          @JsonPropertyDescription("Units of the dense layer.")
          @Bounds(min = 1, max = 65536)
          int hidden,
      @JsonProperty(defaultValue = "0.3")
          @JsonPropertyDescription("Dropout before the dense layer and the output.")
          @Bounds(min = 0, below = 1)
          double dropout,
      @JsonProperty(defaultValue = "0")
          @JsonPropertyDescription(
              "Length of the vectors of words that both texts have, one vector for words about"
                  + " equally rare; 0 for none.")
          @Bounds(min = 0, max = 4096)
          int overlap,
      @JsonProperty(defaultValue = "0")
          @JsonPropertyDescription(
              "Places among the candidates that are told apart, the third field of a text; 0 for"
                  + " none.")
          @Bounds(min = 0, max = 10000)
          int places)
      implements ModelSpec {
    public PairCnn {
      widths = distinct(widths);
      for (int width : widths) {
        checkFits("widths", width, Math.min(firstLength, secondLength));
      }
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * A story and a question about it: the words of each sentence → embedding → one vector a
   * sentence, in which every place has weights of its own; the question likewise; plus where a
   * sentence stands → blocks of a transformer's encoder over the sentences → what the question has
   * become → dense.
   */
  @JsonClassDescription(
      "Answers a question about a story: words → embedding → one vector for each sentence and one"
          + " for the question, plus an embedding of its place → blocks of a transformer's encoder"
          + " → the question's vector → softmax over the answers.")
  record StoryAttention(
      @JsonProperty(defaultValue = "20000")
          @JsonPropertyDescription("Words kept.")
          @Bounds(min = 1, max = 1000000)
          int vocabulary,
      @JsonProperty(defaultValue = "20")
          @JsonPropertyDescription("Sentences read, the last ones of the story.")
          @Bounds(min = 1, max = 10000)
          int sentences,
      @JsonProperty(defaultValue = "10")
          @JsonPropertyDescription("Words per sentence.")
          @Bounds(min = 1, max = 1000)
          int words,
      @JsonProperty(defaultValue = "true") @JsonPropertyDescription("Fold to lower case.")
          boolean lowerCase,
      @JsonProperty(defaultValue = "1")
          @JsonPropertyDescription("Rarer words are unknown.")
          @Bounds(min = 1, max = 1000000)
          int minCount,
      @JsonProperty(defaultValue = "32")
          @JsonPropertyDescription("Length of a word's embedding.")
          @Bounds(min = 1, max = 4096)
          int dimension,
      @JsonProperty(defaultValue = "{}") @JsonPropertyDescription("How sentences see each other.")
          BlockSpec blocks,
      @JsonProperty(defaultValue = "0.1")
          @JsonPropertyDescription("Dropout before the output.")
          @Bounds(min = 0, below = 1)
          double dropout)
      implements ModelSpec {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  private static List<Integer> distinct(List<Integer> widths) {
    if (widths.isEmpty() || widths.size() != Set.copyOf(widths).size()) {
      throw new InvalidKeyException(
          "widths", "is " + widths + "; expected one or more different widths");
    }
    return List.copyOf(widths);
  }

  /** Characters or words → embedding → LSTM in both directions → max over time → dense. */
  @JsonClassDescription(
      "Characters or words → embedding → LSTM in both directions → max over time → dense. Padding"
          + " is masked.")
  record BiLstm(
      @JsonProperty(defaultValue = "characters")
          @JsonPropertyDescription("What is read one by one.")
          Units of,
      @JsonProperty(defaultValue = "28")
          @JsonPropertyDescription("Characters or words per text.")
          @Bounds(min = 1, max = 100000)
          int length,
      @JsonProperty(defaultValue = "false") @JsonPropertyDescription("Fold to lower case.")
          boolean lowerCase,
      @JsonProperty(defaultValue = "2")
          @JsonPropertyDescription("Rarer ones of the training texts are unknown.")
          @Bounds(min = 1, max = 1000000)
          int minCount,
      @JsonProperty(defaultValue = "32")
          @JsonPropertyDescription("Length of an embedding.")
          @Bounds(min = 1, max = 4096)
          int dimension,
      @JsonProperty(defaultValue = "96")
          @JsonPropertyDescription("Units of each direction.")
          @Bounds(min = 1, max = 4096)
          int units,
      @JsonProperty(defaultValue = "0.3")
          @JsonPropertyDescription("Dropout before the output.")
          @Bounds(min = 0, below = 1)
          double dropout)
      implements ModelSpec {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Characters or words → embedding → convolution → blocks of a transformer's encoder →
   * normalization → mean over time → dense.
   */
  @JsonClassDescription(
      "Characters or words → embedding → convolution, which tells positions apart → blocks of a"
          + " transformer's encoder → normalization → mean over time → dense. Padding is masked.")
  record Transformer(
      @JsonProperty(defaultValue = "characters")
          @JsonPropertyDescription("What is read one by one.")
          Units of,
      @JsonProperty(defaultValue = "28")
          @JsonPropertyDescription("Characters or words per text.")
          @Bounds(min = 1, max = 100000)
          int length,
      @JsonProperty(defaultValue = "false") @JsonPropertyDescription("Fold to lower case.")
          boolean lowerCase,
      @JsonProperty(defaultValue = "2")
          @JsonPropertyDescription("Rarer ones of the training texts are unknown.")
          @Bounds(min = 1, max = 1000000)
          int minCount,
      @JsonProperty(defaultValue = "3")
          @JsonPropertyDescription("Width of the convolution.")
          @Bounds(min = 1, max = 100)
          int width,
      @JsonProperty(defaultValue = "{}") @JsonPropertyDescription("What follows it.")
          BlockSpec blocks,
      @JsonProperty(defaultValue = "0.3")
          @JsonPropertyDescription("Dropout before the output.")
          @Bounds(min = 0, below = 1)
          double dropout)
      implements ModelSpec {
    public Transformer {
      checkFits("width", width, length);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Pieces of a text and of its translation so far → embeddings, positions added → convolution over
   * the past → transformer blocks, in which each step sees the text and the translation up to
   * itself → normalization → which piece comes next.
   */
  @JsonClassDescription(
      "Translates: pieces of a text and of its translation so far → embeddings, positions added →"
          + " convolution over the past → transformer blocks, in which each step sees the text and"
          + " the translation up to itself → normalization → softmax over the piece that comes"
          + " next.")
  record Translator(
      @JsonProperty(defaultValue = "4000")
          @JsonPropertyDescription("Pairs of pieces that are joined to longer ones.")
          @Bounds(min = 0, max = 1000000)
          int merges,
      @JsonProperty(defaultValue = "2")
          @JsonPropertyDescription("Rarer pieces of the training texts are unknown.")
          @Bounds(min = 1, max = 1000000)
          int minCount,
      @JsonProperty(defaultValue = "24")
          @JsonPropertyDescription("Pieces per text.")
          @Bounds(min = 1, max = 10000)
          int sourceLength,
      @JsonProperty(defaultValue = "28")
          @JsonPropertyDescription("Pieces per translation, its end included.")
          @Bounds(min = 2, max = 10000)
          int targetLength,
      @JsonProperty(defaultValue = "128")
          @JsonPropertyDescription("Channels of embeddings and blocks.")
          @Bounds(min = 1, max = 2048)
          int dimension,
      @JsonProperty(defaultValue = "3")
          @JsonPropertyDescription("Width of the convolution: the step itself and those before.")
          @Bounds(min = 1, max = 100)
          int width,
      @JsonProperty(defaultValue = "4")
          @JsonPropertyDescription("Heads of the attention; they divide the dimension.")
          @Bounds(min = 1, max = 256)
          int heads,
      @JsonProperty(defaultValue = "2")
          @JsonPropertyDescription("Blocks.")
          @Bounds(min = 1, max = 100)
          int blocks,
      @JsonProperty(defaultValue = "256")
          @JsonPropertyDescription("Channels within the feed-forward part of a block.")
          @Bounds(min = 1, max = 8192)
          int feedForward,
      @JsonProperty(defaultValue = "0.1")
          @JsonPropertyDescription("Dropout before the output.")
          @Bounds(min = 0, below = 1)
          double dropout)
      implements ModelSpec {
    public Translator {
      BlockSpec.checkHeads(heads, dimension);
    }

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /**
   * Pieces of words → a pretrained encoder of the BERT family → mean over time or the first step →
   * dense; where tokens are tagged, softmax at the first piece of each.
   *
   * @param from name of a model that can be fetched, folder, or file of ONNX
   * @param pairs whether the texts have two parts with a tab between
   * @param blockDropout behind the embeddings and in front of the sums of each block
   */
  @JsonClassDescription(
      "Pieces of words → a pretrained encoder of the BERT family, whose weights are trained further →"
          + " mean over time, or the first step → softmax over the classes. Where tokens are tagged:"
          + " → softmax for each token, at its first piece; the predicate is told by the second"
          + " type. Padding is masked.")
  record PretrainedEncoder(
      @JsonProperty(required = true)
          @JsonPropertyDescription(
              "Name of a model that ./qat model fetch brings, or a folder with config.json,"
                  + " model.safetensors or model.onnx, and tokenizer.json or vocab.txt, or a file of"
                  + " ONNX with its tokenizer.json beside it.")
          @FilePath
          String from,
      @JsonProperty(defaultValue = "64")
          @JsonPropertyDescription(
              "Pieces per text, its begin and end included; at most the positions that the encoder has"
                  + " learned.")
          @Bounds(min = 3, max = 100000)
          int length,
      @JsonProperty(defaultValue = "false")
          @JsonPropertyDescription("Texts are pairs, with a tab between.")
          boolean pairs,
      @JsonProperty(defaultValue = "mean")
          @JsonPropertyDescription("What is made of the steps; nothing where tokens are tagged.")
          Pooling pooling,
      @JsonProperty(defaultValue = "0.1")
          @JsonPropertyDescription("Dropout before the output.")
          @Bounds(min = 0, below = 1)
          double dropout,
      @JsonProperty(defaultValue = "0")
          @JsonPropertyDescription(
              "Dropout behind the embeddings and in front of the sums of each block.")
          @Bounds(min = 0, below = 1)
          double blockDropout)
      implements ModelSpec {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** What becomes of the steps of a text. */
  enum Pooling {
    /** The mean of those that are no padding. */
    @JsonProperty("mean")
    MEAN,
    /** The first one. */
    @JsonProperty("first")
    FIRST
  }

  /**
   * A network that DL4J saved: a MultiLayerNetwork or ComputationGraph with one input of real
   * numbers and softmax over the classes. The texts of the data are rows of numbers, separated by
   * commas.
   *
   * @param file a zip of DL4J's ModelSerializer, or HDF5 of Keras 1 or 2
   */
  @JsonClassDescription(
      "A network that Deeplearning4j or Keras saved, with one input of real numbers and softmax"
          + " over the classes; the texts of the data are rows of numbers, separated by commas.")
  record SavedNetwork(
      @JsonProperty(required = true)
          @JsonPropertyDescription(
              "Zip file of Deeplearning4j's ModelSerializer, or HDF5 file (.h5) of Keras 1 or 2.")
          @FilePath
          String file)
      implements ModelSpec {

    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.visit(this);
    }
  }

  /** What a network reads one by one. */
  enum Units {
    @JsonProperty("characters")
    CHARACTERS,
    /** Words and punctuation marks. */
    @JsonProperty("words")
    WORDS
  }

  private static void checkFits(String key, int width, int length) {
    if (width > length) {
      throw new InvalidKeyException(
          key, "is " + width + ", but only " + length + " positions are there");
    }
  }

  /** What is done with each kind of network. */
  interface Visitor<R> {
    R visit(Auto spec);

    R visit(CharNgramCnn spec);

    R visit(WordCnn spec);

    R visit(SeedCnn spec);

    R visit(ConvTagger spec);

    R visit(BiLstmTagger spec);

    R visit(TransformerTagger spec);

    R visit(PairCnn spec);

    R visit(StoryAttention spec);

    R visit(BiLstm spec);

    R visit(Transformer spec);

    R visit(Translator spec);

    R visit(PretrainedEncoder spec);

    R visit(SavedNetwork spec);
  }
}
