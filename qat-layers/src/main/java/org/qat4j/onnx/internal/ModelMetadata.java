package org.qat4j.onnx.internal;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.nd4j.shade.jackson.databind.node.ArrayNode;
import org.nd4j.shade.jackson.databind.node.JsonNodeFactory;
import org.nd4j.shade.jackson.databind.node.ObjectNode;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.TextInput;
import org.qat4j.text.AffixEncoder;
import org.qat4j.text.CharacterEncoder;
import org.qat4j.text.DistanceEncoder;
import org.qat4j.text.FieldEncoder;
import org.qat4j.text.NgramEncoder;
import org.qat4j.text.OverlapEncoder;
import org.qat4j.text.PieceEncoder;
import org.qat4j.text.PositionEncoder;
import org.qat4j.text.StoryEncoder;
import org.qat4j.text.TextEncoder;
import org.qat4j.text.TokenEncoder;
import org.qat4j.text.WordEncoder;
import org.qat4j.text.WordPieceEncoder;
import org.qat4j.text.WordPieces;

/**
 * What a reader of the file needs beside the graph: the model's own metadata and, as JSON, names of
 * classes and text encoders.
 */
public final class ModelMetadata {
  /** Array of strings: class names in the order of the last dimension of the first output. */
  static final String LABELS = "qat4j.labels";

  /** Object: input name to how its ids are made from text. */
  public static final String TEXT = "qat4j.text";

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private ModelMetadata() {}

  /** Properties of the file, absent where the model has nothing to say. */
  public static Map<String, String> of(IntegerModel model) {
    Map<String, String> properties = new LinkedHashMap<>(model.metadata());
    if (!model.labels().isEmpty()) {
      ArrayNode labels = JSON.arrayNode();
      model.labels().forEach(labels::add);
      properties.put(LABELS, labels.toString());
    }
    if (!model.text().isEmpty()) {
      ObjectNode inputs = JSON.objectNode();
      for (TextInput text : model.text()) {
        inputs.set(text.input(), encoder(text.encoder()));
      }
      properties.put(TEXT, inputs.toString());
    }
    return properties;
  }

  private static ObjectNode encoder(TextEncoder encoder) {
    if (encoder instanceof FieldEncoder field) {
      return encoder(field.encoder()).put("field", field.field());
    }
    ObjectNode json = JSON.objectNode();
    if (encoder instanceof CharacterEncoder e) {
      head(json, "characters", e, e.lowerCase());
      ArrayNode alphabet = json.putArray("alphabet");
      e.alphabet().forEach(alphabet::add);
    } else if (encoder instanceof NgramEncoder e) {
      head(json, "ngrams", e, e.lowerCase());
      json.put("minN", e.minN());
      json.put("maxN", e.maxN());
      json.put("buckets", e.buckets());
      if (e.kept() != null) {
        ArrayNode kept = json.putArray("kept");
        Arrays.stream(e.kept().words()).forEach(kept::add);
      }
    } else if (encoder instanceof TokenEncoder e) {
      head(json, "tokens", e, e.lowerCase());
      json.put("focus", e.focus());
      ArrayNode words = json.putArray("words");
      e.words().forEach(words::add);
    } else if (encoder instanceof AffixEncoder e) {
      head(json, "affixes", e, true);
      json.put("characters", e.characters());
      json.put("buckets", e.buckets());
    } else if (encoder instanceof DistanceEncoder e) {
      head(json, "distances", e, false);
      json.put("reach", e.reach());
    } else if (encoder instanceof PieceEncoder e) {
      head(json, "pieces", e, false);
      json.put("source", e.sourceLength());
      ArrayNode merges = json.putArray("merges");
      e.pairs().merges().forEach(pair -> merges.add(pair.left()).add(pair.right()));
      ArrayNode pieces = json.putArray("pieces");
      e.pieces().forEach(pieces::add);
    } else if (encoder instanceof OverlapEncoder e) {
      head(json, "overlaps", e, e.lowerCase());
      ArrayNode words = json.putArray("words");
      e.words().forEach(words::add);
    } else if (encoder instanceof PositionEncoder) {
      head(json, "positions", encoder, false);
    } else if (encoder instanceof StoryEncoder e) {
      head(json, "story", e, e.words().lowerCase());
      json.put("sentences", e.sentences());
      words(json, e.words());
    } else if (encoder instanceof StoryEncoder.StoryPlaces e) {
      head(json, "places", e, false);
    } else if (encoder
        instanceof WordPieceEncoder.StepEncoder e) { // its pieces are those of another input
      head(json, "steps", e, false);
      json.put("types", e.types());
    } else if (encoder instanceof WordPieceEncoder e) {
      head(json, "wordpieces", e, e.words().rules().lowerCase());
      wordPieces(json, e);
    } else {
      WordEncoder e = (WordEncoder) encoder;
      head(json, "words", e, e.lowerCase());
      words(json, e);
    }
    return json;
  }

  private static void wordPieces(ObjectNode json, WordPieceEncoder e) {
    WordPieces words = e.words();
    json.put("clean", words.rules().clean());
    json.put("ideographs", words.rules().ideographs());
    json.put("accents", words.rules().accents());
    json.put("pairs", e.form() == WordPieceEncoder.Form.PAIR);
    if (e.form() == WordPieceEncoder.Form.TOKENS) {
      json.put("tokens", true);
    }
    WordPieces.Special special = words.special();
    json.putArray("special").add(special.unknown()).add(special.begin()).add(special.end());
    ArrayNode literal = json.putArray("literal");
    special.literal().forEach(literal::add);
    ArrayNode pieces = json.putArray("pieces");
    words.pieces().forEach(pieces::add);
  }

  private static void words(ObjectNode json, WordEncoder e) {
    json.put("punctuation", e.punctuation());
    json.put("skipUnknown", e.skipUnknown());
    ArrayNode words = json.putArray("words");
    e.words().forEach(words::add);
  }

  private static void head(ObjectNode json, String kind, TextEncoder e, boolean lowerCase) {
    json.put("kind", kind);
    json.put("length", e.length());
    json.put("lowerCase", lowerCase);
  }
}
