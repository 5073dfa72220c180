package org.qat4j.task.tagging;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.text.internal.TokenText;

/**
 * How often each token has each tag in the training texts; the token in focus is another one than
 * the same word elsewhere.
 */
public final class TokenTags {
  private final Map<String, float[]> counts = new HashMap<>();
  private final float[] all; // for a token that no training text has

  public TokenTags(Dataset data) {
    all = new float[data.labels().size()];
    for (Example e : data.train()) {
      List<String> keys = keys(e.text());
      for (int t = 0; t < keys.size(); t++) {
        int tag = e.tags().get(t);
        counts.computeIfAbsent(keys.get(t), k -> new float[all.length])[tag]++;
        all[tag]++;
      }
    }
  }

  private static List<String> keys(String text) {
    TokenText t = TokenText.of(text);
    String[] keys = t.tokens().toArray(new String[0]);
    for (int i = 0; i < keys.length; i++) {
      keys[i] = keys[i].toLowerCase(Locale.ROOT) + (i == t.focus() ? "\t" : "");
    }
    return Arrays.asList(keys);
  }

  /** Share of each tag for each token, [tokens, tags] row-major. */
  public float[] probabilities(Example example) {
    List<String> keys = keys(example.text());
    float[] p = new float[keys.size() * all.length];
    for (int t = 0; t < keys.size(); t++) {
      float[] of = counts.getOrDefault(keys.get(t), all);
      float sum = 0;
      for (float n : of) {
        sum += n;
      }
      for (int tag = 0; tag < of.length; tag++) {
        p[t * all.length + tag] = of[tag] / sum;
      }
    }
    return p;
  }
}
