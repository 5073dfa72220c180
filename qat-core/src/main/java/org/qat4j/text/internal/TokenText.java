package org.qat4j.text.internal;

import java.util.ArrayList;
import java.util.List;
import org.qat4j.QatException;

/**
 * A text that is split into tokens already: ASCII white space between them, and behind a tab, where
 * there is one, the index of the token that the others are looked at from, such as the predicate
 * whose arguments are asked for.
 *
 * @param tokens none is empty
 * @param focus index of a token, or −1
 */
public record TokenText(List<String> tokens, int focus) {
  /** There is no tab. */
  public static final int NO_FOCUS = -1;

  public TokenText {
    tokens = List.copyOf(tokens);
    if (focus < NO_FOCUS || focus >= tokens.size()) {
      throw new QatException(
          "the index " + focus + " behind the tab is none of the " + tokens.size() + " tokens");
    }
  }

  /**
   * Splits a text.
   *
   * @throws QatException if what stands behind the tab is no index of a token
   */
  public static TokenText of(String text) {
    int tab = text.indexOf('\t');
    String words = tab < 0 ? text : text.substring(0, tab);
    List<String> tokens = new ArrayList<>();
    for (String token : words.split("\\s+", -1)) {
      if (!token.isEmpty()) {
        tokens.add(token);
      }
    }
    if (tab < 0) {
      return new TokenText(tokens, NO_FOCUS);
    }
    String index = text.substring(tab + 1).strip();
    if (!index.matches("[0-9]{1,6}")) {
      throw new QatException(
          "behind the tab stands \"" + index + "\"; expected the index of a token, from 0");
    }
    return new TokenText(tokens, Integer.parseInt(index));
  }

  /** The text that {@link #of} splits into this. */
  public String text() {
    String words = String.join(" ", tokens);
    return focus == NO_FOCUS ? words : words + "\t" + focus;
  }
}
