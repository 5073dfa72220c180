package org.qat4j.layertable;

import static org.qat4j.layertable.NetworkCase.VECTOR;
import static org.qat4j.layertable.NetworkCase.stack;
import static org.qat4j.layertable.NetworkCase.vectors;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.constraint.MaxNormConstraint;
import org.deeplearning4j.nn.conf.constraint.NonNegativeConstraint;
import org.deeplearning4j.nn.conf.dropout.AlphaDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianDropout;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PReLULayer;
import org.deeplearning4j.nn.conf.layers.misc.ElementWiseMultiplicationLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.variational.VariationalAutoencoder;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.conf.weightnoise.WeightNoise;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMixtureDensity;

/** Rows of docs/networks.md: networks of vectors, ways of training, and answers. */
final class VectorNetworks {
  private VectorNetworks() {}

  static List<NetworkCase> layers() {
    List<NetworkCase> all = new ArrayList<>();
    Layer first = Nets.dense(8, Activation.TANH);
    Layer out = Nets.output();
    all.add(vectors("dense layers", first, Nets.dense(6, Activation.RELU), out));
    all.add(vectors("an output layer alone", out));
    all.add(vectors("dense without bias", first, dense().hasBias(false).build(), out));
    all.add(
        vectors("dense with layer normalization", first, dense().hasLayerNorm(true).build(), out));
    for (Activation f : Activation.values()) {
      all.add(vectors("dense with " + f, first, Nets.dense(6, f), out));
    }
    all.add(
        vectors(
            "an activation behind a dense layer", first, new ActivationLayer(Activation.ELU), out));
    all.add(vectors("softmax within", first, new ActivationLayer(Activation.SOFTMAX), out));
    all.add(
        vectors(
            "leaky relu of a slope of its own",
            first,
            new ActivationLayer(new org.nd4j.linalg.activations.impl.ActivationLReLU(0.3)),
            out));
    all.add(vectors("PReLU", first, new PReLULayer.Builder().inputShape(8).build(), out));
    all.add(
        vectors(
            "batch normalization",
            Nets.dense(8, Activation.IDENTITY),
            new BatchNormalization(),
            new ActivationLayer(Activation.RELU),
            out));
    all.add(vectors("batch normalization first", new BatchNormalization(), first, out));
    all.add(
        vectors(
            "batch normalization behind a function, γ and β locked",
            first,
            new BatchNormalization.Builder().lockGammaBeta(true).build(),
            out));
    all.add(vectors("dropout layer", first, new DropoutLayer(0.8), out));
    all.add(vectors("dropout of what a layer reads", first, dense().dropOut(0.7).build(), out));
    all.add(
        vectors(
            "alpha dropout",
            first,
            dense().activation(Activation.SELU).dropOut(new AlphaDropout(0.8)).build(),
            out));
    all.add(
        vectors("Gaussian dropout", first, dense().dropOut(new GaussianDropout(0.5)).build(), out));
    all.add(vectors("Gaussian noise", first, dense().dropOut(new GaussianNoise(0.1)).build(), out));
    all.add(
        vectors(
            "multiplication of each channel by a weight",
            first,
            new ElementWiseMultiplicationLayer.Builder()
                .nIn(8)
                .nOut(8)
                .activation(Activation.TANH)
                .build(),
            out));
    all.add(
        vectors(
            "autoencoder",
            first,
            new AutoEncoder.Builder().nOut(5).activation(Activation.SIGMOID).build(),
            out));
    all.add(
        vectors(
            "variational autoencoder",
            first,
            new VariationalAutoencoder.Builder()
                .encoderLayerSizes(6)
                .decoderLayerSizes(6)
                .nOut(4)
                .activation(Activation.TANH)
                .build(),
            out));
    all.add(vectors("a frozen layer", new FrozenLayer(first.clone()), out));
    all.add(
        vectors(
            "a frozen layer that hands gradients down",
            first,
            new FrozenLayerWithBackprop(Nets.dense(6, Activation.TANH)),
            out));
    all.add(
        stack(
                "a category",
                InputType.feedForward(20),
                new EmbeddingLayer.Builder().nIn(20).nOut(4).build(),
                out)
            .reading(VectorNetworks::ids));
    all.add(
        stack(
                "a category with bias and function",
                InputType.feedForward(20),
                new EmbeddingLayer.Builder()
                    .nIn(20)
                    .nOut(4)
                    .hasBias(true)
                    .activation(Activation.TANH)
                    .build(),
                out)
            .reading(VectorNetworks::ids));
    all.add(
        vectors("features that are integers", first, out)
            .reading(() -> NetworkCase.drawn(VECTOR)[0].mul(3).castTo(DataType.INT32)));
    all.add(
        vectors("features in double precision", first, out)
            .reading(() -> NetworkCase.drawn(VECTOR)[0].castTo(DataType.DOUBLE)));
    all.add(
        stack("a network in half precision", Nets.builder(DataType.FLOAT16), VECTOR, first, out));
    all.add(
        stack("a network in double precision", Nets.builder(DataType.DOUBLE), VECTOR, first, out));
    return all;
  }

  private static INDArray ids() {
    return Nets.ids(new Random(2), DataType.FLOAT, NetworkCase.EXAMPLES, 1);
  }

  private static DenseLayer.Builder dense() {
    return new DenseLayer.Builder().nOut(6).activation(Activation.RELU);
  }

  static List<NetworkCase> training() {
    List<NetworkCase> all = new ArrayList<>();
    all.add(with("L1, L2 and weight decay", plain().l1(0.01).l2(0.01).weightDecay(0.01)));
    all.add(
        with(
            "gradients clipped",
            plain()
                .gradientNormalization(GradientNormalization.ClipElementWiseAbsoluteValue)
                .gradientNormalizationThreshold(0.1)));
    all.add(
        with(
            "constraints of weights",
            plain().constrainWeights(new MaxNormConstraint(1, 1), new NonNegativeConstraint())));
    all.add(with("weights that begin uniform", plain().weightInit(WeightInit.UNIFORM)));
    for (IUpdater updater :
        List.of(new Sgd(0.1), new Nesterovs(0.1), new AdaGrad(0.1), new RmsProp(0.01))) {
      all.add(with("updater " + updater.getClass().getSimpleName(), plain().updater(updater)));
    }
    for (OptimizationAlgorithm how : OptimizationAlgorithm.values()) {
      if (how != OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT) {
        all.add(with("optimization by " + how, plain().optimizationAlgo(how)));
      }
    }
    all.add(with("DropConnect", plain().weightNoise(new DropConnect(0.8))));
    all.add(
        with(
            "weight noise",
            plain()
                .weightNoise(
                    new WeightNoise(
                        new org.deeplearning4j.nn.conf.distribution.NormalDistribution(0, 0.1)))));
    return all;
  }

  private static NeuralNetConfiguration.Builder plain() {
    return Nets.builder(DataType.FLOAT);
  }

  private static NetworkCase with(String name, NeuralNetConfiguration.Builder builder) {
    return stack(name, builder, VECTOR, Nets.dense(8, Activation.TANH), Nets.output());
  }

  static List<NetworkCase> answers() {
    List<NetworkCase> all = new ArrayList<>();
    for (LossFunction loss : LossFunction.values()) {
      Activation f =
          switch (loss) {
            case XENT, RECONSTRUCTION_CROSSENTROPY -> Activation.SIGMOID;
            case MCXENT, SPARSE_MCXENT, NEGATIVELOGLIKELIHOOD, KL_DIVERGENCE -> Activation.SOFTMAX;
            case HINGE, SQUARED_HINGE -> Activation.TANH;
            case POISSON, MEAN_SQUARED_LOGARITHMIC_ERROR -> Activation.RELU;
            default -> Activation.IDENTITY;
          };
      NetworkCase one = answer(loss + " of " + f, output(loss, f));
      switch (loss) {
        case SPARSE_MCXENT -> all.add(one.answering(() -> Nd4j.ones(NetworkCase.EXAMPLES, 1)));
        case MEAN_ABSOLUTE_PERCENTAGE_ERROR -> // divides by the labels
            all.add(one.answering(() -> Nd4j.ones(NetworkCase.EXAMPLES, 3)));
        default -> all.add(one);
      }
    }
    ILossFunction mixture = LossMixtureDensity.builder().gaussians(2).labelWidth(1).build();
    all.add(
        answer(
                "a mixture of densities",
                new OutputLayer.Builder(mixture).nOut(6).activation(Activation.IDENTITY).build())
            .answering(() -> Nd4j.ones(NetworkCase.EXAMPLES, 1)));
    for (Activation f : Activation.values()) {
      all.add(answer("answers of " + f, output(LossFunction.MSE, f)));
    }
    all.add(
        answer(
            "center loss",
            new CenterLossOutputLayer.Builder(LossFunction.MCXENT)
                .nOut(3)
                .activation(Activation.SOFTMAX)
                .build()));
    all.add(
        answer(
            "one-class output",
            new OCNNOutputLayer.Builder()
                .hiddenLayerSize(4)
                .nu(0.1)
                .windowSize(10)
                .activation(Activation.SIGMOID.getActivationFunction())
                .build()));
    Layer loss = new LossLayer.Builder(LossFunction.MSE).activation(Activation.IDENTITY).build();
    Layer softmax =
        new LossLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).build();
    Layer logits = Nets.dense(3, Activation.IDENTITY);
    all.add(answer("a loss behind logits", logits, softmax));
    all.add(
        answer(
            "a loss behind softmax",
            logits,
            new ActivationLayer(Activation.SOFTMAX),
            new LossLayer.Builder(LossFunction.MCXENT).activation(Activation.IDENTITY).build()));
    all.add(
        answer(
            "a loss behind softmax of a dense layer",
            Nets.dense(3, Activation.SOFTMAX),
            new LossLayer.Builder(LossFunction.MCXENT).activation(Activation.IDENTITY).build()));
    all.add(answer("a loss behind relu", Nets.dense(3, Activation.RELU), loss));
    all.add(
        answer("a loss behind an activation", logits, new ActivationLayer(Activation.TANH), loss));
    all.add(
        answer(
            "a sigmoid loss behind relu",
            Nets.dense(3, Activation.RELU),
            new LossLayer.Builder(LossFunction.XENT).activation(Activation.SIGMOID).build()));
    all.add(
        answer("a softmax loss behind normalization", logits, new BatchNormalization(), softmax));
    all.add(answer("a loss behind dropout", logits, new DropoutLayer(0.8), softmax));
    all.add(vectors("a loss alone", softmax));
    return all;
  }

  private static NetworkCase answer(String name, Layer... last) {
    Layer[] layers = new Layer[last.length + 1];
    layers[0] = Nets.dense(8, Activation.TANH);
    System.arraycopy(last, 0, layers, 1, last.length);
    return stack(name, InputType.feedForward(Nets.FEATURES), layers);
  }

  private static Layer output(LossFunction loss, Activation f) {
    return new OutputLayer.Builder(loss).nOut(3).activation(f).build();
  }
}
