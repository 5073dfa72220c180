package org.qat4j.zoo;

import static org.bytedeco.hdf5.global.hdf5.H5F_ACC_TRUNC;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.bytedeco.hdf5.Attribute;
import org.bytedeco.hdf5.DataSet;
import org.bytedeco.hdf5.DataSpace;
import org.bytedeco.hdf5.Group;
import org.bytedeco.hdf5.H5File;
import org.bytedeco.hdf5.PredType;
import org.bytedeco.hdf5.StrType;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Writes HDF5 files as Keras 2.4 does ({@code keras.engine.saving.hdf5_format}): the model's
 * configuration as an attribute, the weights of each layer in a group of its name.
 */
public final class KerasFile {
  private static final String INITIALIZERS =
      "\"kernel_initializer\": {\"class_name\": \"GlorotUniform\", \"config\": {\"seed\": null}},"
          + " \"bias_initializer\": {\"class_name\": \"Zeros\", \"config\": {}}, \"use_bias\":"
          + " true";

  private static final String SHAPE = "\"batch_input_shape\": ";

  /** Weights of one layer, c-ordered. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Weights(String name, float[] values, long[] shape) {}

  private final Random random;
  private final List<String> layers = new ArrayList<>();
  private final List<String> names = new ArrayList<>();
  private final Map<String, List<Weights>> weights = new LinkedHashMap<>();

  /** A Sequential model to be; weights are drawn from the seed. */
  public KerasFile(long seed) {
    random = new Random(seed);
  }

  /** LeNet-like, for images [size, size, planes]: what the tests read. */
  public static KerasFile leNet(int size, int planes, int classes) {
    int side = ((size - 4) / 2) / 2;
    KerasFile file = new KerasFile(7);
    file.layer("Conv2D", "conv1", inputShape(size, size, planes) + conv2d(6, 5, "valid", "relu"));
    file.weights("conv1", 5 * 5 * planes, 5, 5, planes, 6);
    file.layer("MaxPooling2D", "pool1", pooling2d());
    file.layer("Conv2D", "conv2", conv2d(8, 3, "same", "tanh"));
    file.weights("conv2", 3 * 3 * 6, 3, 3, 6, 8);
    file.layer("AveragePooling2D", "pool2", pooling2d());
    file.layer("Flatten", "flatten", "\"data_format\": \"channels_last\"");
    file.layer("Dropout", "dropout", "\"rate\": 0.1, \"noise_shape\": null, \"seed\": null");
    file.layer("Dense", "dense", dense(16, "relu"));
    file.weights("dense", side * side * 8, (long) side * side * 8, 16);
    file.layer("Dense", "answer", dense(classes, "softmax"));
    file.weights("answer", 16, 16, classes);
    return file;
  }

  static String inputShape(int... shape) {
    String dims = Arrays.toString(shape).substring(1);
    return SHAPE + "[null, " + dims + ", ";
  }

  static String conv2d(int filters, int kernel, String padding, String activation) {
    return String.format(
        Locale.ROOT,
        "\"filters\": %d, \"kernel_size\": [%d, %d], \"strides\": [1, 1], \"padding\": \"%s\","
            + " \"data_format\": \"channels_last\", \"dilation_rate\": [1, 1], \"activation\":"
            + " \"%s\", %s",
        filters,
        kernel,
        kernel,
        padding,
        activation,
        INITIALIZERS);
  }

  static String conv1d(int filters, int kernel, String activation) {
    return String.format(
        Locale.ROOT,
        "\"filters\": %d, \"kernel_size\": [%d], \"strides\": [1], \"padding\": \"valid\","
            + " \"data_format\": \"channels_last\", \"dilation_rate\": [1], \"activation\": \"%s\","
            + " %s",
        filters,
        kernel,
        activation,
        INITIALIZERS);
  }

  private static String pooling2d() {
    return "\"pool_size\": [2, 2], \"padding\": \"valid\", \"strides\": [2, 2],"
        + " \"data_format\": \"channels_last\"";
  }

  static String dense(int units, String activation) {
    return String.format(
        Locale.ROOT, "\"units\": %d, \"activation\": \"%s\", %s", units, activation, INITIALIZERS);
  }

  /** Adds a layer. */
  void layer(String type, String name, String config) {
    layers.add(
        String.format(
            Locale.ROOT,
            "{\"class_name\": \"%s\", \"name\": \"%s\", \"config\": {\"name\": \"%s\","
                + " \"trainable\": true, \"dtype\": \"float32\", %s}",
            type,
            name,
            name,
            config));
    names.add(name);
  }

  private String sequential() {
    return "{\"class_name\": \"Sequential\", \"config\": {\"name\": \"model\", \"layers\": ["
        + String.join("}, ", layers)
        + "}]}}";
  }

  /** The same layers, each reading the one before, behind an input of their shape. */
  private String functional() {
    int from = layers.get(0).indexOf(SHAPE);
    String shape = layers.get(0).substring(from, layers.get(0).indexOf(']', from) + 1);
    StringBuilder all =
        new StringBuilder("{\"class_name\": \"InputLayer\", \"name\": \"in\", \"config\": {")
            .append(shape)
            .append(", \"name\": \"in\", \"dtype\": \"float32\"}, \"inbound_nodes\": []}");
    String before = "in";
    for (int i = 0; i < layers.size(); i++) {
      all.append(", ")
          .append(layers.get(i))
          .append(", \"inbound_nodes\": [[[\"")
          .append(before)
          .append("\", 0, 0, {}]]]}");
      before = names.get(i);
    }
    return "{\"class_name\": \"Model\", \"config\": {\"name\": \"model\", \"layers\": ["
        + all
        + "], \"input_layers\": [[\"in\", 0, 0]], \"output_layers\": [[\""
        + before
        + "\", 0, 0]]}}";
  }

  /** Draws kernel and bias of a layer; the last dimension is its outputs. */
  void weights(String layer, int fanIn, long... shape) {
    long outputs = shape[shape.length - 1];
    weights.put(
        layer,
        List.of(
            new Weights("kernel:0", draw(2 / Math.sqrt(fanIn), shape), shape),
            new Weights("bias:0", draw(0.2, outputs), new long[] {outputs})));
  }

  /** Draws a table. */
  void table(String layer, long... shape) {
    weights.put(layer, List.of(new Weights("embeddings:0", draw(1, shape), shape)));
  }

  private float[] draw(double width, long... shape) {
    float[] values = new float[(int) Arrays.stream(shape).reduce(1, (a, b) -> a * b)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((random.nextDouble() - 0.5) * width);
    }
    return values;
  }

  /** Kernel, or bias, as Keras has them. */
  float[] values(String layer, int which) {
    return weights.get(layer).get(which).values();
  }

  /** Writes a Sequential model. */
  public void write(Path path) {
    write(path, sequential());
  }

  /** Writes a functional model. */
  void writeFunctional(Path path) {
    write(path, functional());
  }

  private void write(Path path, String config) {
    H5File file = new H5File(path.toString(), H5F_ACC_TRUNC());
    attribute(file, "keras_version", "2.4.0");
    attribute(file, "backend", "tensorflow");
    attribute(file, "model_config", config);
    Group root = file.createGroup("model_weights");
    weights.forEach(
        (layer, all) -> {
          Group outer = root.createGroup(layer);
          attribute(outer, "weight_names", layer + "/" + all.get(0).name());
          Group inner = outer.createGroup(layer);
          all.forEach(w -> dataSet(inner, w));
          inner.deallocate();
          outer.deallocate();
        });
    root.deallocate();
    file.deallocate();
  }

  private static void attribute(Group group, String name, String value) {
    byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
    StrType type = new StrType(PredType.C_S1(), bytes.length);
    Attribute attribute = group.createAttribute(name, type, new DataSpace());
    attribute.write(type, new BytePointer(bytes));
    attribute.deallocate();
  }

  private static void dataSet(Group group, Weights w) {
    DataSpace space = new DataSpace(w.shape().length, w.shape());
    DataSet set = group.createDataSet(w.name(), PredType.NATIVE_FLOAT(), space);
    set.write(new FloatPointer(w.values()), PredType.NATIVE_FLOAT());
    set.deallocate();
  }
}
