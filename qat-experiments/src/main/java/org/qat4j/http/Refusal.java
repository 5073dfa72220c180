package org.qat4j.http;

/** A request that is not answered, with its status and a reason for whoever sent it. */
final class Refusal extends RuntimeException {
  static final int BAD_REQUEST = 400;
  static final int NOT_FOUND = 404;
  static final int TOO_LARGE = 413;
  static final int WRONG_TYPE = 415;
  static final int MISDIRECTED = 421;
  static final int TOO_MANY = 429;

  private static final long serialVersionUID = 1L;

  private final int status;

  Refusal(int status, String reason) {
    super(reason);
    this.status = status;
  }

  int status() {
    return status;
  }
}
