package org.qat4j.task.regression;

import de.bwaldvogel.liblinear.Feature;
import de.bwaldvogel.liblinear.Linear;
import de.bwaldvogel.liblinear.Model;
import de.bwaldvogel.liblinear.Parameter;
import de.bwaldvogel.liblinear.Problem;
import de.bwaldvogel.liblinear.SolverType;
import java.util.Arrays;
import java.util.List;
import org.qat4j.baseline.LinearChoice;
import org.qat4j.baseline.TermWeights;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.experiment.BaselineSpec.Terms;

/**
 * A linear model of numbers on TF-IDF of terms: support vector regression with squared loss by
 * LIBLINEAR (Ho and Lin, JMLR 13, 2012). Numbers are learned as differences from their mean, in
 * standard deviations, so that the outcome does not depend on their unit.
 */
public final class LinearRegression {
  private static final double TOLERANCE = 1e-3;

  /** Of a standard deviation: errors that cost nothing. */
  private static final double INSENSITIVE = 0.05;

  static {
    Linear.disableDebugOutput();
  }

  private final TermWeights terms;
  private final Model model;
  private final double mean;
  private final double deviation;

  /**
   * @param training texts with numbers, not all of them equal
   */
  private LinearRegression(List<Example> training, LinearChoice choice) {
    this.terms = new TermWeights(training, choice.terms());
    double[] numbers = training.stream().mapToDouble(Example::number).toArray();
    this.mean = Arrays.stream(numbers).average().orElseThrow();
    double squares = Arrays.stream(numbers).map(y -> (y - mean) * (y - mean)).sum();
    this.deviation = Math.sqrt(squares / numbers.length);
    Problem problem = new Problem();
    problem.l = numbers.length;
    problem.n = Math.max(1, this.terms.size());
    problem.x =
        training.parallelStream()
            .map(example -> this.terms.vector(example.text()))
            .toArray(Feature[][]::new);
    problem.y = Arrays.stream(numbers).map(y -> (y - mean) / deviation).toArray();
    Parameter parameter = new Parameter(SolverType.L2R_L2LOSS_SVR, choice.cost(), TOLERANCE);
    parameter.setP(INSENSITIVE);
    this.model = Linear.train(problem, parameter);
  }

  /**
   * The model whose terms and cost of errors have the least squared error on the validation texts,
   * trained on those and the training texts.
   */
  public static LinearRegression tuned(Dataset data, Terms terms) {
    List<Example> all = data.refitted().train();
    List<Example> some = LinearChoice.some(data.train());
    LinearChoice best =
        LinearChoice.best(
            terms, all, choice -> -new LinearRegression(some, choice).squares(data.validation()));
    return new LinearRegression(all, best);
  }

  /** Sum of the squared errors. */
  private double squares(List<Example> texts) {
    return texts.stream()
        .mapToDouble(e -> number(e.text()) - e.number())
        .map(error -> error * error)
        .sum();
  }

  /** The number of a text. */
  public double number(String text) {
    return mean + deviation * Linear.predict(model, terms.vector(text));
  }
}
