package org.qat4j.data;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.LongSupplier;

/** Ends with an exception where a file, as it is unpacked, or a line of it is too long. */
public final class LimitedStream extends FilterInputStream {
  private final LongSupplier onDisk;
  private final long mostInLine;
  private long bytes;
  private long line = 1;
  private long inLine;
  private int zeros;
  private boolean afterCr;

  /**
   * @param onDisk bytes of the file that were read so far; of one that is not packed all that a
   *     file may have
   * @param mostInLine bytes of a line
   */
  LimitedStream(InputStream in, LongSupplier onDisk, long mostInLine) {
    super(in);
    this.onDisk = onDisk;
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
    if (b == '\n' || b == '\r') {
      line += b == '\n' && afterCr ? 0 : 1;
      inLine = 0;
    } else if (++inLine > mostInLine) {
      throw new IOException("line " + line + " has more than " + mostInLine + " bytes");
    }
    afterCr = b == '\r';
  }

  private void check() throws IOException {
    long read = onDisk.getAsLong();
    check(
        bytes,
        Math.min(
            ReadLimits.FILE_BYTES, ReadLimits.UNPACKED_BYTES + ReadLimits.UNPACKED_RATIO * read),
        " bytes");
    check(line, ReadLimits.UNPACKED_LINES + read / ReadLimits.BYTES_OF_LINE, " lines");
  }

  private static void check(long value, long most, String what) throws IOException {
    if (value > most) {
      throw new IOException(
          "it unpacks to more than "
              + most
              + what
              + ", more than texts of its size do; unpack it, if you trust it");
    }
  }
}
