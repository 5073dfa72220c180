package org.qat4j.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.qat4j.format.internal.ByteSink;

/** Changes to the bytes of model files behind the back of {@link ModelFile}. */
final class RawFile {
  static final int HEADER = 20;
  static final int CHECKSUM = 4;

  private RawFile() {}

  /** The file with the length and the checksum that its bytes should have; its own array. */
  static byte[] repaired(byte[] file) {
    byte[] result = file.clone();
    if (result.length < HEADER + CHECKSUM) {
      return result;
    }
    ByteBuffer buffer = ByteBuffer.wrap(result).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(12, result.length);
    CRC32 crc = new CRC32();
    crc.update(result, 0, result.length - CHECKSUM);
    buffer.putInt(result.length - CHECKSUM, (int) crc.getValue());
    return result;
  }

  /** The file with a section more. */
  static byte[] withSection(byte[] file, String tag, byte[] content) {
    ByteSink out = new ByteSink();
    out.bytes(Arrays.copyOf(file, file.length - CHECKSUM));
    out.bytes(tag.getBytes(StandardCharsets.US_ASCII));
    out.i64(content.length);
    out.bytes(content);
    out.i32(0);
    return repaired(out.toByteArray());
  }

  /** The file with one text in place of another of the same length, wherever that occurs. */
  static byte[] replaced(byte[] file, String from, String to) {
    String text = new String(file, StandardCharsets.ISO_8859_1);
    return repaired(text.replace(from, to).getBytes(StandardCharsets.ISO_8859_1));
  }
}
