package org.qat4j.data;

/** Why a row cannot be used; whoever knows its file and line turns it into a message. */
public final class MalformedRow extends Exception {
  private static final long serialVersionUID = 1L;

  public MalformedRow(String reason) {
    super(reason);
  }
}
