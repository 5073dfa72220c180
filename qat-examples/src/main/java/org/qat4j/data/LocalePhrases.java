package org.qat4j.data;

import java.text.DateFormatSymbols;
import java.text.Normalizer;
import java.time.DayOfWeek;
import java.time.Month;
import java.time.format.TextStyle;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the Unicode CLDR data of this JDK calls countries, languages, scripts, currencies, months
 * and days in every language. Time zones are left out.
 */
final class LocalePhrases {
  private static final int MIN_LENGTH = 3;

  private LocalePhrases() {}

  /** Phrases that occur in one language only, with that language's code; sorted by phrase. */
  static Map<String, String> unique() {
    Map<String, Set<String>> languages = new TreeMap<>();
    List<String> scripts =
        Arrays.stream(Locale.getAvailableLocales())
            .map(Locale::getScript)
            .filter(s -> !s.isEmpty())
            .distinct()
            .sorted()
            .toList();
    Locale[] locales = Locale.getAvailableLocales();
    Arrays.sort(locales, Comparator.comparing(Locale::toLanguageTag));
    for (Locale locale : locales) {
      if (locale.getLanguage().isEmpty()
          || !locale.getCountry().isEmpty()
          || !locale.getVariant().isEmpty()) {
        continue;
      }
      for (String phrase : phrases(locale, scripts)) {
        languages.computeIfAbsent(phrase, p -> new TreeSet<>()).add(locale.getLanguage());
      }
    }
    Map<String, String> unique = new TreeMap<>();
    languages.forEach(
        (phrase, in) -> {
          if (in.size() == 1) {
            unique.put(phrase, in.iterator().next());
          }
        });
    return unique;
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
