package org.qat4j.data;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.qat4j.QatException;

/** Hashes that are the same on every machine. */
public final class Hashes {
  private Hashes() {}

  /** SHA-256 of a text in UTF-8. */
  public static byte[] sha256(String text) {
    return digest().digest(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * SHA-256 of a file.
   *
   * @throws QatException if it cannot be read
   */
  public static byte[] sha256(Path file) {
    try {
      return digest().digest(Files.readAllBytes(file));
    } catch (IOException e) {
      throw new QatException("cannot read " + file + ": " + e, e);
    }
  }

  /** A new SHA-256. */
  public static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The first 48 bits of the SHA-256 of a text. */
  public static long hash48(String text) {
    return ByteBuffer.wrap(sha256(text)).getLong() >>> 16;
  }

  /** A number in [0, 1) that depends on the text alone. */
  static double unit(String text) {
    return hash48(text) * 0x1p-48;
  }

  /** Takes in a number. */
  public static void update(MessageDigest digest, int number) {
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(0, number));
  }

  /** The length goes first, so that no two lists of texts give the same bytes. */
  public static void update(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    update(digest, bytes.length);
    digest.update(bytes);
  }

  /** In hexadecimal digits. */
  public static String hex(byte[] hash) {
    return HexFormat.of().formatHex(hash);
  }
}
