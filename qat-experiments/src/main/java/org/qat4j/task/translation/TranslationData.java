package org.qat4j.task.translation;

import java.util.Arrays;
import java.util.Currency;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;
import org.qat4j.QatException;
import org.qat4j.data.Dataset;
import org.qat4j.data.Example;
import org.qat4j.data.Holdout;
import org.qat4j.data.Parts;
import org.qat4j.data.Question;
import org.qat4j.data.Skipped;
import org.qat4j.data.Source;
import org.qat4j.experiment.DataSpec;

/** Texts with their translations: a text is both of them, a tab between. */
public final class TranslationData {
  private static final double TEST_SHARE = 0.1;
  private static final double VALIDATION_SHARE = 0.05;

  private TranslationData() {}

  /** The data of an experiment. */
  public static Dataset read(DataSpec.Parallel spec) {
    Source source = Source.of(spec.rows());
    return dataset(ParallelReader.read(source, spec.from(), spec.to()));
  }

  /**
   * Names that this JDK has in English and in another language, where they differ from their codes;
   * 10 % for the test and 5 % for validation by a hash of the English name.
   *
   * @throws QatException if the JDK has no names in that language
   */
  public static Dataset read(DataSpec.LocaleNames spec) {
    Locale to = Locale.forLanguageTag(spec.to());
    Set<Locale> known = new HashSet<>(Arrays.asList(Locale.getAvailableLocales()));
    if (!known.contains(to) || to.equals(Locale.ENGLISH)) {
      throw new QatException(
          "data.to: this JDK ("
              + Runtime.version()
              + ") has no names in the language \""
              + spec.to()
              + "\" other than the English ones; with the module jdk.localedata it has, for example,"
              + " de, es, fr, it, ja, pl, ru, sv");
    }
    Holdout<TextPair> rows = new Holdout<>(TEST_SHARE, VALIDATION_SHARE);
    names(to).forEach((english, other) -> rows.add(english, new TextPair(english, other)));
    return dataset(new Parts<>(rows.train(), rows.validation(), rows.test(), Skipped.NONE));
  }

  /** English names and those in another language, sorted; of one with two meanings the last. */
  private static Map<String, String> names(Locale to) {
    Map<String, String> names = new TreeMap<>();
    Stream<Locale> locales =
        Arrays.stream(Locale.getAvailableLocales())
            .filter(l -> l.getVariant().isEmpty() && l.getExtensionKeys().isEmpty());
    Stream<Locale> countries =
        Arrays.stream(Locale.getISOCountries())
            .map(code -> new Locale.Builder().setRegion(code).build());
    Stream<Locale> languages = Arrays.stream(Locale.getISOLanguages()).map(Locale::forLanguageTag);
    Stream.of(locales, countries, languages)
        .flatMap(Function.identity())
        .forEach(
            l -> add(names, l.getDisplayName(Locale.ENGLISH), l.getDisplayName(to), l.toString()));
    for (Currency c : Currency.getAvailableCurrencies()) {
      add(names, c.getDisplayName(Locale.ENGLISH), c.getDisplayName(to), c.getCurrencyCode());
    }
    return names;
  }

  private static void add(Map<String, String> names, String english, String other, String code) {
    String name = english.strip();
    String translation = other.strip();
    if (!name.isEmpty()
        && !translation.isEmpty()
        && !name.equals(code)
        && !translation.equals(code)) {
      names.put(name, translation);
    }
  }

  private static Dataset dataset(Parts<TextPair> rows) {
    return new Dataset(
        Question.TRANSLATION,
        examples(rows.train()),
        examples(rows.validation()),
        examples(rows.test()),
        List.of(),
        rows.skipped());
  }

  private static List<Example> examples(List<TextPair> rows) {
    return rows.stream()
        .map(r -> r.source().replace('\t', ' ') + "\t" + r.target().replace('\t', ' '))
        .map(text -> new Example(text, 0))
        .toList();
  }
}
