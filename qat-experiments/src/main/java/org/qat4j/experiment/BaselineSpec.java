package org.qat4j.experiment;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;

/**
 * What else answers the test set, for comparison.
 *
 * @param majority always the most frequent class; where texts are translated, a copy of the text;
 *     where they have numbers, their mean
 * @param linear a linear model on TF-IDF; where tokens are tagged, on the tokens around each; where
 *     texts are translated, a dictionary
 * @param terms that the linear model counts
 */
public record BaselineSpec(
    @JsonProperty(defaultValue = "true")
        @JsonPropertyDescription(
            "Report what the most frequent class alone reaches; where texts are translated, a copy of"
                + " the text; where they have numbers, the mean of those.")
        boolean majority,
    @JsonProperty(defaultValue = "true")
        @JsonPropertyDescription(
            "Train a linear support vector machine on TF-IDF, choose its terms and C on the validation"
                + " texts and report it; where tokens are tagged, on the tokens around each; where"
                + " texts are translated, a dictionary that translates word for word.")
        boolean linear,
    @JsonProperty(defaultValue = "all")
        @JsonPropertyDescription(
            "What the linear model counts: words and pairs of words, runs of 1 to 4 characters, or"
                + " what does best on the validation texts, words and pairs with or without runs of 2"
                + " to 5 characters of each word.")
        Terms terms) {

  /** What a linear model counts. */
  public enum Terms {
    /** Words in lower case and pairs of neighbours. */
    @JsonProperty("words")
    WORDS,
    /** Runs of 1 to 4 characters; a space stands before and behind the text. */
    @JsonProperty("characters")
    CHARACTERS,
    /** The first, with or without runs of 2 to 5 characters of each word. */
    @JsonProperty("all")
    ALL
  }
}
