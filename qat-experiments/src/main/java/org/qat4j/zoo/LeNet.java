package org.qat4j.zoo;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A small network for images in the manner of LeNet-5, as a user might have it in a file. */
public final class LeNet {
  private LeNet() {}

  /** For images of {@code size} × {@code size} pixels in one plane, given as one row. */
  public static Model create(int size, int classes, long seed) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(seed)
                .updater(new Adam(1e-3))
                .weightInit(WeightInit.XAVIER)
                .activation(Activation.IDENTITY)
                .list()
                .layer(new ConvolutionLayer.Builder(5, 5).name("conv1").nOut(8).build())
                .layer(new BatchNormalization.Builder().name("norm1").build())
                .layer(activation("relu1"))
                .layer(pooling("pool1", SubsamplingLayer.PoolingType.MAX))
                .layer(
                    new ConvolutionLayer.Builder(3, 3)
                        .name("conv2")
                        .nOut(16)
                        .activation(Activation.RELU)
                        .build())
                .layer(pooling("pool2", SubsamplingLayer.PoolingType.AVG))
                .layer(
                    new DenseLayer.Builder()
                        .name("dense")
                        .nOut(32)
                        .activation(Activation.RELU)
                        .build())
                .layer(
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .name("out")
                        .nOut(classes)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutionalFlat(size, size, 1))
                .build());
    network.init();
    return network;
  }

  private static ActivationLayer activation(String name) {
    return new ActivationLayer.Builder().name(name).activation(Activation.RELU).build();
  }

  private static SubsamplingLayer pooling(String name, SubsamplingLayer.PoolingType type) {
    return new SubsamplingLayer.Builder(type).name(name).kernelSize(2, 2).stride(2, 2).build();
  }
}
