package org.qat4j.pipeline;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.qat4j.data.DataShape;
import org.qat4j.data.Question;
import org.qat4j.experiment.ModelSpec;
import org.qat4j.experiment.NgramSpec;
import org.qat4j.experiment.TrainSpec;

/**
 * The network that suits a data set and how it is trained, one rule a setting;
 * docs/configuration.md has the same as a table. The rules look at the training texts alone, never
 * at how well a network does.
 */
final class NetworkRules {
  /** Words in the middle of all texts up to which letters tell more than words. */
  private static final int PHRASE = 3;

  /** The same up to which the order of the words tells more than the topic. */
  private static final int SHORT = 16;

  /** The same from which on a text has a topic, which its rarer words tell. */
  private static final int PAGE = 60;

  private static final double PAGE_IDF = 1.5;

  /** Texts of a class below which averages alone are read, not the order of words. */
  private static final int FEW = 15;

  private static final int SHORTEST = 8;
  private static final int LONGEST = 1_000;
  private static final int LONGEST_OF_PAIR = 200;
  private static final int THOUSAND = 1_000;
  private static final int MOST_WORDS = 60_000;
  private static final int MOST_NGRAMS = 4_000;

  /** Ids of n-grams of all texts, which stay in memory, 4 bytes each. */
  private static final long MOST_NGRAMS_IN_ALL = 60_000_000;

  /** Candidates of a question whose places are told apart. */
  private static final int PLACES = 30;

  /**
   * Steps of a training.
   *
   * @param perRoot for the root of the number of texts
   */
  private record Steps(int fewest, int perClass, int perRoot) {}

  private static final Steps CONVOLUTIONS = new Steps(1_500, 20, 14);
  private static final Steps SHORT_AVERAGES = new Steps(1_000, 0, 8);
  private static final Steps AVERAGES = new Steps(600, 0, 8);
  private static final int FEWEST_PASSES = 4;
  private static final int MOST_PASSES = 60;

  /** Passes from which on the best one is chosen on the validation texts, if these are enough. */
  private static final int MANY_PASSES = 20;

  private static final int ENOUGH_ROWS = 1_000;

  /**
   * A setting and its rule.
   *
   * @param key of the experiment file
   * @param why the rule, with the figures that it saw
   */
  record Setting(String key, String value, String why) {}

  /**
   * All that follows from a data set.
   *
   * @param settings in the order of the file
   */
  record Choice(ModelSpec model, TrainSpec train, List<Setting> settings) {
    Choice {
      settings = List.copyOf(settings);
    }
  }

  private final DataShape shape;
  private final TrainSpec train;
  private final Set<String> given;
  private final List<Setting> settings = new ArrayList<>();

  private NetworkRules(DataShape shape, TrainSpec train, Set<String> given) {
    this.shape = shape;
    this.train = train;
    this.given = given;
  }

  /**
   * Applies the rules.
   *
   * @param train as the experiment file has it
   * @param given paths of keys that the file gives, such as {@code train.epochs}: they stay
   * @param searches whether something is judged by the validation texts later
   */
  static Choice of(DataShape shape, TrainSpec train, Set<String> given, boolean searches) {
    NetworkRules rules = new NetworkRules(shape, train, given);
    ModelSpec model = rules.model();
    return new Choice(model, rules.training(searches), rules.settings);
  }

  private ModelSpec model() {
    if (shape.question() == Question.RANKING) {
      return pairs();
    }
    return isPhrases() ? letters() : words();
  }

  private boolean isPhrases() {
    return shape.question() != Question.RANKING && shape.whole().median() <= PHRASE;
  }

  private boolean isShort() {
    return shape.whole().median() <= SHORT;
  }

  private boolean isPage() {
    return shape.whole().median() > PAGE;
  }

  private boolean hasConvolutions() {
    return isShort() && shape.perClass() >= FEW;
  }

  /** Whether a text is an average of its words and n-grams, and no more. */
  private boolean isAverage() {
    return shape.question() != Question.RANKING && !isPhrases() && !hasConvolutions();
  }

  private ModelSpec letters() {
    say("model.kind", "char-ngram-cnn", median() + ": letters tell");
    int characters = Math.min(LONGEST, Math.max(SHORTEST, shape.whole().characters()));
    say("model.length", characters, "characters that 99 of 100 texts do not exceed");
    int ngrams = ngrams(2, 4);
    return new ModelSpec.CharNgramCnn(
        characters, false, 2, 32, 192, 3, 2, 4, buckets(), ngrams, 64, dropout());
  }

  private ModelSpec words() {
    say("model.kind", "word-cnn", "texts with one answer each");
    int length = length("model.length", shape.whole().most(), LONGEST);
    int vocabulary = vocabulary();
    List<Integer> widths =
        hasConvolutions() ? Stream.of(2, 3, 4).filter(w -> w <= length).toList() : List.of();
    say("model.widths", widths, widthsRule());
    say("model.average", isAverage(), "where there are no convolutions");
    int dimension = isShort() ? 100 : 200;
    say("model.dimension", dimension, median() + ", which is " + (isShort() ? "short" : "long"));
    double minIdf = isPage() ? PAGE_IDF : 0;
    say(
        "model.minIdf, punctuation, skipUnknown",
        minIdf + ", " + !isPage() + ", " + isPage(),
        isPage() ? "rarer words tell the topic of a page" : "every word and mark may tell");
    int minN = isPage() ? 4 : 3;
    NgramSpec ngrams = new NgramSpec(minN, 5, buckets(), ngrams(minN, 5), isShort() ? 64 : 100);
    return new ModelSpec.WordCnn(
        vocabulary,
        length,
        true,
        !isPage(),
        isPage(),
        2,
        minIdf,
        0,
        dimension,
        128,
        widths,
        isAverage(),
        ngrams,
        dropout());
  }

  private double dropout() {
    boolean number = shape.question() == Question.NUMBER;
    double dropout = number ? 0 : 0.5;
    say("model.dropout", dropout, number ? "it would blur a number" : "before classes");
    return dropout;
  }

  private String widthsRule() {
    return hasConvolutions()
        ? "the order of the words of short texts tells"
        : isShort()
            ? "a class has " + perClass() + " texts, too few to learn the order of words"
            : "averages tell what longer texts are about";
  }

  private ModelSpec pairs() {
    say("model.kind", "pair-cnn", "texts that are ranked for a question");
    int first = length("model.firstLength", shape.first().most(), LONGEST_OF_PAIR);
    int second = length("model.secondLength", shape.second().most(), LONGEST_OF_PAIR);
    int vocabulary = vocabulary();
    say("model.overlap", 16, "words that question and text have in common tell, rare ones more");
    say("model.places", PLACES, "where a text stands among the others may tell");
    return new ModelSpec.PairCnn(
        vocabulary, first, second, true, 2, 50, 64, List.of(1, 2, 3), 128, 0.3, 16, PLACES);
  }

  private int length(String key, int words, int longest) {
    int length = Math.min(longest, Math.max(SHORTEST, words));
    say(key, length, "words that 99 of 100 texts do not exceed, " + SHORTEST + " to " + longest);
    return length;
  }

  private int vocabulary() {
    int thousands = (shape.words() + THOUSAND) / THOUSAND * THOUSAND;
    int words = Math.min(MOST_WORDS, thousands);
    say(
        "model.vocabulary",
        words,
        "room for all words that occur twice or more, at most " + MOST_WORDS);
    return words;
  }

  /** A power of two, for about as many as there are different ones. */
  private int buckets() {
    int buckets = isShort() && shape.rows() <= 50_000 ? 1 << 15 : 1 << 16;
    say("model.ngrams.buckets", buckets, "more for longer texts and for many");
    return buckets;
  }

  private int ngrams(int minN, int maxN) {
    long all = (maxN - minN + 1L) * shape.whole().characters();
    long room = Math.max(SHORTEST, MOST_NGRAMS_IN_ALL / Math.max(1, shape.rows()));
    int length = (int) Math.max(SHORTEST, Math.min(Math.min(all, MOST_NGRAMS), room));
    say(
        "model.ngrams.length",
        length,
        "runs of "
            + minN
            + " to "
            + maxN
            + " characters that 99 of 100 texts do not exceed, at most "
            + MOST_NGRAMS
            + ", and "
            + MOST_NGRAMS_IN_ALL / 1_000_000
            + " million of all texts");
    return length;
  }

  private TrainSpec training(boolean searches) {
    int batch = rule("batch", train.batch(), batch(), shape.rows() + " training texts");
    int perPass = (shape.rows() + batch - 1) / batch;
    int epochs = rule("epochs", train.epochs(), passes(perPass), passesRule(perPass));
    double rate =
        rule(
            "learningRate",
            train.learningRate(),
            isAverage() ? isShort() ? 0.004 : isPage() ? 0.02 : 0.005 : 0.002,
            isAverage() ? "averages learn fast, the faster the longer" : "convolutions");
    double drop =
        rule(
            "tokenDropout",
            train.tokenDropout(),
            isAverage() ? isShort() ? 0.3 : 0.7 : 0.1,
            isAverage() ? "no word is to be relied upon" : "the order of words is to stay");
    boolean patient = epochs >= MANY_PASSES && shape.rows() >= ENOUGH_ROWS;
    Integer patience =
        given("patience") || given("refit") || !patient
            ? train.patience()
            : Integer.valueOf(Math.max(5, epochs / 4));
    boolean stays = given("refit") || patience != null || searches;
    boolean refit = stays ? train.refit() : true;
    if (patience != null) {
      say("train.patience", patience, "many passes, and texts enough to choose the best by");
    } else {
      say("train.refit", refit, refitRule(searches));
    }
    return new TrainSpec(
        epochs,
        batch,
        rate,
        train.schedule(),
        drop,
        train.l2(),
        train.weightDecay(),
        train.warmUp(),
        train.clip(),
        train.frozen(),
        train.layerDecay(),
        train.average(),
        patience,
        refit,
        train.lazyRows(),
        train.workers());
  }

  private String refitRule(boolean searches) {
    return given("refit")
        ? "the file says so"
        : searches
            ? "search and pruning judge by the validation texts"
            : "nothing is left to choose by the validation texts";
  }

  private int batch() {
    int rows = shape.rows();
    return isAverage()
        ? rows < 1_000 ? 16 : rows < 4_000 ? 64 : rows < 40_000 ? 128 : 256
        : rows < 1_000 ? 16 : rows < 4_000 ? 32 : rows < 20_000 ? 64 : rows < 100_000 ? 128 : 256;
  }

  private long steps() {
    Steps steps = isAverage() ? isShort() ? SHORT_AVERAGES : AVERAGES : CONVOLUTIONS;
    long byRows = Math.round(steps.perRoot() * Math.sqrt(shape.rows()));
    long byClasses = (long) steps.perClass() * shape.classes();
    return Math.max(steps.fewest(), Math.max(byRows, byClasses));
  }

  private int passes(int perPass) {
    long passes = Math.round(steps() / (double) perPass);
    return (int) Math.max(FEWEST_PASSES, Math.min(MOST_PASSES, passes));
  }

  private String passesRule(int perPass) {
    return "about "
        + steps()
        + " steps, "
        + perPass
        + " a pass; "
        + FEWEST_PASSES
        + " to "
        + MOST_PASSES
        + " passes";
  }

  /** A key of the training: as the file gives it, or as a rule has it. */
  private <T> T rule(String key, T own, T ruled, String why) {
    T value = given(key) ? own : ruled;
    say("train." + key, value, given(key) ? "the file says so" : why);
    return value;
  }

  private boolean given(String key) {
    return given.contains("train." + key);
  }

  private String median() {
    return "half of the texts have " + shape.whole().median() + " words or fewer";
  }

  private String perClass() {
    return String.format(Locale.ROOT, "%.0f", shape.perClass());
  }

  private void say(String key, Object value, String why) {
    settings.add(new Setting(key, String.valueOf(value), why));
  }
}
