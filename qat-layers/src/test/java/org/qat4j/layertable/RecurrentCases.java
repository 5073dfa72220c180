package org.qat4j.layertable;

import static org.qat4j.layertable.LayerCases.sequence;
import static org.qat4j.layertable.LayerCases.vector;

import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GravesLSTM;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.misc.RepeatVector;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.layers.recurrent.TimeDistributed;
import org.deeplearning4j.nn.conf.layers.util.MaskZeroLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.qat4j.layers.LayerNormLayer;
import org.qat4j.layers.MultiHeadAttentionLayer;
import org.qat4j.layers.TransformerEncoder;

/** Rows of docs/layers.md: layers whose steps know of each other. */
@SuppressWarnings({"deprecation", "rawtypes"}) // GravesLSTM; builders of DL4J
final class RecurrentCases {
  private static final String FUNCTIONS =
      "functions other than tanh, sigmoid, hardtanh, hardsigmoid, softsign, relu, leakyrelu and"
          + " identity, format NWC";

  private RecurrentCases() {}

  static List<LayerCase> all() {
    return List.of(
        sequence("LSTM", FUNCTIONS, RecurrentCases::lstm),
        sequence(
            "LSTM, relu",
            FUNCTIONS,
            () -> new LSTM.Builder().nOut(7).activation(Activation.RELU).build()),
        sequence(
            "GravesLSTM",
            FUNCTIONS + ", weights by group",
            () -> new GravesLSTM.Builder().nOut(7).activation(Activation.TANH).build()),
        sequence(
            "GravesLSTM, softsign",
            FUNCTIONS + ", weights by group",
            () -> new GravesLSTM.Builder().nOut(7).activation(Activation.SOFTSIGN).build()),
        sequence("SimpleRnn", FUNCTIONS + ", layer normalization", RecurrentCases::simple),
        sequence(
            "SimpleRnn, relu",
            FUNCTIONS + ", layer normalization",
            () -> new SimpleRnn.Builder().nOut(7).activation(Activation.RELU).build()),
        sequence(
            "SimpleRnn, leakyrelu",
            FUNCTIONS + ", layer normalization",
            () -> new SimpleRnn.Builder().nOut(7).activation(Activation.LEAKYRELU).build()),
        sequence("Bidirectional", "layers that are not recurrent", () -> new Bidirectional(lstm())),
        sequence(
            "Bidirectional, ADD",
            "layers that are not recurrent",
            () -> new Bidirectional(Bidirectional.Mode.ADD, lstm())),
        sequence(
            "Bidirectional, AVERAGE",
            "layers that are not recurrent",
            () -> new Bidirectional(Bidirectional.Mode.AVERAGE, simple())),
        sequence(
            "Bidirectional, MUL",
            "layers that are not recurrent",
            () -> new Bidirectional(Bidirectional.Mode.MUL, simple())),
        LayerCase.of("RepeatVector", "format NWC", RecurrentCases::repeated, Nets::sequences),
        sequence(
            "TimeDistributed",
            "layers other than DenseLayer, format NWC",
            () ->
                new TimeDistributed(
                    new DenseLayer.Builder().nOut(5).activation(Activation.TANH).build())),
        LayerCase.of(
            "LastTimeStep", "layers that are not recurrent", RecurrentCases::last, Nets::sequences),
        sequence(
            "MaskZeroLayer",
            "values other than 0, layers that are not recurrent",
            () -> new MaskZeroLayer(lstm(), 0)),
        sequence(
            "MultiHeadAttentionLayer",
            "channels that are not 3 times those of equal heads",
            () -> new MultiHeadAttentionLayer(2)),
        sequence(
            "MultiHeadAttentionLayer with a prefix",
            "channels that are not 3 times those of equal heads",
            () -> new MultiHeadAttentionLayer(2, 2)),
        sequence("LayerNormLayer (of this library)", "", LayerNormLayer::new),
        vector("LayerNormLayer (of this library), vectors", "", LayerNormLayer::new),
        LayerCase.of(
            "ElementWiseVertex, Add",
            "",
            type -> LayerCases.joined(type, new ElementWiseVertex(ElementWiseVertex.Op.Add)),
            Nets::vectors),
        LayerCase.of(
            "TransformerEncoder (of this library)", "", RecurrentCases::encoder, Nets::sequences));
  }

  private static Model encoder(DataType type) {
    GraphBuilder graph =
        Nets.builder(type)
            .graphBuilder()
            .addInputs("sequence")
            .addLayer("conv", Nets.conv(6, 3, Activation.TANH), "sequence");
    new TransformerEncoder(6, 2, 8, Activation.RELU).addTo(graph, LayerCase.SUBJECT, "conv");
    return new ComputationGraph(
        graph
            .addLayer("norm", new LayerNormLayer(6), LayerCase.SUBJECT)
            .addLayer("mean", Nets.global(PoolingType.AVG), "norm")
            .addLayer("out", Nets.output(), "mean")
            .setOutputs("out")
            .setInputTypes(InputType.recurrent(Nets.CHANNELS, Nets.STEPS))
            .build());
  }

  private static Layer lstm() {
    return new LSTM.Builder().nOut(7).activation(Activation.TANH).build();
  }

  private static Layer simple() {
    return new SimpleRnn.Builder().nOut(7).activation(Activation.TANH).build();
  }

  /** An encoder and a decoder. */
  private static Model repeated(DataType type) {
    return new MultiLayerNetwork(
        Nets.builder(type)
            .list()
            .layer(new LastTimeStep(lstm()))
            .layer(Nets.subject(new RepeatVector.Builder(4).build()))
            .layer(lstm())
            .layer(Nets.global(PoolingType.AVG))
            .layer(Nets.output())
            .setInputType(InputType.recurrent(Nets.CHANNELS, Nets.STEPS))
            .build());
  }

  private static Model last(DataType type) {
    return new MultiLayerNetwork(
        Nets.builder(type)
            .list()
            .layer(Nets.conv(6, 3, Activation.TANH))
            .layer(Nets.subject(new LastTimeStep(new Bidirectional(lstm()))))
            .layer(Nets.output())
            .setInputType(InputType.recurrent(Nets.CHANNELS, Nets.STEPS))
            .build());
  }
}
