package org.qat4j.encoder;

import java.util.Arrays;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.model.TextInput;

/** Networks that end in hidden states. */
final class EncoderGraphs {
  private EncoderGraphs() {}

  static ComputationGraph hidden(EncoderNetwork network) {
    GraphBuilder graph = new NeuralNetConfiguration.Builder().seed(1).graphBuilder();
    String last = network.addTo(graph);
    graph.addLayer("hidden", new ActivationLayer(Activation.IDENTITY), last).setOutputs("hidden");
    ComputationGraph made = new ComputationGraph(graph.build());
    made.init();
    return made;
  }

  /** [1, channels, t] of a text. */
  static INDArray run(ComputationGraph graph, EncoderNetwork network, String text, INDArray mask) {
    INDArray[] inputs =
        network.text().stream()
            .map(TextInput::encoder)
            .map(e -> e.encode(text))
            .map(ids -> Nd4j.createFromArray(new int[][] {ids}).castTo(Nd4j.dataType()))
            .toArray(INDArray[]::new);
    INDArray[] masks = new INDArray[inputs.length];
    Arrays.fill(masks, mask);
    graph.setLayerMaskArrays(masks, null);
    INDArray output = graph.output(false, inputs, masks, null)[0];
    graph.clearLayerMaskArrays();
    return output;
  }
}
