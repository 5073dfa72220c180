package org.qat4j.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Files that are cut, flipped, lied in or mutated at random give a model or the declared exception,
 * within the memory that {@link UntrustedFile} allows.
 */
class MalformedFilesTest {
  private static final List<byte[]> FILES =
      GoldenModels.all().stream().map(ModelFile::toBytes).toList();
  private static final int[] LIES = {-1, Integer.MAX_VALUE, Integer.MIN_VALUE, 1 << 24, 0};
  private static final int MUTANTS = 15_000;

  @Test
  void everyLengthIsTooShort() {
    for (byte[] file : FILES) {
      for (int n = 0; n < file.length; n++) {
        byte[] cut = Arrays.copyOf(file, n);
        assertThat(UntrustedFile.read(cut)).isNull();
        UntrustedFile.read(RawFile.repaired(cut));
      }
    }
  }

  @Test
  void flippedBitsAreFound() {
    flipped(7);
  }

  @Test
  @Tag("slow")
  void everyFlippedBitIsFound() {
    flipped(1);
  }

  /** Flips one of so many bits. */
  private static void flipped(int stride) {
    for (byte[] file : FILES) {
      for (int bit = file.length % stride; bit < 8 * file.length; bit += stride) {
        byte[] flipped = file.clone();
        flipped[bit >> 3] ^= (byte) (1 << (bit & 7));
        assertThat(UntrustedFile.read(flipped)).as("bit %d", bit).isNull();
        UntrustedFile.read(RawFile.repaired(flipped));
      }
    }
  }

  @Test
  void numbersThatLieDoNoHarm() {
    lies(5);
  }

  @Test
  @Tag("slow")
  void everyNumberThatLiesDoesNoHarm() {
    lies(1);
  }

  /** Lies at one of so many places. */
  private static void lies(int stride) {
    for (byte[] file : FILES) {
      int begin = RawFile.HEADER + file.length % stride;
      for (int at = begin; at < file.length - Integer.BYTES; at += stride) {
        for (int lie : LIES) {
          byte[] lying = file.clone();
          for (int k = 0; k < Integer.BYTES; k++) {
            lying[at + k] = (byte) (lie >> (8 * k));
          }
          UntrustedFile.read(RawFile.repaired(lying));
        }
      }
    }
  }

  @Test
  void randomMutantsDoNoHarm() {
    long seed = 20260101;
    Random random = new Random(seed);
    int models = 0;
    for (int i = 0; i < MUTANTS; i++) {
      byte[] mutant = RawFile.repaired(mutant(random));
      try {
        models += UntrustedFile.isUsable(mutant) ? 1 : 0;
      } catch (Throwable e) {
        throw new AssertionError("seed " + seed + ", mutant " + i, e);
      }
    }
    // Mutants that all fail at the first byte, or that all are models, would test nothing.
    assertThat(models).isBetween(MUTANTS / 100, MUTANTS * 99 / 100);
  }

  private static byte[] mutant(Random random) {
    byte[] file = FILES.get(random.nextInt(FILES.size())).clone();
    for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
      int room = file.length - RawFile.HEADER;
      int at = RawFile.HEADER + random.nextInt(room);
      int n = Math.min(1 + random.nextInt(random.nextBoolean() ? 4 : 64), file.length - at);
      switch (random.nextInt(5)) {
        case 0 -> file[at] = (byte) random.nextInt();
        case 1 -> file[at] += (byte) (random.nextBoolean() ? 1 : -1);
        case 2 -> file = spliced(file, at, at + n, file, at, at);
        case 3 -> file = spliced(file, at, at, file, at, at + n);
        default -> {
          byte[] other = FILES.get(random.nextInt(FILES.size()));
          int from = random.nextInt(other.length - n);
          file = spliced(file, at, at + n, other, from, from + n);
        }
      }
    }
    return file;
  }

  /** {@code file} with {@code other[start, end)} in the place of its own [from, to). */
  private static byte[] spliced(byte[] file, int from, int to, byte[] other, int start, int end) {
    byte[] result = new byte[file.length - (to - from) + end - start];
    System.arraycopy(file, 0, result, 0, from);
    System.arraycopy(other, start, result, from, end - start);
    System.arraycopy(file, to, result, from + end - start, file.length - to);
    return result;
  }
}
