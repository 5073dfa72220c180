package org.qat4j.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.qat4j.QatException;
import org.qat4j.data.Example;
import org.qat4j.data.TextBatches;
import org.qat4j.evaluation.Stage;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.TextInput;
import org.qat4j.pipeline.RunFiles;
import org.qat4j.runtime.Sample;
import org.qat4j.serving.Server;
import org.qat4j.text.TextEncoder;

/**
 * The float network of a run, where it gives classes: to stand beside the integers. One text at a
 * time, since DL4J's networks serve one thread.
 */
public final class FloatServer implements Server {
  private final Model network;
  private final TextBatches.Inputs inputs;
  private final List<String> labels;
  private final int top;

  private FloatServer(Model network, TextBatches.Inputs inputs, List<String> labels, int top) {
    this.network = network;
    this.inputs = inputs;
    this.labels = labels;
    this.top = top;
  }

  /**
   * The float network that a run folder holds. Whether padding is masked no file says: it is tried,
   * and has to give the float answers that the report shows.
   *
   * @param top number of classes that are told
   * @throws QatException if there is no such network, it gives no classes, or others than the
   *     report's
   */
  public static FloatServer of(Path run, IntegerModel model, int top) {
    if (!Files.isDirectory(run)) {
      throw new QatException("--float needs a run folder, which has the float network; not " + run);
    }
    Map<String, String> answers = answers(run.resolve("report.json"), model.labels());
    Model network = RunFiles.floatNetwork(run);
    List<TextEncoder> encoders = model.text().stream().map(TextInput::encoder).toList();
    for (boolean masked : new boolean[] {false, true}) {
      TextBatches.Inputs inputs = new TextBatches.Inputs(encoders, masked);
      FloatServer server = new FloatServer(network, inputs, model.labels(), top);
      if (server.gives(answers)) {
        return server;
      }
    }
    throw new QatException(
        "the float network in "
            + run
            + " does not give the answers of its report from the texts as the model reads them (a"
            + " pruned model reads fewer words); serve without --float");
  }

  /** Float answers that the report shows, by text. */
  private static Map<String, String> answers(Path report, List<String> labels) {
    Map<String, String> answers = new LinkedHashMap<>();
    try {
      for (JsonNode sample : new ObjectMapper().readTree(report.toFile()).path("samples")) {
        String answer = sample.path("answers").path(Stage.FLOAT.key()).asText();
        if (labels.contains(answer)) {
          answers.put(sample.path("text").asText(), answer);
        }
      }
    } catch (IOException e) {
      throw new QatException("--float needs the run's report: " + e.getMessage(), e);
    }
    if (answers.isEmpty()) {
      throw new QatException(
          report + " shows no classes that the float network gives; --float is for classes alone");
    }
    return answers;
  }

  private boolean gives(Map<String, String> answers) {
    for (Map.Entry<String, String> answer : answers.entrySet()) {
      float[] p = probabilities(answer.getKey());
      if (p.length != labels.size() || !labels.get(best(p).get(0)).equals(answer.getValue())) {
        return false;
      }
    }
    return true;
  }

  private synchronized float[] probabilities(String text) {
    MultiDataSet batch =
        TextBatches.inOrder(List.of(new Example(text, 0)), inputs, labels.size(), 1).next();
    INDArray output =
        network instanceof ComputationGraph graph
            ? graph.output(false, batch.getFeatures(), batch.getFeaturesMaskArrays())[0]
            : ((MultiLayerNetwork) network)
                .output(batch.getFeatures(0), false, batch.getFeaturesMaskArray(0), null);
    return output.reshape(output.length()).toFloatVector();
  }

  /** The most probable first. */
  private static List<Integer> best(float[] p) {
    return IntStream.range(0, p.length)
        .boxed()
        .sorted((a, b) -> Float.compare(p[b], p[a]))
        .toList();
  }

  @Override
  public Sample encode(String text) {
    return Sample.ofTokens(
        inputs.encoders().stream().map(e -> e.encode(text)).toArray(int[][]::new));
  }

  @Override
  public Answer answer(String text) {
    float[] p = probabilities(text);
    List<Map<String, Object>> classes = new ArrayList<>();
    for (int i : best(p).subList(0, Math.min(top, p.length))) {
      Map<String, Object> entry = new LinkedHashMap<>();
      entry.put("label", labels.get(i));
      entry.put("probability", p[i]);
      classes.add(entry);
    }
    return new Answer(labels.get(best(p).get(0)), Map.of("classes", classes));
  }
}
