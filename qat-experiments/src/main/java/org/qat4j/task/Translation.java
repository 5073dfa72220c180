package org.qat4j.task;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.api.Model;
import org.qat4j.console.Progress;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.TextBatches;
import org.qat4j.evaluation.Held;
import org.qat4j.evaluation.Predictions;
import org.qat4j.evaluation.Stage;
import org.qat4j.experiment.BaselineSpec;
import org.qat4j.model.IntegerModel;
import org.qat4j.runtime.Translator;
import org.qat4j.task.translation.Dictionary;
import org.qat4j.task.translation.NetworkTranslation;
import org.qat4j.task.translation.TranslationScore;
import org.qat4j.text.PieceEncoder;

/** What is a text in the other language? A text is that and its translation, a tab between. */
public record Translation() implements Task {
  /** Not of single outputs: a translation is made piece by piece. */
  @Override
  public Predictions judge(List<Example> texts, List<String> labels, float[][] outputs) {
    throw new IllegalArgumentException("translations are not classes");
  }

  @Override
  public Predictions predict(Model network, TextBatches batches) {
    return new NetworkTranslation(network, batches).translate();
  }

  /** Without translating, which takes long. */
  @Override
  public Held held(Model network, TextBatches batches) {
    return new NetworkTranslation(network, batches).held();
  }

  @Override
  public Predictions predict(IntegerModel model, Dataset data, int beam, Progress progress) {
    Translator translator = new Translator(model);
    List<Example> texts = data.test();
    String[] translations = new String[texts.size()];
    float[] losses = new float[texts.size()];
    IntStream.range(0, losses.length)
        .parallel()
        .forEach(
            i -> {
              translations[i] = translator.translate(texts.get(i).text(), beam);
              losses[i] = (float) translator.loss(texts.get(i).text());
              progress.step(1);
            });
    return TranslationScore.of(texts, List.of(translations), losses);
  }

  @Override
  public String answers(Dataset data) {
    return "translations";
  }

  @Override
  public List<String> items(List<Example> texts, List<String> labels) {
    return texts.stream().map(text -> PieceEncoder.source(text.text())).toList();
  }

  /** A copy of the text, and word for word. */
  @Override
  public Map<Stage, Predictions> baselines(BaselineSpec spec, Dataset data) {
    Map<Stage, Predictions> answers = new EnumMap<>(Stage.class);
    if (spec.majority()) {
      answers.put(Stage.COPY, translated(data, UnaryOperator.identity()));
    }
    if (spec.linear()) {
      answers.put(Stage.DICTIONARY, translated(data, new Dictionary(data.train())::translate));
    }
    return answers;
  }

  private static Predictions translated(Dataset data, UnaryOperator<String> translate) {
    List<String> translations =
        data.test().stream().map(e -> translate.apply(PieceEncoder.source(e.text()))).toList();
    float[] none = new float[translations.size()];
    Arrays.fill(none, Float.NaN);
    return TranslationScore.of(data.test(), translations, none);
  }
}
