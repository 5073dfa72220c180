package org.qat4j.layertable;

import static org.qat4j.layertable.NetworkCase.VECTOR;
import static org.qat4j.layertable.NetworkCase.sequences;
import static org.qat4j.layertable.NetworkCase.stack;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1D;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GravesBidirectionalLSTM;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LearnedSelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.LocallyConnected1D;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RecurrentAttentionLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SelfAttentionLayer;
import org.deeplearning4j.nn.conf.layers.Subsampling1DLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling1D;
import org.deeplearning4j.nn.conf.layers.ZeroPadding1DLayer;
import org.deeplearning4j.nn.conf.layers.convolutional.Cropping1D;
import org.deeplearning4j.nn.conf.layers.misc.RepeatVector;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskLayer;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Rows of docs/networks.md: networks over time, and of tokens. */
@SuppressWarnings({"deprecation", "rawtypes", "NonCanonicalType"}) // names and builders of DL4J
final class SequenceNetworks {
  private static final Layer OUT = Nets.output();
  private static final Layer MEAN = Nets.global(PoolingType.AVG);

  private SequenceNetworks() {}

  private static LSTM lstm(Activation f) {
    return new LSTM.Builder().nOut(5).activation(f).build();
  }

  private static Layer simple(Activation f) {
    return new SimpleRnn.Builder().nOut(5).activation(f).build();
  }

  /** A sequence, a convolution, the layers, the mean of each channel, an output layer. */
  private static NetworkCase sequence(String name, Layer... layers) {
    Layer[] all = new Layer[layers.length + 3];
    all[0] = Nets.conv(4, 3, Activation.TANH);
    System.arraycopy(layers, 0, all, 1, layers.length);
    all[layers.length + 1] = MEAN;
    all[layers.length + 2] = OUT;
    return sequences(name, all);
  }

  private static RnnOutputLayer steps(LossFunction loss, Activation f) {
    return new RnnOutputLayer.Builder(loss).nOut(3).activation(f).build();
  }

  static List<NetworkCase> recurrent() {
    List<NetworkCase> all = new ArrayList<>();
    RnnOutputLayer steps = steps(LossFunction.MCXENT, Activation.SOFTMAX);
    all.add(sequences("LSTM, a class for each step", lstm(Activation.TANH), steps));
    all.add(sequences("two LSTMs", lstm(Activation.TANH), lstm(Activation.TANH), steps));
    for (Activation f :
        List.of(
            Activation.SOFTSIGN,
            Activation.RELU,
            Activation.HARDTANH,
            Activation.SIGMOID,
            Activation.IDENTITY)) {
      all.add(sequences("LSTM of " + f, lstm(f), MEAN, OUT));
      all.add(sequences("SimpleRnn of " + f, simple(f), MEAN, OUT));
    }
    all.add(
        sequences(
            "LSTM with gates of HARDSIGMOID",
            new LSTM.Builder()
                .nOut(4)
                .activation(Activation.TANH)
                .gateActivationFunction(Activation.HARDSIGMOID)
                .build(),
            MEAN,
            OUT));
    all.add(
        sequences(
            "LSTM with dropout",
            new LSTM.Builder().nOut(4).activation(Activation.TANH).dropOut(0.7).build(),
            MEAN,
            OUT));
    all.add(sequences("SimpleRnn", simple(Activation.TANH), MEAN, OUT));
    all.add(
        sequences(
            "SimpleRnn with layer normalization",
            new SimpleRnn.Builder().nOut(4).activation(Activation.TANH).hasLayerNorm(true).build(),
            MEAN,
            OUT));
    all.add(
        sequences(
            "GravesLSTM",
            new GravesLSTM.Builder().nOut(4).activation(Activation.TANH).build(),
            MEAN,
            OUT));
    all.add(
        sequences(
            "GravesBidirectionalLSTM",
            new GravesBidirectionalLSTM.Builder().nOut(4).activation(Activation.TANH).build(),
            MEAN,
            OUT));
    for (Bidirectional.Mode mode : Bidirectional.Mode.values()) {
      all.add(
          sequences(
              "two directions, " + mode,
              new Bidirectional(mode, lstm(Activation.TANH)),
              MEAN,
              OUT));
    }
    all.add(
        sequences(
            "two directions into a dense layer",
            new Bidirectional(simple(Activation.TANH)),
            Nets.dense(4, Activation.RELU),
            OUT));
    all.add(sequences("the last step", new LastTimeStep(lstm(Activation.TANH)), OUT));
    all.add(
        sequences(
            "the last step of two directions",
            new LastTimeStep(new Bidirectional(lstm(Activation.TANH))),
            OUT));
    all.add(
        sequences(
            "steps of zeros are masked", new MaskZeroLayer(lstm(Activation.TANH), 0), MEAN, OUT));
    all.add(
        sequences("a layer that applies masks", lstm(Activation.TANH), new MaskLayer(), MEAN, OUT));
    all.add(
        sequences(
            "dense at each step (TimeDistributed)",
            lstm(Activation.TANH),
            new TimeDistributed(Nets.dense(4, Activation.RELU), RNNFormat.NCW),
            MEAN,
            OUT));
    all.add(
        sequences(
            "dense at each step", lstm(Activation.TANH), Nets.dense(4, Activation.RELU), steps));
    all.add(
        stack(
            "a vector repeated for an LSTM",
            VECTOR,
            Nets.dense(4, Activation.TANH),
            new RepeatVector.Builder(3).build(),
            lstm(Activation.TANH),
            MEAN,
            OUT));
    all.add(
        stack(
            "steps before channels",
            InputType.recurrent(Nets.CHANNELS, Nets.STEPS, RNNFormat.NWC),
            new LastTimeStep(
                new LSTM.Builder()
                    .nOut(4)
                    .activation(Activation.TANH)
                    .dataFormat(RNNFormat.NWC)
                    .build()),
            OUT));
    all.add(
        sequences(
            "numbers at each step",
            lstm(Activation.TANH),
            steps(LossFunction.MSE, Activation.IDENTITY)));
    all.add(
        sequences(
            "labels at each step",
            lstm(Activation.TANH),
            steps(LossFunction.XENT, Activation.SIGMOID)));
    all.add(sequences("an output layer at each step", lstm(Activation.TANH), OUT));
    all.add(
        sequences(
            "a loss at each step",
            lstm(Activation.TANH),
            Nets.conv(3, 1, Activation.IDENTITY),
            new RnnLossLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).build()));
    all.add(
        sequences(
            "a loss right behind an LSTM",
            lstm(Activation.TANH),
            new RnnLossLayer.Builder(LossFunction.MSE).activation(Activation.IDENTITY).build()));
    all.add(
        sequences(
            "self-attention of DL4J",
            new SelfAttentionLayer.Builder().nOut(4).nHeads(2).projectInput(true).build(),
            MEAN,
            OUT));
    all.add(
        sequences(
            "learned self-attention of DL4J",
            new LearnedSelfAttentionLayer.Builder()
                .nOut(4)
                .nHeads(2)
                .nQueries(2)
                .projectInput(true)
                .build(),
            MEAN,
            OUT));
    all.add(
        sequences(
            "recurrent attention of DL4J",
            new RecurrentAttentionLayer.Builder()
                .nIn(Nets.CHANNELS)
                .nOut(4)
                .nHeads(1)
                .projectInput(true)
                .hasBias(true)
                .activation(Activation.TANH)
                .build(),
            MEAN,
            OUT));
    return all;
  }

  static List<NetworkCase> overTime() {
    List<NetworkCase> all = new ArrayList<>();
    for (ConvolutionMode mode :
        List.of(ConvolutionMode.Truncate, ConvolutionMode.Same, ConvolutionMode.Causal)) {
      all.add(
          sequence(
              "convolution over time, " + mode,
              new Convolution1DLayer.Builder(3)
                  .nOut(5)
                  .convolutionMode(mode)
                  .activation(Activation.RELU)
                  .build()));
    }
    all.add(
        sequence(
            "convolution over time with stride and dilation",
            new Convolution1DLayer.Builder(2)
                .nOut(5)
                .stride(2)
                .dilation(2)
                .activation(Activation.RELU)
                .build()));
    all.add(
        sequences(
            "Convolution1D by name",
            new Convolution1D.Builder(2).nOut(3).activation(Activation.RELU).build(),
            MEAN,
            OUT));
    for (SubsamplingLayer.PoolingType type : SubsamplingLayer.PoolingType.values()) {
      all.add(sequence("pooling over time, " + type, pool(type).build()));
    }
    for (SubsamplingLayer.PoolingType type :
        List.of(SubsamplingLayer.PoolingType.MAX, SubsamplingLayer.PoolingType.AVG)) {
      all.add(
          sequence(
              "pooling over time, " + type + ", of windows longer than the sequence",
              pool(type).kernelSize(Nets.STEPS).stride(6).build()));
    }
    all.add(
        sequence(
            "convolution over time, of windows longer than the sequence",
            new Convolution1DLayer.Builder(Nets.STEPS)
                .stride(6)
                .nOut(3)
                .activation(Activation.RELU)
                .build()));
    all.add(
        sequence(
            "pooling over time, MAX, Same",
            pool(SubsamplingLayer.PoolingType.MAX).convolutionMode(ConvolutionMode.Same).build()));
    all.add(
        sequence(
            "pooling over time, AVG, padded",
            pool(SubsamplingLayer.PoolingType.AVG).padding(1).build()));
    for (PoolingType type : PoolingType.values()) {
      all.add(
          sequences(
              "global pooling over time, " + type,
              Nets.conv(4, 3, Activation.TANH),
              new org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer.Builder(type)
                  .pnorm(2)
                  .build(),
              OUT));
    }
    all.add(sequence("padding over time", new ZeroPadding1DLayer.Builder(2, 1).build()));
    all.add(sequence("cropping over time", new Cropping1D.Builder(1, 2).build()));
    all.add(sequence("upsampling over time", new Upsampling1D.Builder(2).build()));
    all.add(
        sequence(
            "locally connected over time",
            new LocallyConnected1D.Builder()
                .kernelSize(2)
                .stride(1)
                .setInputSize(Nets.STEPS - 2)
                .nOut(3)
                .activation(Activation.RELU)
                .build()));
    all.add(sequence("activation over time", new ActivationLayer(Activation.SWISH)));
    return all;
  }

  private static Subsampling1DLayer.Builder pool(SubsamplingLayer.PoolingType type) {
    return new Subsampling1DLayer.Builder(type).kernelSize(2).stride(2).pnorm(2);
  }

  static List<NetworkCase> tokens() {
    List<NetworkCase> all = new ArrayList<>();
    InputType ids = InputType.recurrent(Nets.VOCABULARY, Nets.STEPS);
    all.add(
        stack("embedding, LSTM", ids, embedding().build(), lstm(Activation.TANH), MEAN, OUT)
            .reading(SequenceNetworks::ids));
    all.add(
        stack(
                "embedding, convolution",
                ids,
                embedding().build(),
                Nets.conv(4, 3, Activation.RELU),
                Nets.global(PoolingType.MAX),
                OUT)
            .reading(SequenceNetworks::ids));
    all.add(
        stack(
                "embedding of ids as [n, 1, t]",
                ids,
                embedding().build(),
                Nets.conv(4, 3, Activation.RELU),
                Nets.global(PoolingType.MAX),
                OUT)
            .reading(() -> ids().reshape(NetworkCase.EXAMPLES, 1, Nets.STEPS)));
    all.add(
        stack("embedding of integers", ids, embedding().build(), MEAN, OUT)
            .reading(() -> ids().castTo(DataType.INT32)));
    all.add(
        stack("embedding with bias", ids, embedding().hasBias(true).build(), MEAN, OUT)
            .reading(SequenceNetworks::ids));
    all.add(
        stack(
                "embedding with a function",
                ids,
                embedding().activation(Activation.TANH).build(),
                MEAN,
                OUT)
            .reading(SequenceNetworks::ids));
    return all;
  }

  private static EmbeddingSequenceLayer.Builder embedding() {
    return new EmbeddingSequenceLayer.Builder()
        .nIn(Nets.VOCABULARY)
        .nOut(4)
        .inputLength(Nets.STEPS);
  }

  private static INDArray ids() {
    return Nets.ids(new Random(2), DataType.FLOAT, NetworkCase.EXAMPLES, Nets.STEPS);
  }
}
