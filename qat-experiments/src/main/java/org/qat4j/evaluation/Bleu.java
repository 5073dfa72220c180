package org.qat4j.evaluation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * BLEU of a set of translations (Papineni et al., ACL 2002), each with one reference, as sacreBLEU
 * 2.6.0 computes it (Post, WMT 2018, arXiv 1804.08771) with the signature {@value #SIGNATURE}:
 * words are those of mteval-v13a, case counts, and the precision of an n-gram order without a match
 * is 1/(2^k·n) for the k-th such order.
 */
public final class Bleu {
  /** What has to be the same for two figures to be compared. */
  public static final String SIGNATURE = "nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp";

  private static final int ORDERS = 4;

  /** Number of counts of a translation: matches and n-grams by order, then both lengths. */
  static final int COUNTS = 2 * ORDERS + 2;

  private static final int LENGTH = 2 * ORDERS;
  private static final int REFERENCE = LENGTH + 1;

  private static final Pattern SYMBOL = Pattern.compile("([{-~\\[-` -&(-+:-@/])");
  private static final Pattern MARK_BEHIND_OTHER = Pattern.compile("([^0-9])([.,])");
  private static final Pattern MARK_BEFORE_OTHER = Pattern.compile("([.,])([^0-9])");
  private static final Pattern DASH_BEHIND_DIGIT = Pattern.compile("([0-9])(-)");
  private static final Pattern SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

  private Bleu() {}

  /** Counts of one translation; they are added up over a set. */
  public static double[] counts(String translation, String reference) {
    List<String> words = words(translation);
    List<String> wanted = words(reference);
    double[] counts = new double[COUNTS];
    for (int n = 1; n <= ORDERS; n++) {
      Map<List<String>, Integer> there = ngrams(wanted, n);
      for (Map.Entry<List<String>, Integer> e : ngrams(words, n).entrySet()) {
        counts[n - 1] += Math.min(e.getValue(), there.getOrDefault(e.getKey(), 0));
        counts[ORDERS + n - 1] += e.getValue();
      }
    }
    counts[LENGTH] = words.size();
    counts[REFERENCE] = wanted.size();
    return counts;
  }

  /** BLEU, 0 to 1, of counts that were added up. */
  public static double of(double[] counts) {
    double logs = 0;
    double smooth = 1;
    for (int n = 0; n < ORDERS; n++) {
      double total = counts[ORDERS + n];
      if (total == 0) {
        return 0;
      }
      smooth *= counts[n] == 0 ? 2 : 1;
      logs += Math.log(counts[n] == 0 ? 1 / (smooth * total) : counts[n] / total) / ORDERS;
    }
    boolean none = counts[0] + counts[1] + counts[2] + counts[ORDERS - 1] == 0;
    double brevity =
        counts[LENGTH] < counts[REFERENCE] ? 1 - counts[REFERENCE] / counts[LENGTH] : 0;
    return none ? 0 : Math.exp(brevity + logs);
  }

  private static Map<List<String>, Integer> ngrams(List<String> words, int n) {
    Map<List<String>, Integer> ngrams = new HashMap<>();
    for (int i = 0; i + n <= words.size(); i++) {
      ngrams.merge(words.subList(i, i + n), 1, Integer::sum);
    }
    return ngrams;
  }

  /** The words of mteval-v13a for languages of the west. */
  static List<String> words(String text) {
    String line =
        text.replace("<skipped>", "")
            .replace("-\n", "")
            .replace('\n', ' ')
            .replace("&quot;", "\"")
            .replace("&amp;", "&")
            .replace("&lt;", "<")
            .replace("&gt;", ">");
    line = SYMBOL.matcher(" " + line + " ").replaceAll(" $1 ");
    line = MARK_BEHIND_OTHER.matcher(line).replaceAll("$1 $2 ");
    line = MARK_BEFORE_OTHER.matcher(line).replaceAll(" $1 $2");
    line = DASH_BEHIND_DIGIT.matcher(line).replaceAll("$1 $2 ");
    List<String> words = new ArrayList<>();
    for (String word : SPACE.split(line, -1)) {
      if (!word.isEmpty()) {
        words.add(word);
      }
    }
    return words;
  }
}
