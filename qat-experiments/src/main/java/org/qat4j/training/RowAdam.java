package org.qat4j.training;

import org.nd4j.linalg.learning.AdamUpdater;
import org.nd4j.linalg.learning.config.Adam;
import org.qat4j.layers.internal.host.TableRows;

/**
 * A step of Adam (Kingma and Ba, arXiv:1412.6980, section 2, last paragraph) for rows that few
 * steps read. There a gradient moves a row in the step that has it and, by the first moment, in the
 * steps behind that, in all by lr·g/√v; a row that waits for its next gradient would miss most of
 * this, so that it goes the whole way at once, and has no first moment. The first step is DL4J's to
 * the bit.
 */
final class RowAdam implements TableRows.Step {
  /** Name of what it knows, in DL4J's words. */
  static final String SECOND_MOMENT = AdamUpdater.V_STATE;

  private final float beta1;
  private final float beta2;
  private final float epsilon;
  private final float rate;

  /**
   * @param step from 0
   */
  RowAdam(Adam adam, int step, int epoch) {
    beta1 = (float) adam.getBeta1();
    beta2 = (float) adam.getBeta2();
    epsilon = (float) adam.getEpsilon();
    float second = 1 - (float) Math.pow(beta2, step + 1);
    rate = (float) adam.getLearningRate(step, epoch) * (float) Math.sqrt(second) / (1 - beta1);
  }

  /**
   * @param g the gradient, then the step
   * @param moments the second alone
   */
  @Override
  public void apply(float[] g, float[][] moments) {
    float[] v = moments[0];
    for (int i = 0; i < g.length; i++) {
      v[i] = beta2 * v[i] + g[i] * g[i] * (1 - beta2);
      g[i] = g[i] * (1 - beta1) * rate / ((float) Math.sqrt(v[i]) + epsilon);
    }
  }
}
