package org.qat4j.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The body of a request for predictions.
 *
 * @param texts one or more
 * @param read whether to tell what the model read of each text
 * @param floats whether the float network answers beside
 */
record TextRequest(List<String> texts, boolean read, boolean floats) {
  private static final int NESTING = 8;
  private static final String KEYS = "\"text\" or \"texts\", \"read\", \"float\"";

  private static final ObjectMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(NESTING)
                          .maxStringLength(Integer.MAX_VALUE)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /**
   * Reads a body within the limits.
   *
   * @throws Refusal if it is too large, of another type, or says something else
   */
  static TextRequest read(Context ctx, ServeLimits limits) throws IOException {
    checkType(ctx);
    return of(parse(body(ctx, limits.bodyBytes())), limits);
  }

  private static void checkType(Context ctx) {
    String type = ctx.contentType() == null ? "" : ctx.contentType().toLowerCase(Locale.ROOT);
    String[] parts = type.split(";", 2);
    boolean utf8 =
        parts.length < 2
            || !parts[1].contains("charset")
            || parts[1].replace("\"", "").strip().equals("charset=utf-8");
    if (!parts[0].strip().equals("application/json") || !utf8) {
      throw new Refusal(
          Refusal.WRONG_TYPE,
          "the body has to be JSON in UTF-8, with the header Content-Type: application/json");
    }
    String encoding = ctx.header("Content-Encoding");
    if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw new Refusal(Refusal.WRONG_TYPE, "compressed bodies are not read; send it as it is");
    }
  }

  private static byte[] body(Context ctx, int limit) throws IOException {
    Refusal large =
        new Refusal(Refusal.TOO_LARGE, "the body has more than " + limit + " bytes; send fewer");
    if (ctx.req().getContentLengthLong() > limit) {
      throw large;
    }
    try (InputStream in = ctx.req().getInputStream()) {
      byte[] body = in.readNBytes(limit);
      if (in.read() >= 0) {
        throw large;
      }
      return body;
    }
  }

  private static JsonNode parse(byte[] body) throws IOException {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      throw new Refusal(
          Refusal.BAD_REQUEST,
          "the body is no JSON"
              + (at == null ? "" : " at line " + at.getLineNr() + ", column " + at.getColumnNr())
              + ": "
              + e.getOriginalMessage());
    }
  }

  private static TextRequest of(JsonNode body, ServeLimits limits) {
    if (!body.isObject()) {
      throw bad("the body has to be an object with " + KEYS);
    }
    body.fieldNames()
        .forEachRemaining(
            key -> {
              if (!List.of("text", "texts", "read", "float").contains(key)) {
                throw bad("there is no key \"" + key + "\"; the keys are " + KEYS);
              }
            });
    if (body.has("text") == body.has("texts")) {
      throw bad("give \"text\", a string, or \"texts\", an array of strings");
    }
    List<String> texts = new ArrayList<>();
    if (body.has("text")) {
      texts.add(text(body.get("text"), "text", limits));
    } else {
      JsonNode all = body.get("texts");
      if (!all.isArray() || all.isEmpty()) {
        throw bad("\"texts\" has to be an array of one string or more");
      }
      if (all.size() > limits.texts()) {
        throw new Refusal(
            Refusal.TOO_LARGE,
            all.size() + " texts; a request may have " + limits.texts() + ": send several");
      }
      for (int i = 0; i < all.size(); i++) {
        texts.add(text(all.get(i), "texts[" + i + "]", limits));
      }
    }
    return new TextRequest(List.copyOf(texts), flag(body, "read"), flag(body, "float"));
  }

  private static String text(JsonNode node, String where, ServeLimits limits) {
    if (!node.isTextual()) {
      throw bad("\"" + where + "\" has to be a string");
    }
    String text = node.textValue();
    int characters = text.codePointCount(0, text.length());
    if (characters > limits.characters()) {
      throw new Refusal(
          Refusal.TOO_LARGE,
          "\""
              + where
              + "\" has "
              + characters
              + " characters; a text may have "
              + limits.characters());
    }
    if (text.codePoints()
        .anyMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)) {
      throw bad("\"" + where + "\" has half of a surrogate pair, which is no character");
    }
    return text;
  }

  private static boolean flag(JsonNode body, String key) {
    JsonNode flag = body.path(key);
    if (!flag.isMissingNode() && !flag.isBoolean()) {
      throw bad("\"" + key + "\" has to be true or false");
    }
    return flag.asBoolean();
  }

  private static Refusal bad(String reason) {
    return new Refusal(Refusal.BAD_REQUEST, reason);
  }
}
