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
  @JsonSubTypes.Type(value = ModelSpec.CharNgramCnn.class, name = "char-ngram-cnn"),
  @JsonSubTypes.Type(value = ModelSpec.WordCnn.class, name = "word-cnn"),
  @JsonSubTypes.Type(value = ModelSpec.SeedCnn.class, name = "seed-cnn")
})
public sealed interface ModelSpec {

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
          @Range(min = 1, max = 100000)
          int length,
      @JsonProperty(defaultValue = "false") @JsonPropertyDescription("Fold to lower case.")
          boolean lowerCase,
      @JsonProperty(defaultValue = "2")
          @JsonPropertyDescription("Rarer characters of the training texts are unknown.")
          @Range(min = 1, max = 1000000)
          int minCount,
      @JsonProperty(defaultValue = "32")
          @JsonPropertyDescription("Length of an embedding.")
          @Range(min = 1, max = 4096)
          int dimension,
      @JsonProperty(defaultValue = "192")
          @JsonPropertyDescription("Filters of the convolution.")
          @Range(min = 1, max = 4096)
          int filters,
      @JsonProperty(defaultValue = "3")
          @JsonPropertyDescription("Width of the convolution.")
          @Range(min = 1, max = 100)
          int width,
      @JsonProperty(defaultValue = "2")
          @JsonPropertyDescription("Shortest n-gram.")
          @Range(min = 1, max = 16)
          int minN,
      @JsonProperty(defaultValue = "4")
          @JsonPropertyDescription("Longest n-gram.")
          @Range(min = 1, max = 16)
          int maxN,
      @JsonProperty(defaultValue = "24576")
          @JsonPropertyDescription("Different n-gram ids.")
          @Range(min = 1, max = 16777215)
          int buckets,
      @JsonProperty(defaultValue = "64")
          @JsonPropertyDescription("N-grams per text.")
          @Range(min = 1, max = 100000)
          int ngrams,
      @JsonProperty(defaultValue = "32")
          @JsonPropertyDescription("Length of the bag's vectors.")
          @Range(min = 1, max = 4096)
          int bagDimension,
      @JsonProperty(defaultValue = "0.5")
          @JsonPropertyDescription("Dropout before the output.")
          @Range(min = 0, below = 1)
          double dropout)
      implements ModelSpec {
    public CharNgramCnn {
      Section.check(
          CharNgramCnn.class,
          length,
          lowerCase,
          minCount,
          dimension,
          filters,
          width,
          minN,
          maxN,
          buckets,
          ngrams,
          bagDimension,
          dropout);
      if (minN > maxN) {
        throw new InvalidKeyException("minN", "is " + minN + ", more than maxN, " + maxN);
      }
      checkFits("width", width, length);
    }
  }

  /**
   * Words → embedding → convolutions of several widths → max over time each, beside the average of
   * the embeddings; concatenated → dense.
   */
  @JsonClassDescription(
      "Words → embedding → convolutions of several widths → max over time each, beside the average"
          + " of the embeddings; concatenated → dense.")
  record WordCnn(
      @JsonProperty(defaultValue = "20000")
          @JsonPropertyDescription("Words kept.")
          @Range(min = 1, max = 1000000)
          int vocabulary,
      @JsonProperty(defaultValue = "300")
          @JsonPropertyDescription("Words per text.")
          @Range(min = 1, max = 100000)
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
          @Range(min = 1, max = 1000000)
          int minCount,
      @JsonProperty(defaultValue = "0")
          @JsonPropertyDescription(
              "Words with a lower inverse document frequency, ln(texts / texts with the word), are"
                  + " unknown; 0 keeps all.")
          @Range(min = 0, max = 100)
          double minIdf,
      @JsonProperty(defaultValue = "0")
          @JsonPropertyDescription(
              "Passes of skip-gram over the training texts, which give the embeddings to begin"
                  + " with; 0 for random ones.")
          @Range(min = 0, max = 1000)
          int skipGramEpochs,
      @JsonProperty(defaultValue = "100")
          @JsonPropertyDescription("Length of an embedding.")
          @Range(min = 1, max = 4096)
          int dimension,
      @JsonProperty(defaultValue = "128")
          @JsonPropertyDescription("Filters of each width.")
          @Range(min = 1, max = 4096)
          int filters,
      @JsonProperty(defaultValue = "[3, 4, 5]")
          @JsonPropertyDescription("Widths.")
          @Range(min = 1, max = 100)
          List<Integer> widths,
      @JsonProperty(defaultValue = "false")
          @JsonPropertyDescription("Add the average of the embeddings.")
          boolean average,
      @JsonProperty(defaultValue = "0.5")
          @JsonPropertyDescription("Dropout before the output.")
          @Range(min = 0, below = 1)
          double dropout)
      implements ModelSpec {
    public WordCnn {
      Section.check(
          WordCnn.class,
          vocabulary,
          length,
          lowerCase,
          punctuation,
          skipUnknown,
          minCount,
          minIdf,
          skipGramEpochs,
          dimension,
          filters,
          widths,
          average,
          dropout);
      widths = List.copyOf(widths);
      if (widths.isEmpty() || widths.size() != Set.copyOf(widths).size()) {
        throw new InvalidKeyException(
            "widths", "is " + widths + "; expected one or more different widths");
      }
      for (int width : widths) {
        checkFits("widths", width, length);
      }
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
          @Range(min = 1, max = 1000000)
          int vocabulary,
      @JsonProperty(defaultValue = "100")
          @JsonPropertyDescription("Words per text.")
          @Range(min = 1, max = 100000)
          int length,
      @JsonProperty(defaultValue = "true") @JsonPropertyDescription("Fold to lower case.")
          boolean lowerCase,
      @JsonProperty(defaultValue = "100")
          @JsonPropertyDescription("Length of an embedding.")
          @Range(min = 1, max = 4096)
          int dimension,
      @JsonProperty(defaultValue = "128")
          @JsonPropertyDescription("Filters.")
          @Range(min = 1, max = 4096)
          int filters,
      @JsonProperty(defaultValue = "5")
          @JsonPropertyDescription("Width of the convolution.")
          @Range(min = 1, max = 100)
          int width,
      @JsonProperty(defaultValue = "5")
          @JsonPropertyDescription("Width of the max pooling.")
          @Range(min = 1, max = 1000)
          int pool)
      implements ModelSpec {
    public SeedCnn {
      Section.check(SeedCnn.class, vocabulary, length, lowerCase, dimension, filters, width, pool);
      checkFits("width", width, length);
      checkFits("pool", pool, length - width + 1);
    }
  }

  private static void checkFits(String key, int width, int length) {
    if (width > length) {
      throw new InvalidKeyException(
          key, "is " + width + ", but only " + length + " positions are there");
    }
  }
}
