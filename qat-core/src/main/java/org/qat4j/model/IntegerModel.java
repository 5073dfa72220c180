package org.qat4j.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.qat4j.QatException;

/**
 * A frozen network: immutable, checked, ready to run or to write. Any model that can be constructed
 * can be executed: shapes fit, accumulators cannot overflow (6), names are unique.
 */
public final class IntegerModel {
  private final String name;
  private final List<Input> inputs;
  private final List<Op> ops;
  private final List<String> outputs;
  private final List<TextInput> text;
  private final List<String> labels;
  private final Map<String, String> metadata;
  private final Map<String, Value> values;
  private final Map<String, Long> bounds;

  /**
   * @param name for people, in the report and the ONNX graph
   * @param inputs at least one
   * @param ops in an order in which each reads only what is made before it
   * @param outputs names of the values that are the answer, at least one
   * @param text how to fill the inputs from raw text; empty where the model does not read text
   * @param labels names of the classes, empty or as many as the first output has channels; two for
   *     one channel: what it says no and yes to
   * @param metadata what else is to be said of the model, such as its provenance; no time, host or
   *     path, so that the same training gives the same bytes
   * @throws QatException if the parts do not fit; the message names the operation
   */
  public IntegerModel(
      String name,
      List<Input> inputs,
      List<Op> ops,
      List<String> outputs,
      List<TextInput> text,
      List<String> labels,
      Map<String, String> metadata) {
    this.name = name;
    this.inputs = List.copyOf(inputs);
    this.ops = List.copyOf(ops);
    this.outputs = List.copyOf(outputs);
    this.text = List.copyOf(text);
    this.labels = List.copyOf(labels);
    this.metadata = Collections.unmodifiableMap(new TreeMap<>(metadata));
    ModelTypes types = new ModelTypes(this.inputs, this.ops);
    this.values = types.values();
    this.bounds = types.bounds();
    checkOutputs();
    checkText();
  }

  /** A model without metadata. */
  public IntegerModel(
      String name,
      List<Input> inputs,
      List<Op> ops,
      List<String> outputs,
      List<TextInput> text,
      List<String> labels) {
    this(name, inputs, ops, outputs, text, labels, Map.of());
  }

  /** The same with other lengths, which are known to fit. */
  IntegerModel(IntegerModel whole, List<Input> inputs, List<Op> ops, Map<String, Value> values) {
    this.name = whole.name;
    this.inputs = List.copyOf(inputs);
    this.ops = List.copyOf(ops);
    this.outputs = whole.outputs;
    this.text = List.of();
    this.labels = List.of();
    this.metadata = whole.metadata;
    this.values = Collections.unmodifiableMap(values);
    this.bounds = whole.bounds;
  }

  private void checkOutputs() {
    if (outputs.isEmpty()) {
      throw new QatException("a model needs an output");
    }
    for (String output : outputs) {
      Value value = value(output);
      if (value.tokens()) {
        throw new QatException("the output \"" + output + "\" is token ids");
      }
      if (value.hasChannelScales()) {
        throw new QatException(
            "the channels of the output \"" + output + "\" have scales of their own");
      }
    }
    if (!labels.isEmpty()) {
      List<Integer> shape = value(outputs.get(0)).shape();
      int classes = shape.get(shape.size() - 1);
      boolean twofold = classes == 1 && labels.size() == 2; // of one score alone: no and yes
      if (classes != labels.size() && !twofold) {
        throw new QatException(labels.size() + " labels for " + classes + " classes");
      }
    }
  }

  private void checkText() {
    Map<String, Input> byName =
        inputs.stream().collect(Collectors.toMap(Input::name, i -> i, (a, b) -> a));
    for (TextInput t : text) {
      Input input = byName.get(t.input());
      if (input == null
          || input.kind() != Input.Kind.TOKENS
          || input.shape().get(0) != t.encoder().length()
          || input.vocabularySize() != t.encoder().vocabularySize()) {
        throw new QatException("the text encoder of \"" + t.input() + "\" does not fit any input");
      }
    }
    if (!text.isEmpty()
        && text.stream().map(TextInput::input).distinct().count() != inputs.size()) {
      throw new QatException("every input needs exactly one text encoder, or none has one");
    }
  }

  /** The same without text encoders and labels: what the integers take, and their provenance. */
  public IntegerModel withoutText() {
    return new IntegerModel(name, inputs, ops, outputs, List.of(), List.of(), metadata);
  }

  public String name() {
    return name;
  }

  public List<Input> inputs() {
    return inputs;
  }

  public List<Op> ops() {
    return ops;
  }

  public List<String> outputs() {
    return outputs;
  }

  public List<TextInput> text() {
    return text;
  }

  public List<String> labels() {
    return labels;
  }

  /** What else is said of the model, sorted by key. */
  public Map<String, String> metadata() {
    return metadata;
  }

  /**
   * The largest magnitude that an accumulator of an operation can reach by (6), at any time and in
   * any order of summation; below 2^31. 0 where the operation adds nothing up.
   */
  public long accumulatorBound(String op) {
    return bounds.getOrDefault(op, 0L);
  }

  /** Types of all values, inputs first, in the order in which they are made. */
  public Map<String, Value> values() {
    return new LinkedHashMap<>(values);
  }

  /**
   * Type of one value.
   *
   * @throws QatException if there is no such value
   */
  public Value value(String valueName) {
    Value value = values.get(valueName);
    if (value == null) {
      throw new QatException(
          "there is no value \"" + valueName + "\"; there are " + values.keySet());
    }
    return value;
  }
}
