package org.qat4j.encoder;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.shade.jackson.core.JsonParser;
import org.nd4j.shade.jackson.core.JsonProcessingException;
import org.nd4j.shade.jackson.databind.DeserializationFeature;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;
import org.qat4j.QatException;

/**
 * A value in a JSON file of others, which knows where it stands: what is missing or of another type
 * is refused by name. DL4J brings the reader.
 */
final class Json {
  private static final ObjectMapper MAPPER =
      new ObjectMapper()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  /** Bytes of a file that is read; those of tokenizers have some megabytes. */
  private static final long MOST = 1L << 28;

  private final String where;
  private final JsonNode node;

  private Json(String where, JsonNode node) {
    this.where = where;
    this.node = node;
  }

  static Json read(Path file) {
    try {
      if (Files.size(file) > MOST) {
        throw new QatException(file + " has more than " + MOST + " bytes");
      }
      return parse(file.toString(), Files.readAllBytes(file));
    } catch (IOException e) {
      throw new QatException(file + " cannot be read: " + e.getMessage(), e);
    }
  }

  /**
   * @param name of the file, for messages
   */
  static Json parse(String name, byte[] json) {
    try {
      JsonNode root = MAPPER.readTree(new String(json, StandardCharsets.UTF_8));
      return new Json(name + ": ", root).object();
    } catch (JsonProcessingException e) {
      throw new QatException(name + " is no JSON: " + e.getOriginalMessage(), e);
    } catch (StackOverflowError e) {
      throw new QatException(name + " is no JSON that can be read: it is nested too deeply", e);
    }
  }

  private Json object() {
    if (node == null || !node.isObject()) {
      throw refused("an object");
    }
    return this;
  }

  private QatException refused(String expected) {
    String found = node == null || node.isMissingNode() ? "missing" : shortened(node.toString());
    return new QatException(where + "is " + found + "; expected " + expected);
  }

  private static String shortened(String text) {
    return text.length() > 80 ? text.substring(0, 80) + "…" : text;
  }

  private Json child(String key) {
    String path = where.endsWith(": ") ? where : where.strip() + ".";
    return new Json(path + key + " ", node.path(key));
  }

  boolean has(String key) {
    return node.hasNonNull(key);
  }

  boolean isObject(String key) {
    return node.path(key).isObject();
  }

  /** Keys in their order. */
  List<String> keys() {
    List<String> keys = new ArrayList<>();
    node.fieldNames().forEachRemaining(keys::add);
    return keys;
  }

  Json at(String key) {
    return child(key).object();
  }

  /** Objects of an array. */
  List<Json> list(String key) {
    Json list = child(key);
    if (!list.node.isArray()) {
      throw list.refused("an array");
    }
    List<Json> all = new ArrayList<>();
    for (int i = 0; i < list.node.size(); i++) {
      all.add(new Json(list.where.strip() + "[" + i + "] ", list.node.get(i)).object());
    }
    return all;
  }

  String text(String key) {
    Json value = child(key);
    if (!value.node.isTextual()) {
      throw value.refused("a text");
    }
    return value.node.textValue();
  }

  String text(String key, String missing) {
    return has(key) ? text(key) : missing;
  }

  boolean truth(String key, boolean missing) {
    Json value = child(key);
    if (has(key) && !value.node.isBoolean()) {
      throw value.refused("true or false");
    }
    return has(key) ? value.node.booleanValue() : missing;
  }

  /** An integer ≥ {@code least}. */
  int integer(String key, int least) {
    Json value = child(key);
    if (!value.node.isIntegralNumber()
        || !value.node.canConvertToInt()
        || value.node.intValue() < least) {
      throw value.refused("an integer, " + least + " or more");
    }
    return value.node.intValue();
  }

  double number(String key, double missing) {
    Json value = child(key);
    if (has(key) && !value.node.isNumber()) {
      throw value.refused("a number");
    }
    return has(key) ? value.node.doubleValue() : missing;
  }

  /** Whole numbers from 0 on. */
  long[] longs(String key) {
    Json list = child(key);
    if (!list.node.isArray()) {
      throw list.refused("an array of integers");
    }
    long[] all = new long[list.node.size()];
    for (int i = 0; i < all.length; i++) {
      JsonNode n = list.node.get(i);
      if (!n.isIntegralNumber() || !n.canConvertToLong() || n.longValue() < 0) {
        throw list.refused("an array of integers from 0 on");
      }
      all[i] = n.longValue();
    }
    return all;
  }

  /** An object of integers. */
  Map<String, Integer> integers() {
    Map<String, Integer> all = new LinkedHashMap<>();
    for (Iterator<String> keys = node.fieldNames(); keys.hasNext(); ) {
      String key = keys.next();
      all.put(key, integer(key, 0));
    }
    return all;
  }

  /**
   * Refuses another value than the one that is supported.
   *
   * @param missing what a file means that does not say it
   */
  void require(String key, String missing, String supported) {
    String found = has(key) ? node.get(key).asText() : missing;
    if (!supported.equals(found)) {
      throw new QatException(
          child(key).where + "is \"" + found + "\"; supported is \"" + supported + "\"");
    }
  }
}
