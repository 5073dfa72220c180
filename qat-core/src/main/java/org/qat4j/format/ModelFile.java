package org.qat4j.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.qat4j.QatException;
import org.qat4j.model.Input;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.TextInput;

/**
 * Writes and reads model files, conventionally called model.qat; docs/model-format.md describes
 * every byte. The same model gives the same bytes always and everywhere.
 */
public final class ModelFile {
  /** The version that is written, and the newest that is read. */
  public static final int VERSION = 1;

  private static final byte[] MAGIC = {(byte) 0x89, 'Q', 'A', 'T', '\r', '\n', 0x1a, '\n'};
  private static final int HEADER = 32;
  private static final List<String> SECTIONS = List.of("MODL", "BNDS", "TEXT", "LABL");
  private static final int MIN_INPUT_BYTES = 13;
  private static final int MIN_TEXT_BYTES = 14;

  private ModelFile() {}

  /** The bytes of a model file. */
  public static byte[] toBytes(IntegerModel model) {
    ByteSink body = new ByteSink();
    for (String tag : SECTIONS) {
      ByteSink section = new ByteSink();
      writeSection(section, tag, model);
      byte[] bytes = section.toByteArray();
      body.bytes(tag.getBytes(StandardCharsets.US_ASCII));
      body.i64(bytes.length);
      body.bytes(bytes);
    }
    byte[] bodyBytes = body.toByteArray();
    ByteSink file = new ByteSink();
    file.bytes(MAGIC);
    file.i32(VERSION);
    file.i32(SECTIONS.size());
    file.i64(HEADER + (long) bodyBytes.length);
    file.i32(checksum(bodyBytes, 0));
    file.i32(0);
    byte[] header = file.toByteArray();
    ByteBuffer.wrap(header)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(HEADER - 4, checksum(Arrays.copyOf(header, HEADER - 4), 0));
    byte[] all = Arrays.copyOf(header, HEADER + bodyBytes.length);
    System.arraycopy(bodyBytes, 0, all, HEADER, bodyBytes.length);
    return all;
  }

  private static void writeSection(ByteSink out, String tag, IntegerModel model) {
    switch (tag) {
      case "MODL" -> {
        out.string(model.name());
        out.list(model.inputs(), input -> writeInput(out, input));
        OpWriter ops = new OpWriter(out);
        out.list(model.ops(), op -> op.accept(ops));
        out.list(model.outputs(), out::string);
      }
      case "BNDS" -> {
        for (long bound : ModelBounds.of(model)) {
          out.i64(bound);
        }
      }
      case "TEXT" -> out.list(model.text(), text -> TextCodec.write(out, text));
      default -> out.list(model.labels(), out::string);
    }
  }

  private static void writeInput(ByteSink out, Input input) {
    out.string(input.name());
    out.u8(input.kind() == Input.Kind.TOKENS ? 0 : 1);
    out.list(input.shape(), out::i32);
    out.i32(input.vocabularySize());
  }

  /**
   * The model in the bytes of a file.
   *
   * @throws QatException if they are not a model: the message says what is wrong and where; no
   *     other exception is thrown, and memory is bounded by a multiple of the bytes given
   */
  public static IntegerModel fromBytes(byte[] file) {
    checkHeader(file);
    byte[][] sections = new byte[SECTIONS.size()][];
    ByteSource in = new ByteSource(Arrays.copyOfRange(file, HEADER, file.length));
    for (int i = 0; i < sections.length; i++) {
      String tag = new String(in.bytes(4), StandardCharsets.ISO_8859_1);
      if (!tag.equals(SECTIONS.get(i))) {
        throw in.error("section \"" + tag + "\" where \"" + SECTIONS.get(i) + "\" is expected");
      }
      sections[i] = in.bytes(in.i64());
    }
    end(in, "file");
    return readModel(sections);
  }

  private static void checkHeader(byte[] file) {
    checkMagic(file);
    if (file.length < HEADER) {
      throw new QatException("the model file is cut: only " + file.length + " bytes");
    }
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int version = in.getInt(8);
    if (version != VERSION) {
      throw new QatException(
          "the model file has format version "
              + Integer.toUnsignedString(version)
              + "; this program reads version "
              + VERSION);
    }
    if (in.getInt(HEADER - 4) != checksum(Arrays.copyOf(file, HEADER - 4), 0)) {
      throw new QatException("the header of the model file is damaged: wrong checksum");
    }
    if (in.getLong(16) != file.length) {
      throw new QatException(
          "the model file has " + file.length + " bytes instead of " + in.getLong(16));
    }
    if (in.getInt(12) != SECTIONS.size()) {
      throw new QatException("the model file has " + in.getInt(12) + " sections");
    }
    if (in.getInt(24) != checksum(file, HEADER)) {
      throw new QatException("the model file is damaged: wrong checksum");
    }
  }

  private static void checkMagic(byte[] start) {
    int n = MAGIC.length;
    if (start.length < n || !Arrays.equals(start, 0, n, MAGIC, 0, n)) {
      throw new QatException("not a qat4j model file: it does not begin with the magic bytes");
    }
  }

  private static IntegerModel readModel(byte[][] sections) {
    ByteSource in = new ByteSource(sections[0]);
    String name = in.string();
    List<Input> inputs = in.list(MIN_INPUT_BYTES, () -> readInput(in));
    List<Op> ops = in.list(OpReader.MIN_BYTES, new OpReader(in)::read);
    List<String> outputs = in.list(Integer.BYTES, in::string);
    end(in, "MODL section");
    ByteSource text = new ByteSource(sections[2]);
    List<TextInput> encoders = text.list(MIN_TEXT_BYTES, () -> TextCodec.read(text));
    end(text, "TEXT section");
    ByteSource labels = new ByteSource(sections[3]);
    List<String> names = labels.list(Integer.BYTES, labels::string);
    end(labels, "LABL section");
    IntegerModel model = new IntegerModel(name, inputs, ops, outputs, encoders, names);
    checkBounds(model, new ByteSource(sections[1]));
    return model;
  }

  private static Input readInput(ByteSource in) {
    String name = in.string();
    Input.Kind kind = in.choice(2, "input kind") == 0 ? Input.Kind.TOKENS : Input.Kind.REAL;
    List<Integer> shape = in.list(Integer.BYTES, in::i32);
    return new Input(name, kind, shape, in.i32());
  }

  private static void checkBounds(IntegerModel model, ByteSource in) {
    long[] bounds = ModelBounds.of(model);
    for (int i = 0; i < bounds.length; i++) {
      long stored = in.i64();
      if (stored != bounds[i]) {
        throw new QatException(
            "operation \""
                + model.ops().get(i).name()
                + "\": its accumulators can reach "
                + bounds[i]
                + ", but the file says "
                + stored);
      }
    }
    end(in, "BNDS section");
  }

  private static void end(ByteSource in, String what) {
    if (in.remaining() != 0) {
      throw in.error(in.remaining() + " bytes too many in the " + what);
    }
  }

  private static int checksum(byte[] bytes, int from) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, bytes.length - from);
    return (int) crc.getValue();
  }

  /**
   * Writes a model; the file appears complete or not at all.
   *
   * @throws QatException if the file cannot be written
   */
  public static void write(IntegerModel model, Path file) {
    byte[] bytes = toBytes(model);
    Path target = file.toAbsolutePath();
    Path temporary = null;
    try {
      temporary = Files.createTempFile(target.getParent(), ".model", ".tmp");
      Files.write(temporary, bytes);
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new QatException("cannot write the model to " + file + ": " + reason(e), e);
    } finally {
      deleteQuietly(temporary);
    }
  }

  private static void deleteQuietly(Path temporary) {
    if (temporary != null) {
      temporary.toFile().delete();
    }
  }

  /**
   * Reads a model.
   *
   * @throws QatException if the file cannot be read or is not a model; the message names the file
   */
  public static IntegerModel read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] header = in.readNBytes(HEADER);
      checkMagic(header);
      return fromBytes(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new QatException("cannot read the model " + file + ": " + reason(e), e);
    } catch (QatException e) {
      throw new QatException(file + ": " + e.getMessage(), e);
    }
  }

  private static String reason(IOException e) {
    return e.getClass().getSimpleName() + " " + e.getMessage();
  }
}
