package org.qat4j.qat.internal;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.conf.graph.SubsetVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping2D;
import org.qat4j.graph.internal.Topology;
import org.qat4j.model.IntVector;

/** Layers that move codes: which places of their input they hand on. */
final class Places {
  private Places() {}

  /**
   * For each dimension the places of the input, −1 for real 0; null where all stay as they are.
   *
   * @param shape of the input, channels last
   */
  static List<IntVector> of(Topology.Node node, List<Integer> shape) {
    List<IntVector> places = new ArrayList<>(Collections.nCopies(shape.size(), null));
    Object what = node.layer() == null ? node.vertex() : node.layer();
    if (what instanceof SubsetVertex subset) {
      int last = shape.size() - 1;
      places.set(last, range(subset.getFrom(), subset.getTo() + 1, shape.get(last)));
    } else if (what instanceof ReverseTimeSeriesVertex) {
      int last = shape.get(0) - 1;
      places.set(0, IntVector.of(IntStream.rangeClosed(0, last).map(i -> last - i).toArray()));
    } else if (what instanceof ZeroPaddingLayer pad) {
      int[] p = pad.getPadding();
      places.set(0, range(-p[0], shape.get(0) + p[1], shape.get(0)));
      places.set(1, range(-p[2], shape.get(1) + p[3], shape.get(1)));
    } else if (what instanceof ZeroPadding1DLayer pad) {
      int[] p = pad.getPadding();
      places.set(0, range(-p[0], shape.get(0) + p[1], shape.get(0)));
    } else if (what instanceof Cropping2D crop) {
      int[] c = crop.getCropping();
      places.set(0, range(c[0], shape.get(0) - c[1], shape.get(0)));
      places.set(1, range(c[2], shape.get(1) - c[3], shape.get(1)));
    } else if (what instanceof Cropping1D crop) {
      int[] c = crop.getCropping();
      places.set(0, range(c[0], shape.get(0) - c[1], shape.get(0)));
    } else if (what instanceof Upsampling2D up) {
      places.set(0, repeated(shape.get(0), up.getSize()[0]));
      places.set(1, repeated(shape.get(1), up.getSize()[1]));
    } else if (what instanceof Upsampling1D up) {
      places.set(0, repeated(shape.get(0), up.getSize()[0]));
    }
    return places;
  }

  /** From {@code from} to before {@code until}; −1 outside of the input's size. */
  private static IntVector range(int from, int until, int size) {
    int[] places = IntStream.range(from, until).map(i -> i < 0 || i >= size ? -1 : i).toArray();
    return IntVector.of(places);
  }

  private static IntVector repeated(int size, int times) {
    return IntVector.of(IntStream.range(0, size * times).map(i -> i / times).toArray());
  }
}
