package org.qat4j.qat.internal;

/** What does the same as a layer that cannot be quantized, or comes near to it. */
final class Instead {
  private Instead() {}

  /** With a semicolon behind it; empty where there is nothing to say. */
  static String of(String type) {
    String found =
        switch (type) {
          case "GravesBidirectionalLSTM" ->
              "new Bidirectional(Bidirectional.Mode.ADD, new GravesLSTM.Builder()…) answers the"
                  + " same with WF, RWF and bF as fW, fRW and fb, and WB, RWB and bB as bW, bRW and"
                  + " bb";
          case "VariationalAutoencoder" ->
              "what it hands on are dense layers: a DenseLayer for each of its encoderLayerSizes"
                  + " with e0W and e0b, e1W and e1b and so on, then one with pZXMeanW and pZXMeanb"
                  + " and the function pzxActivationFunction";
          case "AutoEncoder" -> "a DenseLayer with its W and b hands on the same";
          case "LocalResponseNormalization" ->
              "it takes powers of sums, which codes have no form of; a BatchNormalization in its"
                  + " place is exact";
          case "PReLULayer" -> "an ActivationLayer with leakyrelu, one slope for all channels, is";
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
