package org.qat4j.training;

import org.nd4j.linalg.learning.AdamUpdater;
import org.nd4j.linalg.learning.config.Adam;
import org.qat4j.layers.internal.host.TableRows;

/**
 * A step of Adam (Kingma and Ba, arXiv:1412.6980, section 2, last paragraph) as DL4J computes it,
 * of one row after the other; its own operation takes several times as long.
 */
final class RowAdam implements TableRows.Step {
  /** Names of what it knows, in DL4J's words. */
  static final String FIRST_MOMENT = AdamUpdater.M_STATE;

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
    float first = 1 - (float) Math.pow(beta1, step + 1);
    float second = 1 - (float) Math.pow(beta2, step + 1);
    rate = (float) adam.getLearningRate(step, epoch) * (float) Math.sqrt(second) / first;
  }

  /**
   * @param g the gradient, then the step
   * @param moments the first and the second
   */
  @Override
  public void apply(float[] g, float[][] moments) {
    float[] m = moments[0];
    float[] v = moments[1];
    for (int i = 0; i < g.length; i++) {
      m[i] = beta1 * m[i] + g[i] * (1 - beta1);
      v[i] = beta2 * v[i] + g[i] * g[i] * (1 - beta2);
      g[i] = m[i] * rate / ((float) Math.sqrt(v[i]) + epsilon);
    }
  }
}
