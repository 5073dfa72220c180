package org.qat4j.encoder;

import java.nio.file.Path;
import org.qat4j.QatException;

/**
 * What an encoder of the BERT family looks like (Devlin et al., arXiv:1810.04805, section 3).
 *
 * @param blocks one behind the other, each normalized behind its sums
 * @param channels of every step
 * @param heads of the attention; they divide the channels
 * @param width of the feed-forward part
 * @param vocabulary ids of pieces
 * @param positions that were learned, the longest text
 * @param types of texts, one or more
 * @param epsilon that is added to variances
 */
record EncoderShape(
    int blocks,
    int channels,
    int heads,
    int width,
    int vocabulary,
    int positions,
    int types,
    double epsilon) {
  public EncoderShape {
    if (channels % heads != 0) {
      throw new QatException(heads + " heads do not divide " + channels + " channels");
    }
  }

  /**
   * Reads config.json.
   *
   * @throws QatException if it is another architecture; the message names the key
   */
  static EncoderShape read(Path file) {
    Json json = Json.read(file);
    json.require("model_type", "", "bert");
    json.require("hidden_act", "gelu", "gelu");
    json.require("position_embedding_type", "absolute", "absolute");
    json.require("is_decoder", "false", "false");
    return new EncoderShape(
        json.integer("num_hidden_layers", 1),
        json.integer("hidden_size", 1),
        json.integer("num_attention_heads", 1),
        json.integer("intermediate_size", 1),
        json.integer("vocab_size", 1),
        json.integer("max_position_embeddings", 1),
        json.integer("type_vocab_size", 1),
        json.number("layer_norm_eps", 1e-12));
  }
}
