package org.qat4j.format.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.qat4j.QatException;
import org.qat4j.io.internal.AtomicFile;
import org.qat4j.model.TextInput;

/**
 * What a network that is not frozen yet needs beside its weights: how its inputs are made from
 * texts, the names of its classes, and where it comes from. Written as the sections TEXT and LABL
 * of a model file are.
 */
public final class EncoderFile {
  private static final String KIND = "qat4j encoders 1";

  private EncoderFile() {}

  /**
   * What a file holds.
   *
   * @param text how inputs are made from texts, in the order of the network
   * @param labels names of the classes
   * @param metadata of the model that is to be frozen
   */
  public record Encoders(List<TextInput> text, List<String> labels, Map<String, String> metadata) {
    public Encoders {
      text = List.copyOf(text);
      labels = List.copyOf(labels);
      metadata = Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
    }
  }

  /**
   * Writes a file; it appears complete or not at all.
   *
   * @throws QatException if it cannot be written
   */
  public static void write(Encoders encoders, Path file) {
    ByteSink out = new ByteSink();
    out.string(KIND);
    out.list(encoders.text(), text -> TextCodec.write(out, text, encoders.text()));
    out.list(encoders.labels(), out::string);
    out.list(List.copyOf(encoders.metadata().keySet()), out::string);
    out.list(List.copyOf(encoders.metadata().values()), out::string);
    AtomicFile.write(file, out.toByteArray());
  }

  /**
   * Reads a file.
   *
   * @throws QatException if there is none, or it is something else
   */
  public static Encoders read(Path file) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      ByteSource in = new ByteSource(bytes, 0, bytes.length);
      String kind = in.string();
      if (!kind.equals(KIND)) {
        throw in.error("this is no file of encoders");
      }
      List<TextInput> text = TextCodec.readAll(in);
      List<String> labels = in.list(1, in::string);
      List<String> keys = in.list(1, in::string);
      List<String> values = in.list(1, in::string);
      if (keys.size() != values.size()) {
        throw in.error(keys.size() + " keys of metadata with " + values.size() + " values");
      }
      in.end("file of encoders");
      Map<String, String> metadata = new TreeMap<>();
      for (int i = 0; i < keys.size(); i++) {
        metadata.put(keys.get(i), values.get(i));
      }
      return new Encoders(text, labels, metadata);
    } catch (IOException e) {
      throw new QatException("cannot read the encoders " + file + ": " + e, e);
    } catch (QatException e) {
      throw new QatException(file + ": " + e.getMessage(), e);
    }
  }
}
