package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

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
  record CharNgramCnn(
      @JsonProperty(defaultValue = "28") @JsonPropertyDescription("Characters per text.")
          int length,
      @JsonProperty(defaultValue = "false") @JsonPropertyDescription("Fold to lower case.")
          boolean lowerCase,
      @JsonProperty(defaultValue = "2")
          @JsonPropertyDescription("Rarer characters of the training texts are unknown.")
          int minCount,
      @JsonProperty(defaultValue = "32") @JsonPropertyDescription("Length of an embedding.")
          int dimension,
      @JsonProperty(defaultValue = "192") @JsonPropertyDescription("Filters of the convolution.")
          int filters,
      @JsonProperty(defaultValue = "3") @JsonPropertyDescription("Width of the convolution.")
          int width,
      @JsonProperty(defaultValue = "2") @JsonPropertyDescription("Shortest n-gram.") int minN,
      @JsonProperty(defaultValue = "4") @JsonPropertyDescription("Longest n-gram.") int maxN,
      @JsonProperty(defaultValue = "24576") @JsonPropertyDescription("Different n-gram ids.")
          int buckets,
      @JsonProperty(defaultValue = "64") @JsonPropertyDescription("N-grams per text.") int ngrams,
      @JsonProperty(defaultValue = "32") @JsonPropertyDescription("Length of the bag's vectors.")
          int bagDimension,
      @JsonProperty(defaultValue = "0.5") @JsonPropertyDescription("Dropout before the output.")
          double dropout)
      implements ModelSpec {}

  /**
   * Words → embedding → convolutions of several widths → max over time each, beside the average of
   * the embeddings; concatenated → dense.
   */
  record WordCnn(
      @JsonProperty(defaultValue = "20000") @JsonPropertyDescription("Words kept.") int vocabulary,
      @JsonProperty(defaultValue = "300") @JsonPropertyDescription("Words per text.") int length,
      @JsonProperty(defaultValue = "true") @JsonPropertyDescription("Fold to lower case.")
          boolean lowerCase,
      @JsonProperty(defaultValue = "true") @JsonPropertyDescription("Keep punctuation marks.")
          boolean punctuation,
      @JsonProperty(defaultValue = "false")
          @JsonPropertyDescription("Leave unknown words out instead of marking them.")
          boolean skipUnknown,
      @JsonProperty(defaultValue = "2") @JsonPropertyDescription("Rarer words are unknown.")
          int minCount,
      @JsonProperty(defaultValue = "100") @JsonPropertyDescription("Length of an embedding.")
          int dimension,
      @JsonProperty(defaultValue = "128") @JsonPropertyDescription("Filters of each width.")
          int filters,
      @JsonProperty(defaultValue = "[3, 4, 5]") @JsonPropertyDescription("Widths.")
          List<Integer> widths,
      @JsonProperty(defaultValue = "false")
          @JsonPropertyDescription("Add the average of the embeddings.")
          boolean average,
      @JsonProperty(defaultValue = "0.5") @JsonPropertyDescription("Dropout before the output.")
          double dropout)
      implements ModelSpec {
    public WordCnn {
      widths = List.copyOf(widths);
    }
  }

  /**
   * The article's network: words → embedding → convolution, ReLU → max pooling → flatten → dense
   * softmax.
   */
  record SeedCnn(
      @JsonProperty(defaultValue = "20000") @JsonPropertyDescription("Words kept.") int vocabulary,
      @JsonProperty(defaultValue = "100") @JsonPropertyDescription("Words per text.") int length,
      @JsonProperty(defaultValue = "true") @JsonPropertyDescription("Fold to lower case.")
          boolean lowerCase,
      @JsonProperty(defaultValue = "100") @JsonPropertyDescription("Length of an embedding.")
          int dimension,
      @JsonProperty(defaultValue = "128") @JsonPropertyDescription("Filters.") int filters,
      @JsonProperty(defaultValue = "5") @JsonPropertyDescription("Width of the convolution.")
          int width,
      @JsonProperty(defaultValue = "5") @JsonPropertyDescription("Width of the max pooling.")
          int pool)
      implements ModelSpec {}
}
