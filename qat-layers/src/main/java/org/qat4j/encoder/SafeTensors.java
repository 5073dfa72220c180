package org.qat4j.encoder;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.qat4j.QatException;

/**
 * Tensors of a safetensors file: eight bytes with the length of a header, the header in JSON, and
 * the values, little-endian. Nothing that the header says is believed before it is checked: offsets
 * lie in the file one behind the other, and sizes are those of shape and type.
 */
final class SafeTensors implements EncoderTensors {
  private static final int LENGTH = 8;
  private static final long MOST_HEADER = 100_000_000;
  private static final Map<String, Integer> SIZES = Map.of("F32", 4, "F16", 2, "BF16", 2);

  private record Entry(String name, String type, List<Long> shape, long begin, long end) {}

  private final Path file;
  private final long start;
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private SafeTensors(Path file, long start) {
    this.file = file;
    this.start = start;
  }

  /**
   * Reads the header.
   *
   * @throws QatException if the file is damaged
   */
  static SafeTensors open(Path file) {
    try (FileChannel channel = FileChannel.open(file)) {
      long size = channel.size();
      long header = size < LENGTH ? -1 : read(channel, 0, LENGTH).getLong();
      if (header < 2 || header > Math.min(size - LENGTH, MOST_HEADER)) {
        throw new QatException(
            file + " is no safetensors file: a header of " + header + " bytes in " + size);
      }
      byte[] json = read(channel, LENGTH, (int) header).array();
      SafeTensors tensors = new SafeTensors(file, LENGTH + header);
      tensors.header(Json.parse(file + " (header)", json), size - LENGTH - header);
      return tensors;
    } catch (IOException e) {
      throw new QatException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static ByteBuffer read(FileChannel channel, long at, int size) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (channel.read(bytes, at + bytes.position()) < 0) {
        throw new EOFException("it ends too early");
      }
    }
    return bytes.flip();
  }

  private void header(Json header, long size) {
    for (String name : header.keys()) {
      if (!name.equals("__metadata__")) {
        Json json = header.at(name);
        long[] offsets = json.longs("data_offsets");
        if (offsets.length != 2) {
          throw refused(name, "has " + offsets.length + " offsets; expected 2");
        }
        Entry entry =
            new Entry(name, json.text("dtype"), boxed(json.longs("shape")), offsets[0], offsets[1]);
        if (entry.begin > entry.end || entry.end > size) {
          throw refused(
              name,
              "lies from "
                  + entry.begin
                  + " to "
                  + entry.end
                  + " of "
                  + size
                  + " bytes: truncated?");
        }
        entries.put(name, entry);
      }
    }
    List<Entry> inOrder = new ArrayList<>(entries.values());
    inOrder.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
    long end = 0;
    for (Entry entry : inOrder) {
      if (entry.begin < end) {
        throw refused(entry.name, "overlaps another one at byte " + entry.begin);
      }
      end = entry.end;
    }
  }

  private static List<Long> boxed(long[] values) {
    return Arrays.stream(values).boxed().toList();
  }

  private QatException refused(String tensor, String what) {
    return new QatException(file + ": the tensor \"" + tensor + "\" " + what);
  }

  @Override
  public String name() {
    return file.toString();
  }

  @Override
  public boolean has(String name) {
    return entries.containsKey(name);
  }

  @Override
  public Values find(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      return null;
    }
    Integer bytes = SIZES.get(entry.type);
    if (bytes == null) {
      throw refused(name, "has the type " + entry.type + "; supported are F32, F16 and BF16");
    }
    int count = count(entry, bytes);
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer raw = read(channel, start + entry.begin, (int) (entry.end - entry.begin));
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] =
            switch (entry.type) {
              case "F32" -> raw.getFloat();
              case "F16" -> half(raw.getShort());
              default -> Float.intBitsToFloat(raw.getShort() << 16);
            };
      }
      return new Values(values, entry.shape.stream().mapToLong(d -> d).toArray());
    } catch (IOException e) {
      throw new QatException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /** Values of a tensor, whose bytes are as many as they should be. */
  private int count(Entry entry, int bytes) {
    long count = 1;
    try {
      for (long d : entry.shape) {
        count = Math.multiplyExact(count, d);
      }
      if (Math.multiplyExact(count, (long) bytes) == entry.end - entry.begin
          && entry.end - entry.begin <= Integer.MAX_VALUE - 8) {
        return (int) count;
      }
    } catch (ArithmeticException e) {
      count = -1; // more than there are bytes
    }
    throw refused(
        entry.name,
        "has "
            + (entry.end - entry.begin)
            + " bytes for the shape "
            + entry.shape
            + " of type "
            + entry.type);
  }

  /** IEEE 754 binary16. */
  static float half(short bits) {
    int exponent = bits >> 10 & 0x1F;
    int fraction = bits & 0x3FF;
    float sign = bits < 0 ? -1 : 1;
    if (exponent == 0) {
      return sign * Math.scalb((float) fraction, -24);
    } else if (exponent == 0x1F) {
      return fraction == 0 ? sign * Float.POSITIVE_INFINITY : Float.NaN;
    }
    return sign * Math.scalb((float) (fraction | 0x400), exponent - 25);
  }

  /** Files have [out, in]. */
  @Override
  public Values matrix(String product) {
    Values found = find(product + ".weight");
    if (found == null || found.shape().length != 2) {
      return found;
    }
    int out = (int) found.shape()[0];
    int in = (int) found.shape()[1];
    float[] turned = new float[found.values().length];
    for (int o = 0; o < out; o++) {
      for (int i = 0; i < in; i++) {
        turned[i * out + o] = found.values()[o * in + i];
      }
    }
    return new Values(turned, new long[] {in, out});
  }
}
