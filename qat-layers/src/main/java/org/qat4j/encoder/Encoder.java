package org.qat4j.encoder;

import java.nio.file.Files;
import java.nio.file.Path;
import org.qat4j.QatException;
import org.qat4j.text.WordPieces;

/**
 * A pretrained encoder of the BERT family, as its files have it.
 *
 * <pre>{@code
 * Encoder encoder = Encoder.read(Path.of("all-MiniLM-L6-v2"));
 * EncoderNetwork network = new EncoderNetwork(encoder, 128, false);
 * }</pre>
 */
public final class Encoder {
  private final EncoderShape shape;
  private final WordPieces words;
  private final EncoderTensors tensors;

  private Encoder(EncoderShape shape, WordPieces words, EncoderTensors tensors) {
    if (words.pieces().size() > shape.vocabulary()) {
      throw new QatException(
          tensors.name()
              + ": the vocabulary of the tokenizer has "
              + words.pieces().size()
              + " pieces, and the table of words "
              + shape.vocabulary());
    }
    this.shape = shape;
    this.words = words;
    this.tensors = tensors;
  }

  /**
   * Reads a folder in the layout of Hugging Face: config.json, model.safetensors or model.onnx,
   * tokenizer.json or vocab.txt with tokenizer_config.json.
   *
   * @throws QatException if something is missing, damaged, or of another architecture
   */
  public static Encoder read(Path folder) {
    Path config = folder.resolve("config.json");
    if (!Files.exists(config)) {
      throw new QatException("no encoder in " + folder + ": config.json is missing");
    }
    EncoderShape shape = EncoderShape.read(config);
    Path safe = folder.resolve("model.safetensors");
    Path onnx = folder.resolve("model.onnx");
    if (!Files.exists(safe) && !Files.exists(onnx)) {
      throw new QatException(
          "no weights in " + folder + ": expected model.safetensors or model.onnx");
    }
    EncoderTensors tensors = Files.exists(safe) ? SafeTensors.open(safe) : OnnxTensors.open(onnx);
    return new Encoder(shape, TokenizerFiles.folder(folder), tensors);
  }

  /** Reads an ONNX file with float weights and its tokenizer.json. */
  public static Encoder read(Path onnx, Path tokenizer) {
    OnnxTensors tensors = OnnxTensors.open(onnx);
    return new Encoder(tensors.shape(), TokenizerFiles.json(tokenizer), tensors);
  }

  EncoderShape shape() {
    return shape;
  }

  public WordPieces words() {
    return words;
  }

  EncoderTensors tensors() {
    return tensors;
  }
}
