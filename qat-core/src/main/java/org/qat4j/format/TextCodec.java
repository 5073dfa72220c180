package org.qat4j.format;

import org.qat4j.QatException;
import org.qat4j.model.IntVector;
import org.qat4j.model.TextInput;
import org.qat4j.text.CharacterEncoder;
import org.qat4j.text.NgramEncoder;
import org.qat4j.text.Subset;
import org.qat4j.text.TextEncoder;
import org.qat4j.text.WordEncoder;

/** Writes and reads how texts become token ids. */
final class TextCodec {
  private TextCodec() {}

  static void write(ByteSink out, TextInput text) {
    RecordWriter record;
    TextEncoder encoder = text.encoder();
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
    } else {
      WordEncoder e = (WordEncoder) encoder;
      record =
          head(out, "Words", text, e.lowerCase())
              .truth("punctuation", e.punctuation())
              .truth("skipUnknown", e.skipUnknown())
              .texts("words", e.words());
    }
    record.end();
  }

  private static RecordWriter head(ByteSink out, String kind, TextInput text, boolean lowerCase) {
    return new RecordWriter(out, kind)
        .text("input", text.input())
        .integer("length", text.encoder().length())
        .truth("lowerCase", lowerCase);
  }

  static TextInput read(ByteSource in) {
    RecordReader r = new RecordReader(in);
    String input = r.text("input");
    try {
      TextEncoder encoder = encoder(r, r.integer("length"), r.truth("lowerCase"));
      r.end();
      return new TextInput(input, encoder);
    } catch (QatException e) {
      throw new QatException("text encoder of \"" + input + "\": " + e.getMessage(), e);
    }
  }

  private static TextEncoder encoder(RecordReader r, int length, boolean lowerCase) {
    return switch (r.kind()) {
      case "Characters" -> new CharacterEncoder(r.integerList("alphabet"), length, lowerCase);
      case "Ngrams" ->
          new NgramEncoder(
              r.integer("minN"),
              r.integer("maxN"),
              r.integer("buckets"),
              length,
              lowerCase,
              r.has("kept") ? new Subset(r.integers("kept").toArray()) : null);
      case "Words" -> {
        boolean punctuation = r.truth("punctuation");
        boolean skipUnknown = r.truth("skipUnknown");
        yield new WordEncoder(r.texts("words"), length, lowerCase, punctuation, skipUnknown);
      }
      default ->
          throw new QatException(
              "the kind \"" + r.kind() + "\" is unknown to this program; a newer one may know it");
    };
  }
}
