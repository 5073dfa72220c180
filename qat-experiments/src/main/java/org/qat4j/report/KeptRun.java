package org.qat4j.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.qat4j.QatException;
import org.qat4j.diagnostics.LayerReport;
import org.qat4j.diagnostics.LayerSize;
import org.qat4j.evaluation.Metric;
import org.qat4j.evaluation.Predictions;
import org.qat4j.evaluation.Stage;
import org.qat4j.qat.Diagnosis;

/**
 * What one part of a run or of a sweep produced, as it is kept in the folder of that.
 *
 * @param basis all that the figures depend on but the seed, as text
 * @param run the figures and answers
 */
public record KeptRun(String basis, SeedRun run) {
  private static final JsonMapper MAPPER =
      JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

  /**
   * Answers of one stage, item by item; the right ones are the same for all.
   *
   * @param predicted classes, or null where answers are texts
   * @param texts answers, or null where they are classes
   * @param counts of the metric, or null where answers are classes
   */
  private record Answers(
      List<Integer> predicted, List<String> texts, List<double[]> counts, List<Float> losses) {
    static Answers of(Predictions p) {
      boolean classes = p.isOfClasses();
      return new Answers(
          classes ? each(p, p::predicted) : null,
          classes ? null : each(p, i -> p.answer(i, List.of())),
          classes ? null : each(p, p::counts),
          each(p, i -> (float) p.loss(i)));
    }

    Predictions predictions(Truth truth) {
      float[] l = new float[losses.size()];
      for (int i = 0; i < l.length; i++) {
        l[i] = losses.get(i);
      }
      return predicted == null
          ? Predictions.of(truth.metric(), truth.texts(), texts, counts.toArray(new double[0][]), l)
          : Predictions.of(ints(truth.labels()), ints(predicted), l);
    }

    private static int[] ints(List<Integer> list) {
      return list.stream().mapToInt(i -> i).toArray();
    }
  }

  /** Right answers: classes, or texts. */
  private record Truth(Metric metric, List<Integer> labels, List<String> texts) {
    static Truth of(Predictions p) {
      boolean classes = p.isOfClasses();
      return new Truth(
          p.metric(),
          classes ? each(p, p::label) : null,
          classes ? null : each(p, i -> p.truth(i, List.of())));
    }
  }

  private static <T> List<T> each(Predictions p, IntFunction<T> what) {
    return IntStream.range(0, p.size()).mapToObj(what).toList();
  }

  private record Content(
      String basis,
      long seed,
      Truth truth,
      Map<Stage, Answers> answers,
      List<CurvePoint> curves,
      Map<Stage, LayerReport> layers,
      List<PruneStep> pruning,
      List<LayerSize> sizes,
      List<String> inFloat,
      List<Diagnosis> diagnoses,
      ModelBytes bytes,
      Verification verification,
      TuningReport tuning,
      Map<Phase, Double> seconds,
      double totalSeconds,
      Map<Stage, Double> microsPerText,
      Double qatStepOverFloatStep) {}

  /** The run as JSON, to be read by {@link #parse}. */
  public String toJson() {
    Map<Stage, Answers> answers = new TreeMap<>();
    run.predictions().forEach((stage, p) -> answers.put(stage, Answers.of(p)));
    Predictions any = run.predictions().values().iterator().next();
    try {
      return MAPPER.writeValueAsString(
          new Content(
              basis,
              run.seed(),
              Truth.of(any),
              answers,
              run.curves(),
              run.layers(),
              run.pruning(),
              run.sizes(),
              run.inFloat(),
              run.diagnoses(),
              run.bytes(),
              run.verification(),
              run.tuning(),
              run.seconds(),
              run.totalSeconds(),
              run.microsPerText(),
              run.qatStepOverFloatStep()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("records and maps can always be written", e);
    }
  }

  /**
   * Reads what {@link #toJson} wrote.
   *
   * @throws QatException if the text is something else
   */
  public static KeptRun parse(String json) {
    try {
      Content c = MAPPER.readValue(json, Content.class);
      Map<Stage, Predictions> predictions = new TreeMap<>();
      c.answers.forEach((stage, a) -> predictions.put(stage, a.predictions(c.truth)));
      SeedRun run =
          new SeedRun(
              c.seed,
              predictions,
              c.curves == null ? List.of() : c.curves,
              c.layers == null ? Map.of() : c.layers,
              c.pruning,
              c.sizes,
              c.inFloat == null ? List.of() : c.inFloat,
              c.diagnoses == null ? List.of() : c.diagnoses,
              c.bytes,
              c.verification,
              c.tuning,
              c.seconds,
              c.totalSeconds,
              c.microsPerText,
              c.qatStepOverFloatStep);
      return new KeptRun(c.basis, run);
    } catch (JsonProcessingException | NullPointerException e) {
      throw new QatException("this is not a part of a run: " + e.getMessage(), e);
    }
  }
}
