package org.qat4j.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import org.qat4j.model.Input;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.TextInput;
import org.qat4j.runtime.Sample;
import org.qat4j.text.CharacterEncoder;
import org.qat4j.text.FieldEncoder;
import org.qat4j.text.PieceEncoder;
import org.qat4j.text.StoryEncoder;
import org.qat4j.text.TextEncoder;
import org.qat4j.text.TokenEncoder;
import org.qat4j.text.WordEncoder;
import org.qat4j.text.WordPieceEncoder;

/**
 * What a model reads of a text, in words where its encoder has any: a word that it does not know
 * shows as unknown, one behind its last step does not show at all.
 */
final class ReadTokens {
  private static final String UNKNOWN = "?";

  private final List<Input> inputs;
  private final List<TextEncoder> encoders = new ArrayList<>();

  ReadTokens(IntegerModel model) {
    this.inputs = model.inputs();
    for (Input input : inputs) {
      encoders.add(
          model.text().stream()
              .filter(t -> t.input().equals(input.name()))
              .map(TextInput::encoder)
              .findFirst()
              .orElse(null));
    }
  }

  /** Name and tokens of each input; a model of numbers has them in their place. */
  List<Map<String, Object>> of(Sample sample) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      Map<String, Object> input = new LinkedHashMap<>();
      input.put("input", inputs.get(i).name());
      TextEncoder encoder = encoders.get(i);
      if (encoder == null) {
        input.put("numbers", sample.reals(i));
      } else {
        input.put("steps", encoder.length());
        input.put("tokens", tokens(encoder, sample.tokens(i)));
      }
      all.add(input);
    }
    return all;
  }

  private static List<Map<String, Object>> tokens(TextEncoder encoder, int[] ids) {
    int n = ids.length;
    while (n > 0 && ids[n - 1] == TextEncoder.PADDING) {
      n--;
    }
    IntFunction<String> name = names(encoder);
    List<Map<String, Object>> tokens = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Map<String, Object> token = new LinkedHashMap<>();
      token.put("id", ids[i]);
      token.put("token", ids[i] == encoder.unknown() ? UNKNOWN : name.apply(ids[i]));
      tokens.add(token);
    }
    return tokens;
  }

  /** What an id stands for; where encoders hash or count, its number. */
  private static IntFunction<String> names(TextEncoder encoder) {
    if (encoder instanceof WordEncoder words) {
      return named(words.words(), words.firstToken());
    }
    if (encoder instanceof TokenEncoder words) {
      return named(words.words(), words.firstToken());
    }
    if (encoder instanceof PieceEncoder pieces) {
      return named(pieces.pieces(), pieces.firstToken());
    }
    if (encoder instanceof WordPieceEncoder pieces) {
      return named(pieces.words().pieces(), 0);
    }
    if (encoder instanceof StoryEncoder story) {
      return names(story.words());
    }
    if (encoder instanceof FieldEncoder field) {
      return names(field.encoder());
    }
    if (encoder instanceof CharacterEncoder characters) {
      List<Integer> alphabet = characters.alphabet();
      int first = characters.firstToken();
      return id -> id < first ? "·" : Character.toString(alphabet.get(id - first));
    }
    return Integer::toString;
  }

  private static IntFunction<String> named(List<String> names, int first) {
    return id -> id < first ? "·" : names.get(id - first);
  }
}
