package org.qat4j.data;

/** What is asked of a text. */
public enum Question {
  /** Which class? */
  CLASS,
  /** Which tag has each token? */
  TAGS,
  /** How probable is the last class, the right one, against the other texts of the group? */
  RANKING,
  /** What is it in the other language? A text is that and its translation, a tab between. */
  TRANSLATION
}
