package org.qat4j.qat.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToFeedForwardPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.CnnToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.ComposableInputPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToCnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.FeedForwardToRnnPreProcessor;
import org.deeplearning4j.nn.conf.preprocessor.RnnToFeedForwardPreProcessor;
import org.qat4j.layers.FlattenPreProcessor;
import org.qat4j.model.IntVector;
import org.qat4j.model.Op;

/**
 * What DL4J's preprocessors and reshaping vertices do to values: they read them row by row,
 * channels first, in another shape. Shapes here are those of the model, channels last.
 */
final class Layouts {
  private Layouts() {}

  /** Whether a preprocessor has a form in the model. */
  static boolean supports(InputPreProcessor pre) {
    return pre instanceof ComposableInputPreProcessor all
        ? List.of(all.getInputPreProcessors()).stream().allMatch(Layouts::supports)
        : pre instanceof FlattenPreProcessor
            || pre instanceof CnnToFeedForwardPreProcessor
            || pre instanceof FeedForwardToCnnPreProcessor
            || pre instanceof CnnToRnnPreProcessor
            || pre instanceof RnnToFeedForwardPreProcessor
            || pre instanceof FeedForwardToRnnPreProcessor;
  }

  /** Shape of what a preprocessor makes of values of a shape. */
  static List<Integer> shape(InputPreProcessor pre, List<Integer> in) {
    int size = in.stream().reduce(1, (a, b) -> a * b);
    if (pre instanceof ComposableInputPreProcessor all) {
      List<Integer> shape = in;
      for (InputPreProcessor one : all.getInputPreProcessors()) {
        shape = shape(one, shape);
      }
      return shape;
    } else if (pre instanceof FeedForwardToCnnPreProcessor image && in.size() == 1) {
      return List.of(
          (int) image.getInputHeight(), (int) image.getInputWidth(), (int) image.getNumChannels());
    } else if (pre instanceof CnnToFeedForwardPreProcessor || pre instanceof FlattenPreProcessor) {
      return List.of(size);
    } else if (pre instanceof CnnToRnnPreProcessor
        || (pre instanceof FeedForwardToRnnPreProcessor && in.size() == 1)) {
      return List.of(1, size); // one step
    }
    return in;
  }

  /**
   * Operations from one shape to another; the last one bears the name.
   *
   * @param x name of the value
   */
  static List<Op> between(String name, String x, List<Integer> from, List<Integer> to) {
    List<Op> ops = new ArrayList<>();
    String value = x;
    if (!isChannelsFirst(from)) {
      value = name + "/planes";
      ops.add(new Op.Transpose(value, x, firstIsLast(from.size())));
    }
    if (isChannelsFirst(to)) {
      ops.add(new Op.Reshape(name, value, IntVector.of(to)));
      return ops;
    }
    List<Integer> planes = new ArrayList<>(to);
    planes.add(0, planes.remove(planes.size() - 1));
    ops.add(new Op.Reshape(name + "/rows", value, IntVector.of(planes)));
    int[] last = IntStream.range(1, to.size() + 1).map(i -> i % to.size()).toArray();
    ops.add(new Op.Transpose(name, name + "/rows", IntVector.of(last)));
    return ops;
  }

  /** Whether the order of values is the same with channels first. */
  private static boolean isChannelsFirst(List<Integer> shape) {
    int channels = shape.get(shape.size() - 1);
    int places = shape.stream().reduce(1, (a, b) -> a * b) / channels;
    return channels == 1 || places == 1;
  }

  private static IntVector firstIsLast(int rank) {
    return IntVector.of(IntStream.range(0, rank).map(i -> (i + rank - 1) % rank).toArray());
  }
}
