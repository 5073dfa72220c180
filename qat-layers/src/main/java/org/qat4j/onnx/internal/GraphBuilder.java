package org.qat4j.onnx.internal;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** A graph under construction: hands out unique names and keeps nodes in order. */
public final class GraphBuilder {
  private static final String BATCH = "batch";

  private final GraphProto.Builder graph = GraphProto.newBuilder();
  private final Set<String> names;
  private final Map<String, Integer> nodeNames;

  /**
   * @param reserved names of values that keep them
   */
  public GraphBuilder(Set<String> reserved) {
    this.names = new HashSet<>(reserved);
    this.nodeNames = new HashMap<>();
  }

  private GraphBuilder(GraphBuilder outer) {
    this.names = outer.names;
    this.nodeNames = outer.nodeNames;
  }

  /** A graph within a node of this one, which may read its values and shares none of its names. */
  GraphBuilder inner() {
    return new GraphBuilder(this);
  }

  public GraphProto.Builder graph() {
    return graph;
  }

  /** A name for a value that nothing else has: {@code wanted} itself where that is free. */
  String name(String wanted) {
    String name = wanted;
    for (int i = 2; !names.add(name); i++) {
      name = wanted + "_" + i;
    }
    return name;
  }

  /** Adds a constant and gives its name. */
  String constant(String wanted, TensorProto.Builder tensor) {
    String name = name(wanted);
    graph.addInitializer(tensor.setName(name));
    return name;
  }

  /** Adds a node whose output has a free name, and gives that. */
  String node(String operator, String owner, List<String> inputs, List<AttributeProto> attributes) {
    String output = name(owner + "/" + operator.toLowerCase(Locale.ROOT));
    return node(operator, owner, inputs, output, attributes);
  }

  /**
   * Adds a node.
   *
   * @param owner name of the operation of the model that it belongs to
   * @param output name of its output, which is returned
   */
  String node(
      String operator,
      String owner,
      List<String> inputs,
      String output,
      List<AttributeProto> attributes) {
    node(operator, owner, inputs, List.of(output), attributes);
    return output;
  }

  /** Adds a node with some outputs. */
  void node(
      String operator,
      String owner,
      List<String> inputs,
      List<String> outputs,
      List<AttributeProto> attributes) {
    String name = owner + "/" + operator;
    int count = nodeNames.merge(name, 1, Integer::sum);
    graph.addNode(
        NodeProto.newBuilder()
            .setOpType(operator)
            .setName(count == 1 ? name : name + "_" + count)
            .addAllInput(inputs)
            .addAllOutput(outputs)
            .addAllAttribute(attributes));
  }

  /** A value with its dimensions in another order; the batch stays the first. */
  String transpose(String owner, String x, int[] order) {
    return transpose(owner, x, order, name(owner + "/transposed"));
  }

  /** The same with a given name of the result. */
  String transpose(String owner, String x, int[] order, String output) {
    long[] perm = new long[order.length + 1];
    for (int i = 0; i < order.length; i++) {
      perm[i + 1] = order[i] + 1L;
    }
    return node("Transpose", owner, List.of(x), output, List.of(integers("perm", perm)));
  }

  /** Says something of the node that was added last. */
  void document(String text) {
    graph.getNodeBuilder(graph.getNodeCount() - 1).setDocString(text);
  }

  static AttributeProto integer(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  static AttributeProto number(String name, float value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.FLOAT)
        .setF(value)
        .build();
  }

  static AttributeProto text(String name, String value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.STRING)
        .setS(ByteString.copyFromUtf8(value))
        .build();
  }

  static AttributeProto texts(String name, List<String> values) {
    AttributeProto.Builder all =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.STRINGS);
    values.forEach(v -> all.addStrings(ByteString.copyFromUtf8(v)));
    return all.build();
  }

  static AttributeProto integers(String name, long... values) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INTS)
        .addAllInts(LongStream.of(values).boxed().collect(Collectors.toList()))
        .build();
  }

  /**
   * Type of a value: a batch of {@code shape}.
   *
   * @param shape 0 for a dimension that is not known
   */
  public static ValueInfoProto type(String name, DataType type, List<Integer> shape, String text) {
    TensorShapeProto.Builder dims = TensorShapeProto.newBuilder();
    dims.addDimBuilder().setDimParam(BATCH);
    for (int d : shape) {
      TensorShapeProto.Dimension.Builder dim = dims.addDimBuilder();
      if (d > 0) {
        dim.setDimValue(d);
      }
    }
    TypeProto.Tensor.Builder tensor =
        TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(dims);
    return ValueInfoProto.newBuilder()
        .setName(name)
        .setType(TypeProto.newBuilder().setTensorType(tensor))
        .setDocString(text)
        .build();
  }
}
