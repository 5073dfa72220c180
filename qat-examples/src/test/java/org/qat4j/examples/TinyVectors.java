package org.qat4j.examples;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.dataset.adapter.SingletonMultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.qat4j.format.ModelFile;
import org.qat4j.layers.FastLayers;
import org.qat4j.layers.LayerNormLayer;
import org.qat4j.model.TextInput;
import org.qat4j.qat.FreezeInfo;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.text.WordEncoder;

/** A small random encoder that makes a vector of a bag of words. */
final class TinyVectors {
  static final int CHANNELS = 8;
  private static final int LENGTH = 6;

  private TinyVectors() {}

  static void write(Path file, String... words) {
    WordEncoder encoder = new WordEncoder(List.of(words), LENGTH, true, false, false);
    ComputationGraph network =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .seed(5)
                .graphBuilder()
                .addInputs("ids")
                .addLayer(
                    "words",
                    FastLayers.of(
                        new EmbeddingSequenceLayer.Builder()
                            .nIn(encoder.vocabularySize())
                            .nOut(CHANNELS)
                            .activation(Activation.IDENTITY)
                            .build()),
                    "ids")
                .addLayer("norm", new LayerNormLayer(CHANNELS), "words")
                .addLayer("mean", new GlobalPoolingLayer(PoolingType.AVG), "norm")
                .addLayer(
                    "out",
                    new LossLayer.Builder(LossFunction.COSINE_PROXIMITY)
                        .activation(Activation.IDENTITY)
                        .build(),
                    "mean")
                .setOutputs("out")
                .build());
    network.init();
    INDArray ids = Nd4j.create(32, LENGTH);
    Random random = new Random(5);
    for (int i = 0; i < ids.length(); i++) {
      ids.putScalar(i, i % LENGTH < 3 ? 1 + random.nextInt(encoder.vocabularySize() - 1) : 0);
    }
    INDArray mask = ids.neq(0).castTo(ids.dataType());
    MultiDataSet batch =
        new MultiDataSet(
            new INDArray[] {ids},
            new INDArray[] {Nd4j.zeros(32, CHANNELS)},
            new INDArray[] {mask},
            null);
    QatNetwork qat = Qat.prepare(network, QuantSpec.int8());
    qat.calibrate(new SingletonMultiDataSetIterator(batch), 1);
    List<TextInput> text = List.of(new TextInput("ids", encoder));
    ModelFile.write(qat.freeze(new FreezeInfo("vectors", text, List.of(), Map.of()), ids), file);
  }
}
