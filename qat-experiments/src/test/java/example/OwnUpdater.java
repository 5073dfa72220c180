package example;

import org.nd4j.linalg.learning.config.Sgd;

/** What a user may have in a network: code that is none of Deeplearning4j, ND4J or this project. */
public final class OwnUpdater extends Sgd {
  private static final long serialVersionUID = 1L;

  @Override
  public OwnUpdater clone() {
    OwnUpdater copy = new OwnUpdater();
    copy.setLearningRate(getLearningRate());
    return copy;
  }
}
