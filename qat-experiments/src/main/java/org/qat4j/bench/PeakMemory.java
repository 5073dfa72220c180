package org.qat4j.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The largest resident memory that this process had. */
final class PeakMemory {
  private static final int KIBI = 1024;

  private PeakMemory() {}

  /** In bytes; −1 where the system does not say. */
  static long bytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (Files.isReadable(status)) {
      for (String line : Files.readAllLines(status, StandardCharsets.UTF_8)) {
        if (line.startsWith("VmHWM:")) {
          String kilobytes = line.substring(line.indexOf(':') + 1, line.indexOf("kB"));
          return Long.parseLong(kilobytes.strip()) * KIBI;
        }
      }
    }
    return -1;
  }
}
