package org.qat4j.zoo;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.qat4j.QatException;

/**
 * The zip of a network of Deeplearning4j, made harmless. DL4J's own reader deserializes any Java
 * object in preprocessor.bin, loads any class that the configuration names, and gives array headers
 * to native code as they are. Here the objects are left out, names of classes are compared with a
 * list, and arrays are read number by number and written anew, so that DL4J reads nothing that was
 * not checked.
 */
final class NetworkArchive {
  /** Where the layers, vertices, losses and updaters are that networks are made of. */
  private static final Set<String> PACKAGES =
      Set.of("org.deeplearning4j.nn.", "org.nd4j.linalg.", "org.qat4j.");

  private static final Set<String> ARRAYS =
      Set.of(ModelSerializer.COEFFICIENTS_BIN, ModelSerializer.UPDATER_BIN);

  /** Bytes of an entry, unpacked. */
  private static final int MAX_BYTES = 1 << 30;

  /** Bytes that small archives may unpack to, and beyond those times their size. */
  private static final long FREE_BYTES = 64L << 20;

  private static final int MAX_RATIO = 100;
  private static final int MAX_RANK = 32;
  private static final int SHAPE_EXTRAS = 4; // rank, flags, stride between elements, order

  private final Set<String> trusted;
  private final Map<String, byte[]> entries = new LinkedHashMap<>();

  /**
   * @param trusted full names of other classes that the configuration may name
   */
  private NetworkArchive(Set<String> trusted) {
    this.trusted = trusted;
  }

  /**
   * The archive without anything that can do harm.
   *
   * @param trusted full names of classes that the configuration may name besides those of DL4J,
   *     ND4J and this project
   * @throws IOException if it is no such archive
   * @throws QatException if it names another class, or its arrays are not what they say
   */
  static byte[] checked(byte[] zip, Set<String> trusted) throws IOException {
    NetworkArchive archive = new NetworkArchive(trusted);
    archive.read(zip);
    return archive.written();
  }

  private void read(byte[] zip) throws IOException {
    long left = FREE_BYTES + (long) MAX_RATIO * zip.length;
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(zip))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        String name = entry.getName();
        boolean known =
            ARRAYS.contains(name)
                || name.equals(ModelSerializer.CONFIGURATION_JSON)
                || name.equals(ModelSerializer.NO_PARAMS_MARKER);
        int most = (int) Math.min(MAX_BYTES, left);
        byte[] bytes = in.readNBytes(known ? most : 0);
        left -= known ? bytes.length : in.skip(most);
        if (in.read() >= 0) {
          throw new IOException(name + " unpacks to more than " + most + " bytes");
        }
        if (!known) {
          continue; // preprocessor.bin above all
        }
        if (entries.put(name, ARRAYS.contains(name) ? array(name, bytes) : bytes) != null) {
          throw new IOException("it has two of " + name);
        }
      }
    }
    byte[] configuration = entries.get(ModelSerializer.CONFIGURATION_JSON);
    if (configuration == null) {
      throw new IOException("it has no " + ModelSerializer.CONFIGURATION_JSON);
    }
    JsonMapper mapper =
        JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    JsonNode json = mapper.readTree(new String(configuration, StandardCharsets.UTF_8));
    checkClasses(json);
    entries.put(ModelSerializer.CONFIGURATION_JSON, mapper.writeValueAsBytes(json));
  }

  /** Jackson loads what stands behind "@class", and values of the type Class. */
  private void checkClasses(JsonNode node) {
    node.properties()
        .forEach(
            e -> {
              boolean names = e.getKey().equals("@class") || e.getKey().endsWith("Class");
              if (names && e.getValue().isTextual()) {
                checkClass(e.getValue().asText());
              }
            });
    node.forEach(this::checkClasses);
  }

  private void checkClass(String name) {
    if (!trusted.contains(name) && PACKAGES.stream().noneMatch(name::startsWith)) {
      throw new QatException(
          "its configuration names the class "
              + name
              + ", which is none of Deeplearning4j, ND4J or qat4j, and whose code would run; if it"
              + " is a layer of your own, name it: --trust "
              + name
              + ", in a program SavedNetworks.load(file, Set.of(\""
              + name
              + "\"))");
    }
  }

  /** An array as ND4J writes it: the header of a buffer, shape, another header, numbers. */
  private static byte[] array(String name, byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    long[] shape = shape(name, in);
    Header header = Header.read(name, in);
    long size = 1;
    for (long d : shape) {
      if (d < 0 || (d > 0 && size > Integer.MAX_VALUE / d)) {
        throw damaged(name, "an impossible shape");
      }
      size *= d;
    }
    boolean doubles = header.type().equals("DOUBLE");
    if (!doubles && !header.type().equals("FLOAT")) {
      throw damaged(name, "numbers of the type " + header.type() + "; expected FLOAT or DOUBLE");
    }
    int width = doubles ? Double.BYTES : Float.BYTES;
    if (header.length() != size || in.available() != width * size) {
      throw damaged(
          name,
          header.length()
              + " numbers in "
              + in.available()
              + " bytes for a shape of "
              + size
              + " elements");
    }
    return written(numbers(in, (int) size, doubles).reshape('c', shape));
  }

  private static long[] shape(String name, DataInputStream in) throws IOException {
    Header header = Header.read(name, in);
    long most = 2L * MAX_RANK + SHAPE_EXTRAS;
    if (!header.type().equals("LONG") || header.length() < SHAPE_EXTRAS || header.length() > most) {
      throw damaged(name, "no shape");
    }
    long rank = in.readLong();
    if (2 * rank + SHAPE_EXTRAS != header.length()) {
      throw damaged(name, "a rank of " + rank);
    }
    long[] shape = new long[(int) rank];
    for (int i = 0; i < rank; i++) {
      shape[i] = in.readLong();
    }
    in.skipNBytes((rank + SHAPE_EXTRAS - 1) * Long.BYTES); // those of a vector are known
    return shape;
  }

  private static INDArray numbers(DataInputStream in, int size, boolean doubles)
      throws IOException {
    if (doubles) {
      double[] numbers = new double[size];
      for (int i = 0; i < size; i++) {
        numbers[i] = in.readDouble();
      }
      return Nd4j.createFromArray(numbers);
    }
    float[] numbers = new float[size];
    for (int i = 0; i < size; i++) {
      numbers[i] = in.readFloat();
    }
    return Nd4j.createFromArray(numbers);
  }

  private static byte[] written(INDArray array) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Nd4j.write(array, new DataOutputStream(bytes));
    return bytes.toByteArray();
  }

  private static IOException damaged(String name, String what) {
    return new IOException(name + " is damaged: it has " + what);
  }

  private byte[] written() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setLevel(0);
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  /** What stands before the elements of a buffer. */
  private record Header(long length, String type) {
    static Header read(String name, DataInputStream in) throws IOException {
      String mode = in.readUTF();
      if (!mode.equals("MIXED_DATA_TYPES") && !mode.equals("LONG_SHAPE")) {
        throw damaged(name, "a buffer of the old kind " + mode + "; save it anew with DL4J 1.0.0");
      }
      return new Header(in.readLong(), in.readUTF());
    }
  }
}
