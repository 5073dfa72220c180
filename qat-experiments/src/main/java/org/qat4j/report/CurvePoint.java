package org.qat4j.report;

import java.util.EnumSet;
import java.util.Map;
import org.qat4j.QatException;
import org.qat4j.evaluation.Stage;

/**
 * One point of a learning curve; also one line of metrics.jsonl.
 *
 * @param stage which training: FLOAT, CONTROL or QAT
 * @param step training steps done, from 1 on
 * @param epoch passes begun, from 1 on
 * @param loss mean training loss since the point before, in nats
 * @param validationAccuracy 0 to 1, or null where it was not measured
 * @param learningRate of this step
 * @param examplesPerSecond since the point before
 * @param codesChanged of each quantized layer the share of its weights' codes, 0 to 1, that the
 *     pass which ends here changed; null where it was not measured
 */
public record CurvePoint(
    Stage stage,
    long step,
    int epoch,
    double loss,
    Double validationAccuracy,
    double learningRate,
    double examplesPerSecond,
    Map<String, Double> codesChanged) {
  public CurvePoint {
    if (!EnumSet.of(Stage.FLOAT, Stage.CONTROL, Stage.PRUNED, Stage.QAT).contains(stage)) {
      throw new QatException("only float, control, pruned and qat are trained, not " + stage);
    }
    if (step < 0 || epoch < 0) {
      throw new QatException("step " + step + " and epoch " + epoch + " are not negative");
    }
  }

  /** A point at which codes were not compared. */
  public CurvePoint(
      Stage stage,
      long step,
      int epoch,
      double loss,
      Double validationAccuracy,
      double learningRate,
      double examplesPerSecond) {
    this(stage, step, epoch, loss, validationAccuracy, learningRate, examplesPerSecond, null);
  }

  /** The same with what became of the codes. */
  public CurvePoint withCodesChanged(Map<String, Double> changed) {
    return new CurvePoint(
        stage, step, epoch, loss, validationAccuracy, learningRate, examplesPerSecond, changed);
  }

  /** The same in a training that goes on where another one ended. */
  public CurvePoint behind(CurvePoint end) {
    return new CurvePoint(
        stage,
        end.step + step,
        end.epoch + epoch,
        loss,
        validationAccuracy,
        learningRate,
        examplesPerSecond,
        codesChanged);
  }
}
