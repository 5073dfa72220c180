package org.qat4j.format;

import org.qat4j.model.TextInput;
import org.qat4j.text.CharacterEncoder;
import org.qat4j.text.NgramEncoder;
import org.qat4j.text.TextEncoder;
import org.qat4j.text.WordEncoder;

/** Writes and reads how texts become token ids. */
final class TextCodec {
  private static final int CHARACTERS = 0;
  private static final int NGRAMS = 1;
  private static final int WORDS = 2;

  private TextCodec() {}

  static void write(ByteSink out, TextInput text) {
    out.string(text.input());
    TextEncoder encoder = text.encoder();
    if (encoder instanceof CharacterEncoder e) {
      head(out, CHARACTERS, e.length(), e.lowerCase());
      out.list(e.alphabet(), out::i32);
    } else if (encoder instanceof NgramEncoder e) {
      head(out, NGRAMS, e.length(), e.lowerCase());
      out.i32(e.minN());
      out.i32(e.maxN());
      out.i32(e.buckets());
    } else {
      WordEncoder e = (WordEncoder) encoder;
      head(out, WORDS, e.length(), e.lowerCase());
      out.bool(e.punctuation());
      out.bool(e.skipUnknown());
      out.list(e.words(), out::string);
    }
  }

  private static void head(ByteSink out, int kind, int length, boolean lowerCase) {
    out.u8(kind);
    out.i32(length);
    out.bool(lowerCase);
  }

  static TextInput read(ByteSource in) {
    String input = in.string();
    int kind = in.choice(WORDS + 1, "text encoder");
    int length = in.i32();
    boolean lowerCase = in.bool();
    return new TextInput(input, encoder(in, kind, length, lowerCase));
  }

  private static TextEncoder encoder(ByteSource in, int kind, int length, boolean lowerCase) {
    if (kind == CHARACTERS) {
      return new CharacterEncoder(in.list(Integer.BYTES, in::i32), length, lowerCase);
    }
    if (kind == NGRAMS) {
      int minN = in.i32();
      int maxN = in.i32();
      return new NgramEncoder(minN, maxN, in.i32(), length, lowerCase);
    }
    boolean punctuation = in.bool();
    boolean skipUnknown = in.bool();
    return new WordEncoder(
        in.list(Integer.BYTES, in::string), length, lowerCase, punctuation, skipUnknown);
  }
}
