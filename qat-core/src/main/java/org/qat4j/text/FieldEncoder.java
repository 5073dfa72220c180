package org.qat4j.text;

import java.util.BitSet;
import org.qat4j.QatException;

/**
 * Encodes one of the fields that a text has between tabs, such as a question and a sentence that
 * may answer it. A field that is not there is empty.
 *
 * @param field number of the field, from 0
 * @param encoder of the field
 */
public record FieldEncoder(int field, TextEncoder encoder) implements TextEncoder {
  private static final int MOST = 1000;

  public FieldEncoder {
    if (field < 0 || field > MOST) {
      throw new QatException("a field has a number from 0 to " + MOST + ", not " + field);
    }
    if (encoder instanceof FieldEncoder) {
      throw new QatException("a field has no fields");
    }
  }

  @Override
  public int length() {
    return encoder.length();
  }

  @Override
  public int vocabularySize() {
    return encoder.vocabularySize();
  }

  @Override
  public int firstToken() {
    return encoder.firstToken();
  }

  @Override
  public boolean leavesOut() {
    return encoder.leavesOut();
  }

  @Override
  public TextEncoder keeping(BitSet ids) {
    return new FieldEncoder(field, encoder.keeping(ids));
  }

  @Override
  public void encode(String text, int[] ids) {
    int from = 0;
    for (int i = 0; i < field && from >= 0; i++) {
      int tab = text.indexOf('\t', from);
      from = tab < 0 ? -1 : tab + 1;
    }
    int end = from < 0 ? -1 : text.indexOf('\t', from);
    String part = from < 0 ? "" : text.substring(from, end < 0 ? text.length() : end);
    encoder.encode(part, ids);
  }
}
