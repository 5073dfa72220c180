package org.qat4j.data;

import java.util.Arrays;
import java.util.Random;
import org.qat4j.QatException;
import org.qat4j.text.AffixEncoder;
import org.qat4j.text.DistanceEncoder;
import org.qat4j.text.PieceEncoder;
import org.qat4j.text.PositionEncoder;
import org.qat4j.text.StoryEncoder;
import org.qat4j.text.TextEncoder;
import org.qat4j.text.TokenEncoder;
import org.qat4j.text.WordPieceEncoder;

/**
 * Drops tokens of encoded texts.
 *
 * @param encoder whose ids they are
 * @param kind what becomes of a dropped token
 * @param below so many of 2³¹ equally likely numbers drop one
 */
record TokenDropout(TextEncoder encoder, Kind kind, int below) {

  /** What becomes of a dropped token: what the encoder makes of one that it does not know. */
  private enum Kind {
    TO_UNKNOWN,
    LEAVE_OUT,
    /** It is none: the form of a token, or where it stands. */
    KEEP
  }

  /**
   * @param share of tokens that are dropped
   */
  static TokenDropout of(TextEncoder encoder, double share) {
    return new TokenDropout(encoder, kind(encoder), (int) (share * 0x1p31));
  }

  /**
   * @throws QatException if a share does not lie in [0, 1)
   */
  static void checkShare(double share) {
    if (!(share >= 0 && share < 1)) {
      throw new QatException("tokenDropout is " + share + "; it must lie in [0, 1)");
    }
  }

  private static Kind kind(TextEncoder encoder) {
    if (encoder instanceof AffixEncoder
        || encoder instanceof DistanceEncoder
        || encoder instanceof PieceEncoder
        || encoder instanceof PositionEncoder
        || encoder instanceof WordPieceEncoder.StepEncoder
        || encoder instanceof StoryEncoder.StoryPlaces
        || (encoder instanceof TokenEncoder tokens && tokens.focus())) {
      return Kind.KEEP;
    }
    return encoder.leavesOut() ? Kind.LEAVE_OUT : Kind.TO_UNKNOWN;
  }

  boolean dropsAny() {
    return below > 0 && kind != Kind.KEEP;
  }

  /** Drops tokens of one row; padding stays, where those behind do not move up. */
  void apply(float[] values, int from, int length, Random random) {
    int to = from;
    for (int i = from; i < from + length; i++) {
      boolean padding = values[i] == TextEncoder.PADDING;
      boolean dropped = !padding && random.nextInt() >>> 1 < below;
      if (kind == Kind.TO_UNKNOWN) {
        values[i] = dropped && values[i] >= encoder.firstToken() ? encoder.unknown() : values[i];
      } else if (!dropped && !padding) {
        values[to++] = values[i];
      }
    }
    if (kind == Kind.LEAVE_OUT) {
      Arrays.fill(values, to, from + length, TextEncoder.PADDING);
    }
  }
}
