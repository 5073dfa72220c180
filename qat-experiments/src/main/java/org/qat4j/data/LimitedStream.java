package org.qat4j.data;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongSupplier;

/** Ends with an exception where a file, as it is unpacked, or a line of it is too long. */
public final class LimitedStream extends FilterInputStream {
  private final LongSupplier mostBytes;
  private final long mostInLine;
  private long bytes;
  private long line = 1;
  private long inLine;
  private int zeros;

  /**
   * @param mostBytes in all, as far as the file was read
   * @param mostInLine of a line, between LF and LF
   */
  LimitedStream(InputStream in, LongSupplier mostBytes, long mostInLine) {
    super(in);
    this.mostBytes = mostBytes;
    this.mostInLine = mostInLine;
  }

  /** How many zeros were read last. */
  public int zeros() {
    return zeros;
  }

  @Override
  public int read() throws IOException {
    int b = super.read();
    if (b >= 0) {
      count((byte) b);
      check();
    }
    return b;
  }

  @Override
  public int read(byte[] to, int from, int length) throws IOException {
    int n = super.read(to, from, length);
    for (int i = 0; i < n; i++) {
      count(to[from + i]);
    }
    check();
    return n;
  }

  @Override
  public long skip(long n) throws IOException {
    return readNBytes((int) Math.min(n, 1 << 13)).length;
  }

  @Override
  public boolean markSupported() {
    return false;
  }

  private void count(byte b) throws IOException {
    bytes++;
    zeros = b == 0 ? Math.min(zeros, Integer.MAX_VALUE - 1) + 1 : 0;
    if (b == '\n') {
      line++;
      inLine = 0;
    } else if (++inLine > mostInLine) {
      throw new IOException("line " + line + " has more than " + mostInLine + " bytes");
    }
  }

  private void check() throws IOException {
    long most = mostBytes.getAsLong();
    if (bytes > most) {
      throw new IOException(
          "it unpacks to more than "
              + most
              + " bytes, more than texts of its size do; unpack it, if you trust it");
    }
  }
}
