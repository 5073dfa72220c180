package org.qat4j.format;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.zip.CRC32;
import org.qat4j.QatException;
import org.qat4j.format.internal.ByteSink;
import org.qat4j.format.internal.ByteSource;
import org.qat4j.format.internal.OpReader;
import org.qat4j.format.internal.OpWriter;
import org.qat4j.format.internal.RecordReader;
import org.qat4j.format.internal.RecordWriter;
import org.qat4j.format.internal.TensorCodec;
import org.qat4j.format.internal.TextCodec;
import org.qat4j.io.internal.AtomicFile;
import org.qat4j.model.Input;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.ModelLimits;
import org.qat4j.model.Op;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.model.TextInput;

/**
 * Writes and reads model files, conventionally called model.qat; docs/model-format.md describes
 * every byte. The same model gives the same bytes always and everywhere.
 */
public final class ModelFile {
  /** The version that is written, and the newest that is read. */
  public static final int VERSION = 1;

  private static final byte[] MAGIC = {(byte) 0x89, 'Q', 'A', 'T', '\r', '\n', 0x1a, '\n'};
  private static final int HEADER = 20;
  private static final int CHECKSUM = 4;
  private static final int TAG = 4;

  private ModelFile() {}

  /** The bytes of a model file. */
  public static byte[] toBytes(IntegerModel model) {
    byte[] sections = sections(new ByteSink(), model).toByteArray();
    ByteSink file = new ByteSink();
    file.bytes(MAGIC);
    file.i32(VERSION);
    file.i64(HEADER + (long) sections.length + CHECKSUM);
    file.bytes(sections);
    byte[] checked = file.toByteArray();
    file.i32(checksum(checked, checked.length));
    return file.toByteArray();
  }

  /**
   * The length of {@link #toBytes}, without making them.
   *
   * @param tensors what {@link #bytes} says of each tensor, for callers who know it
   */
  public static long size(IntegerModel model, ToLongFunction<QuantizedTensor> tensors) {
    return HEADER + sections(new ByteSink(tensors), model).size() + CHECKSUM;
  }

  private static ByteSink sections(ByteSink body, IntegerModel model) {
    section(body, "MODL", out -> writeModel(out, model));
    if (!model.text().isEmpty()) {
      section(body, "TEXT", out -> writeText(out, model.text()));
    }
    if (!model.labels().isEmpty()) {
      section(body, "LABL", out -> out.list(model.labels(), out::string));
    }
    if (!model.metadata().isEmpty()) {
      section(body, "meta", out -> writeMetadata(out, model.metadata()));
    }
    return body;
  }

  /** Bytes that a tensor takes in a model file: dense or sparse, whichever is smaller. */
  public static long bytes(QuantizedTensor tensor) {
    return TensorCodec.size(tensor);
  }

  private static void section(ByteSink body, String tag, Consumer<ByteSink> write) {
    ByteSink section = body.another();
    write.accept(section);
    body.bytes(tag.getBytes(StandardCharsets.US_ASCII));
    body.i64(section.size());
    body.append(section);
  }

  private static void writeModel(ByteSink out, IntegerModel model) {
    out.string(model.name());
    out.list(model.inputs(), input -> writeInput(out, input));
    OpWriter ops = new OpWriter(out, model);
    out.list(model.ops(), ops::write);
    out.list(model.outputs(), out::string);
  }

  private static void writeInput(ByteSink out, Input input) {
    boolean tokens = input.kind() == Input.Kind.TOKENS;
    RecordWriter record =
        new RecordWriter(out, tokens ? "Tokens" : "Real")
            .text("name", input.name())
            .integers("shape", input.shape());
    if (tokens) {
      record.integer("vocabulary", input.vocabularySize());
    }
    record.end();
  }

  private static void writeMetadata(ByteSink out, Map<String, String> metadata) {
    out.count(metadata.size());
    new TreeMap<>(metadata)
        .forEach(
            (key, value) -> {
              out.string(key);
              out.string(value);
            });
  }

  /** The model in the bytes of a file, within {@link ModelLimits#DEFAULT}. */
  public static IntegerModel fromBytes(byte[] file) {
    return fromBytes(file, ModelLimits.DEFAULT);
  }

  /**
   * The model in the bytes of a file.
   *
   * @param limits of what the model may ask of the machine that runs it
   * @throws QatException if they are not a model, or one beyond the limits: the message says what
   *     is wrong and where; no other exception is thrown, and memory is bounded by a multiple of
   *     the bytes given
   */
  public static IntegerModel fromBytes(byte[] file, ModelLimits limits) {
    checkHeader(file, file.length);
    int end = file.length - CHECKSUM;
    int expected = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN).getInt(end);
    if (expected != checksum(file, end)) {
      throw new QatException("the model file is damaged: wrong checksum");
    }
    IntegerModel model = readModel(sections(new ByteSource(file, HEADER, end)));
    limits.check(model);
    return model;
  }

  /**
   * Checks what all versions have in common: magic bytes, version, length.
   *
   * @param start the first bytes of the file, all or at least the header
   * @param length of the file in bytes
   */
  private static void checkHeader(byte[] start, long length) {
    int n = MAGIC.length;
    if (start.length < n || !Arrays.equals(start, 0, n, MAGIC, 0, n)) {
      throw new QatException("not a qat4j model file: it does not begin with the magic bytes");
    }
    if (start.length < HEADER) {
      throw new QatException("the model file is cut: only " + start.length + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN);
    int version = in.getInt(n);
    if (version != VERSION) {
      throw new QatException(
          "the model file has format version "
              + Integer.toUnsignedString(version)
              + "; this program reads version "
              + VERSION);
    }
    long declared = in.getLong(n + Integer.BYTES);
    if (declared != length || declared < HEADER + CHECKSUM) {
      throw new QatException(
          "the model file has " + length + " bytes instead of " + Long.toUnsignedString(declared));
    }
  }

  /** The sections by their tags. Those that may be skipped begin with a small letter. */
  private static Map<String, ByteSource> sections(ByteSource in) {
    Map<String, ByteSource> sections = new LinkedHashMap<>();
    while (in.hasRemaining()) {
      String tag = new String(in.bytes(TAG), StandardCharsets.ISO_8859_1);
      boolean known = List.of("MODL", "TEXT", "LABL", "meta").contains(tag);
      if (!known && !(tag.charAt(0) >= 'a' && tag.charAt(0) <= 'z')) {
        throw in.error("the section \"" + tag + "\" is unknown to this program");
      }
      if (sections.put(tag, in.part(in.i64())) != null) {
        throw in.error("the section \"" + tag + "\" is there twice");
      }
    }
    if (!sections.containsKey("MODL")) {
      throw in.error("there is no section \"MODL\"");
    }
    return sections;
  }

  private static IntegerModel readModel(Map<String, ByteSource> sections) {
    ByteSource in = sections.get("MODL");
    String name = in.string();
    List<Input> inputs = in.list(RecordReader.MIN_BYTES, () -> readInput(in));
    OpReader reader = new OpReader(in);
    List<Op> ops = in.list(RecordReader.MIN_BYTES, reader::read);
    List<String> outputs = in.list(1, in::string);
    in.end("section \"MODL\"");
    List<TextInput> text = readText(sections.get("TEXT"));
    List<String> labels = readList(sections, "LABL", 1, ByteSource::string);
    IntegerModel model =
        new IntegerModel(name, inputs, ops, outputs, text, labels, readMetadata(sections));
    reader.checkBounds(model);
    return model;
  }

  private static void writeText(ByteSink out, List<TextInput> text) {
    out.list(text, input -> TextCodec.write(out, input, text));
  }

  private static List<TextInput> readText(ByteSource in) {
    if (in == null) {
      return List.of();
    }
    List<TextInput> text = TextCodec.readAll(in);
    in.end("section \"TEXT\"");
    return text;
  }

  private static <T> List<T> readList(
      Map<String, ByteSource> sections, String tag, int minBytes, Function<ByteSource, T> each) {
    ByteSource in = sections.get(tag);
    if (in == null) {
      return List.of();
    }
    List<T> list = in.list(minBytes, () -> each.apply(in));
    in.end("section \"" + tag + "\"");
    return list;
  }

  private static Input readInput(ByteSource in) {
    RecordReader r = new RecordReader(in);
    boolean tokens = r.kind().equals("Tokens");
    if (!tokens && !r.kind().equals("Real")) {
      throw in.error("the input kind \"" + r.kind() + "\" is unknown to this program");
    }
    Input input =
        new Input(
            r.text("name"),
            tokens ? Input.Kind.TOKENS : Input.Kind.REAL,
            r.integerList("shape"),
            tokens ? r.integer("vocabulary") : 0);
    r.end();
    return input;
  }

  private static Map<String, String> readMetadata(Map<String, ByteSource> sections) {
    Map<String, String> metadata = new TreeMap<>();
    readList(
        sections,
        "meta",
        2,
        in -> {
          String key = in.string();
          if (metadata.put(key, in.string()) != null) {
            throw in.error("the metadata \"" + key + "\" are there twice");
          }
          return key;
        });
    return metadata;
  }

  private static int checksum(byte[] bytes, int length) {
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, length);
    return (int) crc.getValue();
  }

  /**
   * Writes a model; the file appears complete or not at all.
   *
   * @throws QatException if the file cannot be written; the message names it
   */
  public static void write(IntegerModel model, Path file) {
    AtomicFile.write(file, toBytes(model));
  }

  /** Reads a model within {@link ModelLimits#DEFAULT}. */
  public static IntegerModel read(Path file) {
    return read(file, ModelLimits.DEFAULT);
  }

  /**
   * Reads a model. Nothing is loaded before the first bytes are those of a model of this length.
   *
   * @param limits of what the model may ask of the machine that runs it
   * @throws QatException if the file cannot be read, is not a model, or one beyond the limits; the
   *     message names the file
   */
  public static IntegerModel read(Path file, ModelLimits limits) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] header = in.readNBytes(HEADER);
      long length = Files.size(file);
      checkHeader(header, length);
      if (length > Integer.MAX_VALUE - 8) {
        throw new QatException(
            "a model file of " + length + " bytes is too large for this program");
      }
      byte[] bytes = Arrays.copyOf(header, (int) length);
      if (in.readNBytes(bytes, HEADER, bytes.length - HEADER) < bytes.length - HEADER) {
        throw new EOFException("the file became shorter while it was read");
      }
      return fromBytes(bytes, limits);
    } catch (NoSuchFileException e) {
      throw new QatException("cannot read the model " + file + ": there is no such file", e);
    } catch (IOException e) {
      throw new QatException("cannot read the model " + file + ": " + e, e);
    } catch (QatException e) {
      throw new QatException(file + ": " + e.getMessage(), e);
    }
  }
}
