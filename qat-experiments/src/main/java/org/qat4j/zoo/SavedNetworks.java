package org.qat4j.zoo;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.util.ModelSerializer;
import org.qat4j.QatException;
import org.qat4j.io.internal.AtomicFile;

/** Networks in files of DL4J and Keras. */
public final class SavedNetworks {
  /** System property with the full names of layers of one's own, separated by commas. */
  public static final String TRUST = "qat4j.trust";

  /** How an HDF5 file begins. */
  private static final byte[] HDF5 = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};

  private SavedNetworks() {}

  /**
   * Writes a network with the state of its optimizer, as DL4J does, at once or not at all.
   *
   * @throws QatException if the file cannot be written
   */
  public static void save(Model network, Path file) {
    AtomicFile.write(file, toBytes(network));
  }

  /** What {@link #save} writes. */
  public static byte[] toBytes(Model network) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ModelSerializer.writeModel(network, bytes, true);
    } catch (IOException e) {
      throw new QatException("cannot write the network: " + e.getMessage(), e);
    }
    return bytes.toByteArray();
  }

  /** Reads a network that is made of layers of DL4J, of this project, and of {@link #TRUST}. */
  public static Model load(Path file) {
    return load(file, trusted());
  }

  private static Set<String> trusted() {
    return Set.copyOf(List.of(System.getProperty(TRUST, "").split(",")));
  }

  /**
   * Reads what DL4J saved, a MultiLayerNetwork or ComputationGraph, or what Keras saved as HDF5.
   * Files of others do no harm: no object is deserialized, and no class is loaded that is not named
   * here, in DL4J or in this project.
   *
   * @param trusted full names of other classes of which the network is made
   * @throws QatException if the file is no such network
   */
  public static Model load(Path file, Set<String> trusted) {
    if (!Files.isRegularFile(file)) {
      throw new QatException("there is no file " + file.toAbsolutePath());
    }
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(file);
    } catch (IOException e) {
      throw new QatException("cannot read " + file + ": " + e.getMessage(), e);
    }
    boolean keras = Arrays.mismatch(bytes, HDF5) == HDF5.length;
    try {
      return keras ? KerasProcess.load(file) : read(bytes, trusted);
    } catch (Exception | LinkageError e) { // no HDF5 for this platform
      throw new QatException(
          "cannot read a network of "
              + (keras ? "Keras" : "Deeplearning4j")
              + " from "
              + file
              + ": "
              + e.getMessage(),
          e);
    }
  }

  /** Reads what {@link #toBytes} made. */
  public static Model fromBytes(byte[] bytes) {
    try {
      return read(bytes, trusted());
    } catch (IOException e) {
      throw new QatException("cannot read the network: " + e.getMessage(), e);
    }
  }

  private static Model read(byte[] zip, Set<String> trusted) throws IOException {
    byte[] bytes = NetworkArchive.checked(zip, trusted);
    InputStream in = new ByteArrayInputStream(bytes);
    return isGraph(bytes)
        ? ModelSerializer.restoreComputationGraph(in, true)
        : ModelSerializer.restoreMultiLayerNetwork(in, true);
  }

  private static boolean isGraph(byte[] bytes) throws IOException {
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        if (entry.getName().equals(ModelSerializer.CONFIGURATION_JSON)) {
          String json = new String(zip.readAllBytes(), StandardCharsets.UTF_8);
          return json.contains("\"networkInputs\"");
        }
      }
    }
    throw new IOException("it has no " + ModelSerializer.CONFIGURATION_JSON);
  }
}
