package org.qat4j.encoder;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.qat4j.QatException;
import org.qat4j.text.WordPieces;

/** Reads the tokenizer of an encoder: WordPiece with the rules of BERT, and no other. */
final class TokenizerFiles {
  private static final String JSON = "tokenizer.json";
  private static final String VOCABULARY = "vocab.txt";
  private static final String PADDING = "[PAD]";

  private TokenizerFiles() {}

  /**
   * Reads tokenizer.json of a folder, or else vocab.txt, with tokenizer_config.json where there is
   * one.
   *
   * @throws QatException if there is none, or another kind; the message names the key
   */
  public static WordPieces folder(Path folder) {
    if (Files.exists(folder.resolve(JSON))) {
      return json(folder.resolve(JSON));
    }
    Path vocabulary = folder.resolve(VOCABULARY);
    if (!Files.exists(vocabulary)) {
      throw new QatException(
          "no tokenizer in " + folder + ": expected tokenizer.json or vocab.txt");
    }
    Path settings = folder.resolve("tokenizer_config.json");
    return vocabulary(
        vocabulary,
        Files.exists(settings) ? Json.read(settings) : Json.parse(settings.toString(), empty()));
  }

  private static byte[] empty() {
    return new byte[] {'{', '}'};
  }

  /** Reads a file in the format of tokenizer.json. */
  public static WordPieces json(Path file) {
    Json root = Json.read(file);
    Json model = root.at("model");
    model.require("type", "", "WordPiece");
    model.require("continuing_subword_prefix", "##", "##");
    model.require("max_input_chars_per_word", "100", "100");
    root.at("pre_tokenizer").require("type", "", "BertPreTokenizer");
    Json normalizer = root.at("normalizer");
    normalizer.require("type", "", "BertNormalizer");
    Map<String, Integer> ids = model.at("vocab").integers();
    List<String> pieces = byId(file, ids);
    List<String> ends = ends(root.at("post_processor"));
    WordPieces.Special special =
        new WordPieces.Special(
            id(file, ids, model.text("unk_token")),
            id(file, ids, ends.get(0)),
            id(file, ids, ends.get(1)),
            literal(root, ids));
    return padded(file, new WordPieces(pieces, rules(normalizer, "lowercase"), special));
  }

  private static WordPieces.Rules rules(Json json, String lower) {
    boolean lowerCase = json.truth(lower, true);
    return new WordPieces.Rules(
        json.truth("clean_text", true),
        json.truth("handle_chinese_chars", json.truth("tokenize_chinese_chars", true)),
        json.truth("strip_accents", lowerCase),
        lowerCase);
  }

  private static List<String> byId(Path file, Map<String, Integer> ids) {
    String[] pieces = new String[ids.size()];
    ids.forEach(
        (piece, id) -> {
          if (id >= pieces.length || pieces[id] != null) {
            throw new QatException(
                file
                    + ": model.vocab gives \""
                    + piece
                    + "\" the id "
                    + id
                    + "; expected each id from 0 to "
                    + (pieces.length - 1)
                    + " once");
          }
          pieces[id] = piece;
        });
    return Arrays.asList(pieces);
  }

  private static int id(Path file, Map<String, Integer> ids, String piece) {
    Integer id = ids.get(piece);
    if (id == null) {
      throw new QatException(file + ": the vocabulary lacks \"" + piece + "\"");
    }
    return id;
  }

  /** What stands in front of a text and behind it. */
  private static List<String> ends(Json post) {
    String type = post.text("type");
    if (type.equals("TemplateProcessing")) {
      List<String> single = sequence(post.list("single"));
      List<String> pair = sequence(post.list("pair"));
      String begin = single.isEmpty() ? "" : single.get(0);
      String end = single.size() == 3 ? single.get(2) : "";
      if (!single.equals(List.of(begin, "A 0", end))
          || !pair.equals(List.of(begin, "A 0", end, "B 1", end.replace(" 0", " 1")))) {
        throw new QatException(
            "the template of the tokenizer is "
                + single
                + " for a text and "
                + pair
                + " for two; supported is begin, A, end and begin, A, end, B, end, with the type 1"
                + " for B and its end");
      }
      return List.of(begin.replace(" 0", ""), end.replace(" 0", ""));
    }
    post.require("type", "", "BertProcessing");
    return List.of("[CLS]", "[SEP]");
  }

  private static List<String> sequence(List<Json> template) {
    List<String> names = new ArrayList<>();
    for (Json part : template) {
      Json piece = part.has("Sequence") ? part.at("Sequence") : part.at("SpecialToken");
      names.add(piece.text("id") + " " + piece.integer("type_id", 0));
    }
    return names;
  }

  private static List<Integer> literal(Json root, Map<String, Integer> ids) {
    List<Integer> literal = new ArrayList<>();
    if (!root.has("added_tokens")) {
      return literal;
    }
    for (Json token : root.list("added_tokens")) {
      for (String flag : List.of("single_word", "lstrip", "rstrip", "normalized")) {
        token.require(flag, "false", "false");
      }
      String content = token.text("content");
      int id = token.integer("id", 0);
      if (!Integer.valueOf(id).equals(ids.get(content))) {
        throw new QatException(
            "added_tokens: \""
                + content
                + "\" has the id "
                + id
                + ", and in model.vocab "
                + ids.get(content)
                + "; supported are added tokens of the vocabulary");
      }
      literal.add(id);
    }
    return literal;
  }

  private static WordPieces padded(Path file, WordPieces words) {
    if (!words.pieces().get(0).equals(PADDING)) {
      throw new QatException(
          file
              + ": the piece with the id 0 is \""
              + words.pieces().get(0)
              + "\"; supported are vocabularies in which it is \""
              + PADDING
              + "\"");
    }
    return words;
  }

  /** Reads one piece a line. */
  private static WordPieces vocabulary(Path file, Json settings) {
    if (!settings.text("tokenizer_class", "BertTokenizer").equals("BertTokenizerFast")) {
      settings.require("tokenizer_class", "BertTokenizer", "BertTokenizer");
    }
    List<String> pieces;
    try (Stream<String> lines = Files.lines(file)) {
      pieces = lines.toList();
    } catch (IOException | UncheckedIOException e) {
      throw new QatException(file + " cannot be read: " + e.getMessage(), e);
    }
    List<Integer> literal = new ArrayList<>();
    for (String name : List.of("pad_token", "unk_token", "cls_token", "sep_token", "mask_token")) {
      int id = special(pieces, settings, name);
      if (id >= 0) {
        literal.add(id);
      }
    }
    int unknown = needed(file, pieces, settings, "unk_token");
    int begin = needed(file, pieces, settings, "cls_token");
    int end = needed(file, pieces, settings, "sep_token");
    return padded(
        file,
        new WordPieces(
            pieces,
            rules(settings, "do_lower_case"),
            new WordPieces.Special(unknown, begin, end, literal)));
  }

  private static int special(List<String> pieces, Json settings, String name) {
    return pieces.indexOf(content(settings, name));
  }

  /** A special token is written as a text or as an object that has it. */
  private static String content(Json settings, String name) {
    if (settings.isObject(name)) {
      return settings.at(name).text("content");
    }
    return settings.text(name, usual(name));
  }

  private static String usual(String name) {
    return "[" + name.substring(0, name.indexOf('_')).toUpperCase(Locale.ROOT) + "]";
  }

  private static int needed(Path file, List<String> pieces, Json settings, String name) {
    int id = special(pieces, settings, name);
    if (id < 0) {
      throw new QatException(file + " lacks \"" + content(settings, name) + "\" (" + name + ")");
    }
    return id;
  }
}
