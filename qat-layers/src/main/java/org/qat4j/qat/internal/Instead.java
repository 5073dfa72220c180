package org.qat4j.qat.internal;

/** What does the same as a layer that cannot be quantized, or comes near to it. */
final class Instead {
  private Instead() {}

  /** With a semicolon behind it; empty where there is nothing to say. */
  static String of(String type) {
    String found =
        switch (type) {
          case "LocalResponseNormalization" ->
              "it divides by a sum of squares to the power 0.75, and no power is rounded alike in"
                  + " Java and in ONNX Runtime; a BatchNormalization in its place is exact";
          case "Convolution3D",
              "Deconvolution3D",
              "Subsampling3DLayer",
              "Upsampling3D",
              "ZeroPadding3DLayer",
              "Cropping3D" ->
              "values have two dimensions and channels at most; the same layers over images are";
          case "Yolo2OutputLayer" ->
              "end the network in front of it, in a CnnLossLayer, for a model whose boxes are"
                  + " computed outside";
          default -> "";
        };
    return found.isEmpty() ? "" : found + "; ";
  }

  /** Of a layer that is made with SameDiff. */
  static String ofSameDiff(String type) {
    return switch (type) {
      case "SelfAttentionLayer", "LearnedSelfAttentionLayer", "RecurrentAttentionLayer" ->
          "for attention there is org.qat4j.layers.MultiHeadAttentionLayer";
      case "LocallyConnected1D", "LocallyConnected2D" ->
          "a convolution shares its weights among all places: Convolution1DLayer, ConvolutionLayer";
      default -> "a layer of your own is quantized that implements org.qat4j.layers.own.OwnLayer";
    };
  }
}
