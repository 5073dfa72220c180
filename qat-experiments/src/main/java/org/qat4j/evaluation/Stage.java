package org.qat4j.evaluation;

import com.fasterxml.jackson.annotation.JsonValue;

/** A network or model of a run whose answers are reported, in the order of every table. */
public enum Stage {
  /** The most frequent class of the training texts, whatever the text. */
  MAJORITY("majority", "most frequent"),
  /** The words that a text shares with what it is ranked for, rare ones counting more. */
  OVERLAP("overlap", "words in common"),
  /** A linear model on TF-IDF, or on tokens and what stands around them. */
  LINEAR("linear", "linear model"),
  /** The mean of the training numbers, whatever the text. */
  MEAN("mean", "mean number"),
  /** The text itself as its translation. */
  COPY("copy", "copy of the text"),
  /** Word for word, by a dictionary that is learned from the training texts. */
  DICTIONARY("dictionary", "word for word"),
  /** The float network. */
  FLOAT("float", "float"),
  /** The float network, trained for as many further steps as QAT takes. */
  CONTROL("control", "float, trained on"),
  /** What pruning has left of the float network, trained on. */
  PRUNED("pruned", "float, pruned"),
  /** The float network, quantized without training. */
  PTQ("ptq", "post-training"),
  /** The same with the best of the usual observers, chosen on the validation texts. */
  OBSERVER("observer", "best observer"),
  /** The same with the settings that a search has found on the validation texts. */
  TUNED("tuned", "tuned"),
  /** The network trained under quantization. */
  QAT("qat", "QAT"),
  /** The frozen model, computed in integer arithmetic. */
  INTEGER("integer", "integer model");

  private final String key;
  private final String title;

  Stage(String key, String title) {
    this.key = key;
    this.title = title;
  }

  /** Name in JSON. */
  @JsonValue
  public String key() {
    return key;
  }

  /** Whether it is no form of the network, but what the network has to beat. */
  public boolean isBaseline() {
    return compareTo(FLOAT) < 0;
  }

  /** Name for people. */
  public String title() {
    return title;
  }
}
