package org.qat4j.task.classification;

import java.text.DateFormatSymbols;
import java.text.Normalizer;
import java.time.DayOfWeek;
import java.time.Month;
import java.time.format.TextStyle;
import java.util.Arrays;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * What the Unicode CLDR data of this JDK calls countries, languages, scripts, currencies, months
 * and days in every language. Time zones are left out.
 */
final class LocalePhrases {
  private static final int MIN_LENGTH = 3;

  private LocalePhrases() {}

  /** Phrases of each language that is wanted, by its code. */
  static NavigableMap<String, Set<String>> byLanguage(Predicate<String> wanted) {
    Locale[] locales = Locale.getAvailableLocales();
    List<String> scripts =
        Arrays.stream(locales)
            .map(Locale::getScript)
            .filter(s -> !s.isEmpty())
            .distinct()
            .sorted()
            .toList();
    NavigableMap<String, Set<String>> phrases = new TreeMap<>();
    for (Locale locale : locales) {
      String language = locale.getLanguage();
      if (!language.isEmpty()
          && locale.getCountry().isEmpty()
          && locale.getVariant().isEmpty()
          && wanted.test(language)) {
        phrases.computeIfAbsent(language, l -> new TreeSet<>()).addAll(phrases(locale, scripts));
      }
    }
    return phrases;
  }

  private static Set<String> phrases(Locale locale, List<String> scripts) {
    Set<String> found = new TreeSet<>();
    for (String country : Locale.getISOCountries()) {
      add(
          found,
          new Locale.Builder().setRegion(country).build().getDisplayCountry(locale),
          country);
    }
    for (String language : Locale.getISOLanguages()) {
      add(found, Locale.forLanguageTag(language).getDisplayLanguage(locale), language);
    }
    for (String script : scripts) {
      add(found, new Locale.Builder().setScript(script).build().getDisplayScript(locale), script);
    }
    for (Currency currency : Currency.getAvailableCurrencies()) {
      add(found, currency.getDisplayName(locale), currency.getCurrencyCode());
    }
    for (Month month : Month.values()) {
      add(found, month.getDisplayName(TextStyle.FULL, locale), "");
      add(found, month.getDisplayName(TextStyle.FULL_STANDALONE, locale), "");
    }
    for (DayOfWeek day : DayOfWeek.values()) {
      add(found, day.getDisplayName(TextStyle.FULL, locale), "");
    }
    for (String day : DateFormatSymbols.getInstance(locale).getWeekdays()) {
      add(found, day, "");
    }
    return found;
  }

  private static void add(Set<String> found, String phrase, String code) {
    String text = Normalizer.normalize(phrase, Normalizer.Form.NFC).strip();
    boolean letters = text.codePoints().filter(Character::isLetter).count() >= 2;
    if (text.length() >= MIN_LENGTH && letters && !text.equalsIgnoreCase(code)) {
      found.add(text);
    }
  }
}
