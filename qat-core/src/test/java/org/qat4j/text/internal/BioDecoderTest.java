package org.qat4j.text.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BioDecoderTest {
  private static final List<String> TAGS = List.of("B-A", "B-B", "I-A", "I-B", "O");

  @Test
  void takesTheBestSequenceThatIsOne() {
    BioDecoder decoder = new BioDecoder(TAGS);
    // Greedy: I-A O I-B. Nothing may begin with I-A; I-B needs B-B before it.
    float[] p = {
      0.3f, 0.05f, 0.4f, 0.05f, 0.2f, //
      0.1f, 0.35f, 0.05f, 0.05f, 0.45f, //
      0.05f, 0.05f, 0.05f, 0.6f, 0.25f
    };
    assertThat(decoder.decode(p, 3)).containsExactly(0, 1, 3);
    assertThat(decoder.decode(p, 0)).isEmpty();
  }

  /** Against all sequences there are. */
  @Test
  void isAsGoodAsTryingAll() {
    BioDecoder decoder = new BioDecoder(TAGS);
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      int steps = 1 + random.nextInt(4);
      float[] p = new float[steps * 5];
      for (int i = 0; i < p.length; i++) {
        p[i] = random.nextInt(20) / 20f; // ties and zeros
      }
      int[] tags = decoder.decode(p, steps);
      assertThat(isBio(tags)).as("seed %d", seed).isTrue();
      double best = Double.NEGATIVE_INFINITY;
      for (int code = 0; code < Math.pow(5, steps); code++) {
        int[] candidate = new int[steps];
        for (int t = 0, rest = code; t < steps; t++, rest /= 5) {
          candidate[t] = rest % 5;
        }
        best = isBio(candidate) ? Math.max(best, score(p, candidate)) : best;
      }
      assertThat(score(p, tags)).as("seed %d", seed).isEqualTo(best);
    }
  }

  private static boolean isBio(int[] tags) {
    for (int t = 0; t < tags.length; t++) {
      boolean inside = tags[t] == 2 || tags[t] == 3;
      int kind = tags[t] % 2;
      boolean goesOn = t > 0 && tags[t - 1] != 4 && tags[t - 1] % 2 == kind;
      if (inside && !goesOn) {
        return false;
      }
    }
    return true;
  }

  private static double score(float[] p, int[] tags) {
    double sum = 0;
    for (int t = 0; t < tags.length; t++) {
      sum += Math.log(Math.max(p[t * 5 + tags[t]], 1e-30));
    }
    return sum;
  }
}
