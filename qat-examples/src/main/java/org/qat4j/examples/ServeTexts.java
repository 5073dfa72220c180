package org.qat4j.examples;

import java.nio.file.Path;
import java.util.List;
import org.qat4j.runtime.Prediction;
import org.qat4j.runtime.Predictor;

/** Labels of texts, from several threads at once. Needs the jar of qat-core and nothing else. */
public final class ServeTexts {
  private ServeTexts() {}

  /** Arguments: a model file, then texts. */
  public static void main(String[] args) {
    Predictor predictor = Predictor.load(Path.of(args[0])); // one for all threads
    List<String> texts = List.of(args).subList(1, args.length);
    List<Prediction> answers = texts.parallelStream().map(predictor::predict).toList();
    for (int i = 0; i < texts.size(); i++) {
      System.out.println(answers.get(i).label() + " " + texts.get(i));
    }
  }
}
