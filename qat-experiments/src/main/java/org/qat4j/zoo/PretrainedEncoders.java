package org.qat4j.zoo;

import java.nio.file.Files;
import java.nio.file.Path;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.qat4j.QatException;
import org.qat4j.data.Dataset;
import org.qat4j.data.KnownModel;
import org.qat4j.data.Question;
import org.qat4j.encoder.Encoder;
import org.qat4j.encoder.EncoderNetwork;
import org.qat4j.experiment.ModelSpec;
import org.qat4j.layers.FlattenPreProcessor;
import org.qat4j.network.Layers;
import org.qat4j.network.TextNetwork;
import org.qat4j.text.WordPieceEncoder.Form;

/** Networks that begin as a pretrained encoder of the BERT family. */
public final class PretrainedEncoders {
  private PretrainedEncoders() {}

  /**
   * The encoder that {@code model.from} means. A predicate is told from the words around it as the
   * second text of a pair is told from the first: an encoder of one has learned to look at what has
   * the other type, and it costs no steps.
   *
   * @param data that it is to read
   * @throws QatException if it is not there, or is none; the message says what to do
   */
  public static EncoderNetwork network(ModelSpec.PretrainedEncoder spec, Dataset data) {
    boolean tags = data.question() == Question.TAGS;
    Form form = tags ? Form.TOKENS : spec.pairs() ? Form.PAIR : Form.TEXT;
    boolean types = form == Form.PAIR || data.hasFocus();
    return new EncoderNetwork(read(spec.from()), spec.length(), form, types, spec.blockDropout());
  }

  private static Encoder read(String from) {
    Path path = Path.of(from);
    if (Files.isDirectory(path)) {
      return Encoder.read(path);
    }
    if (Files.isRegularFile(path)) {
      return Encoder.read(path, tokenizer(path));
    }
    return KnownModel.find(from)
        .map(PretrainedEncoders::fetched)
        .orElseThrow(
            () ->
                new QatException(
                    "there is no folder or file "
                        + from
                        + ", and no model of this name to fetch; there is: "
                        + String.join(
                            ", ", KnownModel.all().stream().map(KnownModel::name).toList())));
  }

  private static Encoder fetched(KnownModel model) {
    Path folder = model.folder(System::getenv);
    Path weights = folder.resolve(KnownModel.WEIGHTS);
    if (!Files.exists(weights)) {
      throw new QatException(
          weights + " is not there; fetch it: ./qat model fetch " + model.name());
    }
    return Encoder.read(weights, folder.resolve(KnownModel.TOKENIZER));
  }

  /** NAME-tokenizer.json beside NAME.onnx, or else tokenizer.json. */
  private static Path tokenizer(Path onnx) {
    String name = onnx.getFileName().toString();
    if (!name.endsWith(".onnx")) {
      throw new QatException(
          onnx + ": expected a file of ONNX (.onnx), or a folder with config.json");
    }
    String stem = name.substring(0, name.lastIndexOf('.'));
    Path own = onnx.resolveSibling(stem + "-" + KnownModel.TOKENIZER);
    Path plain = onnx.resolveSibling(KnownModel.TOKENIZER);
    if (!Files.exists(own) && !Files.exists(plain)) {
      throw new QatException("no tokenizer beside " + onnx + ": expected " + plain);
    }
    return Files.exists(own) ? own : plain;
  }

  static TextNetwork build(ModelSpec.PretrainedEncoder s, Layers layers) {
    EncoderNetwork encoder = network(s, layers.data());
    GraphBuilder graph = layers.configuration().graphBuilder();
    String last = encoder.addTo(graph);
    if (layers.data().question() == Question.TAGS) {
      graph.addLayer("out", layers.tags(encoder.channels(), s.dropout()), last);
    } else {
      pool(graph, last, encoder, s, layers);
    }
    ComputationGraph network = Layers.initialized(graph.setOutputs("out"));
    encoder.setWeights(network);
    return new TextNetwork(network, encoder.text(), true);
  }

  /** One vector of all steps, and the answer that is made of it. */
  private static void pool(
      GraphBuilder graph,
      String last,
      EncoderNetwork encoder,
      ModelSpec.PretrainedEncoder s,
      Layers layers) {
    Layer out = ending(encoder, s, layers);
    if (s.pooling() == ModelSpec.Pooling.MEAN) {
      graph
          .addLayer("mean", new GlobalPoolingLayer(PoolingType.AVG), last)
          .addLayer("out", out, "mean");
    } else {
      graph
          .addLayer("first step", new Cropping1D.Builder(0, s.length() - 1).build(), last)
          .addLayer("out", out, new FlattenPreProcessor(encoder.channels(), 1), "first step");
    }
  }

  /** What is made of the steps is the answer where that is a vector. */
  private static Layer ending(
      EncoderNetwork encoder, ModelSpec.PretrainedEncoder s, Layers layers) {
    return layers.data().question() == Question.VECTOR
        ? new LossLayer.Builder(LossFunction.COSINE_PROXIMITY)
            .activation(Activation.IDENTITY)
            .build()
        : layers.output(encoder.channels(), s.dropout());
  }
}
