package org.qat4j.data;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What is asked of a text, and what the labels of a batch are therefore. */
public enum Question {
  /** Which class? */
  CLASS {
    @Override
    INDArray[] labels(TextBatches batches, int n) {
      return new INDArray[] {batches.classes(n), null};
    }
  },
  /** Which tag has each token? */
  TAGS {
    @Override
    INDArray[] labels(TextBatches batches, int n) {
      return new INDArray[] {batches.tags(n), batches.mask(n)};
    }
  },
  /** How probable is the last class, the right one, against the other texts of the group? */
  RANKING {
    @Override
    INDArray[] labels(TextBatches batches, int n) {
      return CLASS.labels(batches, n);
    }
  },
  /** What is it in the other language? A text is that and its translation, a tab between. */
  TRANSLATION {
    @Override
    INDArray[] labels(TextBatches batches, int n) {
      return batches.pieces(n);
    }

    @Override
    int choices(List<String> labels) {
      return 1;
    }
  },
  /** Which number? */
  NUMBER {
    @Override
    INDArray[] labels(TextBatches batches, int n) {
      return new INDArray[] {batches.reals(n), null};
    }

    @Override
    int choices(List<String> labels) {
      return 1;
    }
  };

  /**
   * Labels of the next texts and their mask, which is null where every label counts.
   *
   * @param n number of the texts
   */
  abstract INDArray[] labels(TextBatches batches, int n);

  /** How many numbers a label can be. */
  int choices(List<String> labels) {
    return labels.size();
  }
}
