package org.qat4j.format.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.qat4j.QatException;
import org.qat4j.model.IntVector;
import org.qat4j.model.TextInput;
import org.qat4j.text.AffixEncoder;
import org.qat4j.text.BytePairs;
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

/** Writes and reads how texts become token ids. */
public final class TextCodec {
  private TextCodec() {}

  /**
   * @param all inputs of the model, of which this is one
   */
  public static void write(ByteSink out, TextInput text, List<TextInput> all) {
    RecordWriter record;
    FieldEncoder field = text.encoder() instanceof FieldEncoder f ? f : null;
    TextEncoder encoder = field == null ? text.encoder() : field.encoder();
    if (encoder instanceof CharacterEncoder e) {
      record = head(out, "Characters", text, e.lowerCase()).integers("alphabet", e.alphabet());
    } else if (encoder instanceof NgramEncoder e) {
      record =
          head(out, "Ngrams", text, e.lowerCase())
              .integer("minN", e.minN())
              .integer("maxN", e.maxN())
              .integer("buckets", e.buckets());
      if (e.kept() != null) {
        record = record.integers("kept", IntVector.of(e.kept().words()));
      }
    } else if (encoder instanceof TokenEncoder e) {
      record =
          head(out, "Tokens", text, e.lowerCase())
              .truth("focus", e.focus())
              .texts("words", e.words());
    } else if (encoder instanceof AffixEncoder e) {
      record =
          head(out, "Affixes", text, true)
              .integer("characters", e.characters())
              .integer("buckets", e.buckets());
    } else if (encoder instanceof DistanceEncoder e) {
      record = head(out, "Distances", text, false).integer("reach", e.reach());
    } else if (encoder instanceof PieceEncoder e) {
      record =
          head(out, "Pieces", text, false)
              .integer("source", e.sourceLength())
              .texts(
                  "merges",
                  e.pairs().merges().stream()
                      .flatMap(pair -> Stream.of(pair.left(), pair.right()))
                      .collect(Collectors.toUnmodifiableList()))
              .texts("pieces", e.pieces());
    } else if (encoder instanceof OverlapEncoder e) {
      record = head(out, "Overlaps", text, e.lowerCase()).texts("words", e.words());
    } else if (encoder instanceof PositionEncoder) {
      record = head(out, "Positions", text, false);
    } else if (encoder instanceof StoryEncoder e) {
      record =
          words(head(out, "Story", text, e.words().lowerCase()), e.words())
              .integer("sentences", e.sentences());
    } else if (encoder instanceof StoryEncoder.StoryPlaces) {
      record = head(out, "Places", text, false);
    } else if (encoder instanceof WordPieceEncoder.StepEncoder e) {
      record =
          head(out, "Steps", text, false).text("of", of(e, text, all)).truth("types", e.types());
    } else if (encoder instanceof WordPieceEncoder e) {
      record = wordPieces(head(out, "WordPieces", text, e.words().rules().lowerCase()), e);
    } else {
      WordEncoder e = (WordEncoder) encoder;
      record = words(head(out, "Words", text, e.lowerCase()), e);
    }
    if (field != null) {
      record.integer("field", field.field());
    }
    record.end();
  }

  /** The input before it that has the pieces. */
  private static String of(WordPieceEncoder.StepEncoder e, TextInput text, List<TextInput> all) {
    return all.subList(0, all.indexOf(text)).stream()
        .filter(input -> input.encoder().equals(e.pieces()))
        .map(TextInput::input)
        .findFirst()
        .orElseThrow(
            () ->
                new QatException(
                    "the input \"" + text.input() + "\" is of pieces that no input before it has"));
  }

  private static RecordWriter words(RecordWriter record, WordEncoder e) {
    return record
        .truth("punctuation", e.punctuation())
        .truth("skipUnknown", e.skipUnknown())
        .texts("words", e.words());
  }

  private static RecordWriter wordPieces(RecordWriter record, WordPieceEncoder e) {
    WordPieces.Special special = e.words().special();
    record =
        record
            .truth("clean", e.words().rules().clean())
            .truth("ideographs", e.words().rules().ideographs())
            .truth("accents", e.words().rules().accents())
            .truth("pairs", e.form() == WordPieceEncoder.Form.PAIR);
    if (e.form() == WordPieceEncoder.Form.TOKENS) {
      record = record.truth("tokens", true);
    }
    return record
        .integers("special", List.of(special.unknown(), special.begin(), special.end()))
        .integers("literal", special.literal())
        .texts("pieces", e.words().pieces());
  }

  private static RecordWriter head(ByteSink out, String kind, TextInput text, boolean lowerCase) {
    return new RecordWriter(out, kind)
        .text("input", text.input())
        .integer("length", text.encoder().length())
        .truth("lowerCase", lowerCase);
  }

  /** Reads all inputs. */
  public static List<TextInput> readAll(ByteSource in) {
    List<TextInput> before = new ArrayList<>();
    return in.list(
        RecordReader.MIN_BYTES,
        () -> {
          TextInput next = read(in, before);
          before.add(next);
          return next;
        });
  }

  private static TextInput read(ByteSource in, List<TextInput> before) {
    RecordReader r = new RecordReader(in);
    String input = r.text("input");
    try {
      TextEncoder whole = encoder(r, before);
      TextEncoder encoder = r.has("field") ? new FieldEncoder(r.integer("field"), whole) : whole;
      r.end();
      return new TextInput(input, encoder);
    } catch (QatException e) {
      throw new QatException("text encoder of \"" + input + "\": " + e.getMessage(), e);
    }
  }

  private static void require(RecordReader r, boolean lowerCase, boolean expected) {
    if (lowerCase != expected) {
      throw new QatException(
          "the attribute \"lowerCase\" of " + r.kind() + " is always " + (expected ? 1 : 0));
    }
  }

  /** Left and right in turn. */
  private static List<BytePairs.Pair> pairs(List<String> merges) {
    if (merges.size() % 2 != 0) {
      throw new QatException("a merge lacks its right side");
    }
    return IntStream.range(0, merges.size() / 2)
        .mapToObj(i -> new BytePairs.Pair(merges.get(2 * i), merges.get(2 * i + 1)))
        .collect(Collectors.toUnmodifiableList());
  }

  private static TextEncoder encoder(RecordReader r, List<TextInput> before) {
    int length = r.integer("length");
    boolean lowerCase = r.truth("lowerCase");
    return switch (r.kind()) {
      case "Characters" -> new CharacterEncoder(r.integerList("alphabet"), length, lowerCase);
      case "Ngrams" ->
          new NgramEncoder(
              r.integer("minN"),
              r.integer("maxN"),
              r.integer("buckets"),
              length,
              lowerCase,
              r.has("kept") ? new NgramEncoder.Subset(r.integers("kept").toArray()) : null);
      case "Words" -> words(r, length, lowerCase);
      case "Story" -> {
        int sentences = r.integer("sentences");
        if (sentences < 0 || length % (sentences + 1L) != 0) {
          throw new QatException(
              "the length " + length + " is no multiple of " + sentences + " sentences and 1");
        }
        yield new StoryEncoder(words(r, (int) (length / (sentences + 1L)), lowerCase), sentences);
      }
      case "Places" -> {
        require(r, lowerCase, false);
        yield new StoryEncoder.StoryPlaces(length - 1);
      }
      case "Tokens" -> {
        boolean focus = r.truth("focus");
        yield new TokenEncoder(r.texts("words"), length, lowerCase, focus);
      }
      case "Affixes" -> {
        require(r, lowerCase, true);
        yield new AffixEncoder(r.integer("characters"), r.integer("buckets"), length);
      }
      case "Distances" -> {
        require(r, lowerCase, false);
        yield new DistanceEncoder(r.integer("reach"), length);
      }
      case "Pieces" -> {
        require(r, lowerCase, false);
        int source = r.integer("source");
        BytePairs pairs = new BytePairs(pairs(r.texts("merges")));
        yield new PieceEncoder(pairs, r.texts("pieces"), source, length - source);
      }
      case "Overlaps" -> new OverlapEncoder(r.texts("words"), length, lowerCase);
      case "Positions" -> {
        require(r, lowerCase, false);
        yield new PositionEncoder(length);
      }
      case "Steps" -> {
        require(r, lowerCase, false);
        yield steps(r.text("of"), length, r.truth("types"), before);
      }
      case "WordPieces" -> wordPieces(r, length, lowerCase);
      default ->
          throw new QatException(
              "the kind \"" + r.kind() + "\" is unknown to this program; a newer one may know it");
    };
  }

  private static WordPieceEncoder.StepEncoder steps(
      String of, int length, boolean types, List<TextInput> before) {
    for (TextInput input : before) {
      if (input.input().equals(of) && input.encoder() instanceof WordPieceEncoder pieces) {
        if (pieces.length() != length) {
          throw new QatException(
              "the length is " + length + ", and that of \"" + of + "\" " + pieces.length());
        }
        return new WordPieceEncoder.StepEncoder(pieces, types);
      }
    }
    throw new QatException("no input before it has the name \"" + of + "\" and word pieces");
  }

  private static WordEncoder words(RecordReader r, int length, boolean lowerCase) {
    boolean punctuation = r.truth("punctuation");
    boolean skipUnknown = r.truth("skipUnknown");
    return new WordEncoder(r.texts("words"), length, lowerCase, punctuation, skipUnknown);
  }

  private static WordPieceEncoder wordPieces(RecordReader r, int length, boolean lowerCase) {
    WordPieces.Rules rules =
        new WordPieces.Rules(
            r.truth("clean"), r.truth("ideographs"), r.truth("accents"), lowerCase);
    boolean pairs = r.truth("pairs");
    boolean tokens = r.has("tokens") && r.truth("tokens");
    if (pairs && tokens) {
      throw new QatException("a text is a pair or tokens, not both");
    }
    List<Integer> ids = r.integerList("special");
    if (ids.size() != 3) {
      throw new QatException("there are 3 special ids, not " + ids.size());
    }
    WordPieces.Special special =
        new WordPieces.Special(ids.get(0), ids.get(1), ids.get(2), r.integerList("literal"));
    WordPieces words = new WordPieces(r.texts("pieces"), rules, special);
    return tokens
        ? new WordPieceEncoder(words, length, WordPieceEncoder.Form.TOKENS)
        : new WordPieceEncoder(words, length, pairs);
  }
}
