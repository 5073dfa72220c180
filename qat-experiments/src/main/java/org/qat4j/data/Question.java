package org.qat4j.data;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What is asked of a text, and what the labels of a batch are therefore. */
public enum Question {
  /** Which class? */
  CLASS {
    @Override
    INDArray[] labels(LabelArrays arrays, int[] texts, int cut) {
      return new INDArray[] {arrays.classes(texts), null};
    }
  },
  /** Which tag has each token? */
  TAGS {
    @Override
    INDArray[] labels(LabelArrays arrays, int[] texts, int cut) {
      return new INDArray[] {arrays.tags(texts, cut), arrays.mask(texts, cut)};
    }
  },
  /** How probable is the last class, the right one, against the other texts of the group? */
  RANKING {
    @Override
    INDArray[] labels(LabelArrays arrays, int[] texts, int cut) {
      return CLASS.labels(arrays, texts, cut);
    }
  },
  /** What is it in the other language? A text is that and its translation, a tab between. */
  TRANSLATION {
    @Override
    INDArray[] labels(LabelArrays arrays, int[] texts, int cut) {
      return arrays.pieces(texts, cut);
    }

    @Override
    int choices(List<String> labels) {
      return 1;
    }
  },
  /**
   * Which vector? A network learns those of another one; texts of one group belong together and
   * have a number, how much they mean the same.
   */
  VECTOR {
    @Override
    INDArray[] labels(LabelArrays arrays, int[] texts, int cut) {
      return NUMBER.labels(arrays, texts, cut); // a teacher puts its vectors in their place
    }

    @Override
    int choices(List<String> labels) {
      return 1;
    }
  },
  /** Which number? */
  NUMBER {
    @Override
    INDArray[] labels(LabelArrays arrays, int[] texts, int cut) {
      return new INDArray[] {arrays.reals(texts), null};
    }

    @Override
    int choices(List<String> labels) {
      return 1;
    }
  };

  /**
   * Labels of some texts and their mask, which is null where every label counts.
   *
   * @param arrays that they are taken of
   * @param texts their numbers
   * @param cut steps of the first input that are cut off
   */
  abstract INDArray[] labels(LabelArrays arrays, int[] texts, int cut);

  /** How many numbers a label can be. */
  int choices(List<String> labels) {
    return labels.size();
  }
}
