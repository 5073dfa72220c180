package org.qat4j.pipeline;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.qat4j.QatException;
import org.qat4j.format.AtomicFile;

/** What DL4J does differently for its two kinds of networks. */
final class Networks {
  private Networks() {}

  /** An independent copy, with a new optimizer. */
  static Model copy(Model network) {
    return network instanceof ComputationGraph graph
        ? graph.clone()
        : ((MultiLayerNetwork) network).clone();
  }

  /**
   * Writes a network with the state of its optimizer, as DL4J does, at once or not at all.
   *
   * @throws QatException if the file cannot be written
   */
  static void save(Model network, Path file) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ModelSerializer.writeModel(network, bytes, true);
    } catch (IOException e) {
      throw new QatException("cannot write the network to " + file + ": " + e.getMessage(), e);
    }
    AtomicFile.write(file, bytes.toByteArray());
  }

  /**
   * Reads what {@link #save} wrote, a MultiLayerNetwork or ComputationGraph.
   *
   * @throws QatException if the file is not a network that DL4J saved
   */
  static Model load(Path file) {
    try {
      return isGraph(file)
          ? ModelSerializer.restoreComputationGraph(file.toFile(), true)
          : ModelSerializer.restoreMultiLayerNetwork(file.toFile(), true);
    } catch (IOException | RuntimeException e) {
      throw new QatException(
          "cannot read a Deeplearning4j network from " + file + ": " + e.getMessage(), e);
    }
  }

  private static boolean isGraph(Path file) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      ZipEntry entry = zip.getEntry(ModelSerializer.CONFIGURATION_JSON);
      if (entry == null) {
        throw new IOException("it has no " + ModelSerializer.CONFIGURATION_JSON);
      }
      try (InputStream in = zip.getInputStream(entry)) {
        String json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        return json.contains("\"networkInputs\"");
      }
    }
  }
}
