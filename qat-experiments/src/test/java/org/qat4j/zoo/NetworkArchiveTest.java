package org.qat4j.zoo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.learning.config.Adam;
import org.qat4j.QatException;

class NetworkArchiveTest {
  private static boolean ran;

  @TempDir private Path folder;

  /** Tells when it is deserialized. */
  private static final class Bomb implements Serializable {
    private static final long serialVersionUID = 1L;

    private Object readResolve() {
      ran = true;
      return this;
    }
  }

  private static Map<String, byte[]> entries() throws IOException {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .updater(new Adam(0.01))
                .list()
                .layer(new DenseLayer.Builder().nIn(3).nOut(4).build())
                .layer(new OutputLayer.Builder().nIn(4).nOut(2).build())
                .build());
    network.init();
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipInputStream zip =
        new ZipInputStream(new ByteArrayInputStream(SavedNetworks.toBytes(network)))) {
      for (ZipEntry e = zip.getNextEntry(); e != null; e = zip.getNextEntry()) {
        entries.put(e.getName(), zip.readAllBytes());
      }
    }
    return entries;
  }

  private static byte[] zip(Map<String, byte[]> entries) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> e : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(e.getKey()));
        zip.write(e.getValue());
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  private Model load(Map<String, byte[]> entries, String... trusted) throws IOException {
    Path file = folder.resolve("network.zip");
    Files.write(file, zip(entries));
    return SavedNetworks.load(file, Set.of(trusted));
  }

  @Test
  void networksAreReadAsTheyWereWritten() throws IOException {
    Map<String, byte[]> entries = entries();
    Model network = load(entries);

    Model again = SavedNetworks.fromBytes(SavedNetworks.toBytes(network));
    assertThat(again.params()).isEqualTo(network.params());
    assertThat(SavedNetworks.toBytes(network)).isEqualTo(SavedNetworks.toBytes(again));
    assertThat(network.params().length()).isEqualTo(3 * 4 + 4 + 4 * 2 + 2);
    assertThat(network.params().sumNumber().doubleValue()).isNotZero();
  }

  @Test
  void noObjectIsDeserialized() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new Bomb());
    }
    Map<String, byte[]> entries = entries();
    entries.put("preprocessor.bin", bytes.toByteArray());
    entries.put("normalizer.bin", bytes.toByteArray());

    load(entries);
    assertThat(ran).isFalse();
  }

  /** What is left out is unpacked too, to find its end. */
  @Test
  void whatIsLeftOutIsCounted() throws IOException {
    Map<String, byte[]> entries = entries();
    entries.put("preprocessor.bin", new byte[80_000_000]);

    assertThatThrownBy(() -> load(entries))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("preprocessor.bin unpacks to more than");
  }

  @Test
  void noOtherClassIsLoaded() throws IOException {
    Map<String, byte[]> entries = entries();
    String json = new String(entries.get("configuration.json"), StandardCharsets.UTF_8);
    String other = json.replace("org.deeplearning4j.nn.conf.layers.DenseLayer", "com.evil.Layer");
    assertThat(other).isNotEqualTo(json);
    entries.put("configuration.json", other.getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> load(entries))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("network.zip")
        .hasMessageContaining("names the class com.evil.Layer")
        .hasMessageContaining("--trust com.evil.Layer");
    // Trusted, it is looked for, and is not there.
    assertThatThrownBy(() -> load(entries, "com.evil.Layer"))
        .isInstanceOf(QatException.class)
        .message()
        .doesNotContain("names the class");
  }

  @Test
  void aSecondClassUnderTheSameKeyIsRefused() throws IOException {
    Map<String, byte[]> entries = entries();
    String json = new String(entries.get("configuration.json"), StandardCharsets.UTF_8);
    String twice = json.replaceFirst("\"@class\"", "\"@class\" : \"com.evil.Layer\", \"@class\"");
    entries.put("configuration.json", twice.getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> load(entries)).isInstanceOf(QatException.class);
  }

  /** Every byte of the headers, and cuts: the process that tests is still there. */
  @Test
  void malformedArraysAreRefused() throws IOException {
    Random random = new Random(20260101);
    for (String name : new String[] {"coefficients.bin", "updaterState.bin"}) {
      byte[] whole = entries().get(name);
      int refused = 0;
      for (int i = 0; i < 120; i++) {
        byte[] mutant = whole.clone();
        mutant[i] ^= (byte) (1 << random.nextInt(8));
        refused += refuses(name, mutant) ? 1 : 0;
      }
      assertThat(refused).isGreaterThan(50);
      for (int n = 0; n < whole.length; n += 13) {
        assertThat(refuses(name, Arrays.copyOf(whole, n))).as("cut at %d", n).isTrue();
      }
    }
  }

  private boolean refuses(String name, byte[] array) throws IOException {
    Map<String, byte[]> entries = entries();
    entries.put(name, array);
    try {
      load(entries);
      return false;
    } catch (QatException e) {
      return true;
    }
  }

  /** A child reads it; whatever it does there, this process goes on. */
  @Test
  void malformedHdf5IsRefused() throws IOException {
    Path file = folder.resolve("broken.h5");
    byte[] bytes = new byte[3000];
    new Random(1).nextBytes(bytes);
    byte[] magic = {(byte) 0x89, 'H', 'D', 'F', '\r', '\n', 0x1a, '\n'};
    System.arraycopy(magic, 0, bytes, 0, magic.length);
    Files.write(file, bytes);

    assertThatThrownBy(() -> SavedNetworks.load(file))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("cannot read a network of Keras from " + file);
  }
}
