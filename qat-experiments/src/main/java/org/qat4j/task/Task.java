package org.qat4j.task;

import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.qat4j.console.Progress;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.Question;
import org.qat4j.data.TextBatches;
import org.qat4j.evaluation.Held;
import org.qat4j.evaluation.Predictions;
import org.qat4j.evaluation.Stage;
import org.qat4j.experiment.BaselineSpec;
import org.qat4j.model.IntegerModel;
import org.qat4j.network.Outputs;
import org.qat4j.runtime.Predictor;
import org.qat4j.runtime.Translator;
import org.qat4j.serving.Server;
import org.qat4j.task.classification.ClassServer;
import org.qat4j.task.regression.NumberServer;
import org.qat4j.task.tagging.TagServer;
import org.qat4j.task.translation.TranslationServer;
import org.qat4j.task.vectors.VectorServer;

/**
 * What is asked of texts, and all in which tasks differ: how outputs are judged, what any network
 * has to beat, what stands for a text in a report, what a network ends in, and what serves a frozen
 * model. The labels of a batch are made by its {@link Question}.
 */
public sealed interface Task
    permits Classification, Ranking, Regression, SentenceVectors, Tagging, Translation {

  /** The task of a question. */
  static Task of(Question question) {
    return switch (question) {
      case CLASS -> new Classification();
      case TAGS -> new Tagging();
      case RANKING -> new Ranking();
      case TRANSLATION -> new Translation();
      case NUMBER -> new Regression();
      case VECTOR -> new SentenceVectors();
    };
  }

  /** The task of a data set. */
  static Task of(Dataset data) {
    return of(data.question());
  }

  /**
   * What serves a frozen model; one that ranks is served as one that gives a class.
   *
   * @throws org.qat4j.QatException if it serves none of the tasks
   */
  static Server server(IntegerModel model, Server.Wish wish) {
    if (Translator.fits(model)) {
      return new TranslationServer(new Translator(model), wish.beam());
    }
    Predictor predictor = new Predictor(model);
    if (predictor.isNumber()) {
      return new NumberServer(predictor);
    }
    if (predictor.isVector()) {
      return new VectorServer(predictor);
    }
    return predictor.isTagger() ? new TagServer(predictor) : new ClassServer(predictor, wish.top());
  }

  /**
   * Makes answers of what a network or model puts out, and compares them with the right ones.
   *
   * @param labels names of the classes or tags
   * @param outputs of each text, those of the tokens of a text [tokens, tags] row-major
   */
  Predictions judge(List<Example> texts, List<String> labels, float[][] outputs);

  /**
   * Answers of baselines that an experiment asks for to the test texts; they have no probabilities.
   */
  Map<Stage, Predictions> baselines(BaselineSpec spec, Dataset data);

  /** Items of the test set, for people: the texts, or what texts are ranked for. */
  default List<String> items(List<Example> texts, List<String> labels) {
    return texts.stream().map(Example::text).toList();
  }

  /** What is answered, for people: "20 classes". */
  default String answers(Dataset data) {
    return data.labels().size() + " classes";
  }

  /** The last layer of a network that answers with one vector; its inputs are not set yet. */
  default OutputLayer.Builder ending(Dataset data) {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nOut(data.labels().size())
        .activation(Activation.SOFTMAX);
  }

  /**
   * Answers of a network in evaluation mode, where a network under quantization computes on integer
   * codes.
   *
   * @param batches not shuffled; read from the beginning
   */
  default Predictions predict(Model network, TextBatches batches) {
    return judge(batches.examples(), batches.labels(), Outputs.of(network, batches));
  }

  /** How good a network is, as fast as can be told. */
  default Held held(Model network, TextBatches batches) {
    Predictions answers = predict(network, batches);
    return new Held(answers.meanLoss(), answers.score());
  }

  /**
   * Answers of a frozen model to the test texts, from raw text on, as it is served.
   *
   * @param model has the labels of the data
   * @param beam where texts are translated, the number of beginnings that are followed
   * @param progress one step a text
   */
  default Predictions predict(IntegerModel model, Dataset data, int beam, Progress progress) {
    Predictor predictor = new Predictor(model);
    List<Example> test = data.test();
    float[][] outputs = new float[test.size()][];
    IntStream.range(0, test.size())
        .parallel()
        .forEach(
            i -> {
              outputs[i] = output(predictor, test.get(i).text());
              progress.step(1);
            });
    return judge(test, data.labels(), outputs);
  }

  /** What a model puts out for a text, as it is judged. */
  default float[] output(Predictor predictor, String text) {
    return predictor.probabilities(text);
  }
}
