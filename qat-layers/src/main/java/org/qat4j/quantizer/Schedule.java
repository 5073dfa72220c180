package org.qat4j.quantizer;

import java.io.Serializable;
import java.util.List;
import org.qat4j.QatException;

/**
 * When training under quantization does what. All times are numbers of training steps since {@code
 * Qat.prepare}; every layer counts them in its parameters, so that they survive saving, cloning,
 * data-parallel training and early stopping.
 *
 * @param fakeQuantFrom steps that compute in float and only observe, before fake quantization
 *     starts
 * @param freezeObserversAfter steps in which observers move the ranges; 0 leaves the ranges where
 *     calibration put them, {@link #NEVER} never stops, and with {@link #UNTIL_FROZEN} they slow
 *     down by themselves
 * @param learnScalesFrom steps after which learned ranges are trained; not before a fixed step at
 *     which the observers stop, because these would overwrite what was learned
 * @param freezeBatchNormAfter steps after which batch normalization keeps its running statistics
 * @param wider phases with more bits, in order, each shorter than the next and with fewer bits
 */
public record Schedule(
    long fakeQuantFrom,
    long freezeObserversAfter,
    long learnScalesFrom,
    long freezeBatchNormAfter,
    List<Wider> wider)
    implements Serializable {
  /** A time that no training reaches. */
  public static final long NEVER = Long.MAX_VALUE;

  /**
   * Observers that end when the model is frozen, for trainings of unknown length: they look at
   * every step of the first {@value #CLOSELY}, at every second of the next {@value #CLOSELY}, at
   * every third of those behind, and so on, so that ranges settle. A range that is far from what a
   * batch makes, by a factor of two in width, goes there at once in the first step and half of the
   * way later. One that is learned is left to its learning.
   */
  public static final long UNTIL_FROZEN = Long.MAX_VALUE - 1;

  private static final long CLOSELY = 100;

  /**
   * A phase of the gradual reduction of bits: in its steps a layer has at least so many.
   *
   * @param until the last step of the phase
   * @param weightBits at least so many bits for weights
   * @param activationBits at least so many for activations
   */
  public record Wider(long until, int weightBits, int activationBits) implements Serializable {
    public Wider {
      if (until < 1
          || weightBits < 2
          || weightBits > 8
          || activationBits < 2
          || activationBits > 8) {
        throw new QatException(
            "a phase with more bits lasts at least 1 step and has 2 to 8 bits, not "
                + until
                + " steps with "
                + weightBits
                + " and "
                + activationBits
                + " bits");
      }
    }
  }

  public Schedule {
    wider = List.copyOf(wider);
    notNegative("fakeQuantFrom", fakeQuantFrom);
    notNegative("freezeObserversAfter", freezeObserversAfter);
    notNegative("freezeBatchNormAfter", freezeBatchNormAfter);
    if (fakeQuantFrom == NEVER) {
      throw new QatException("fakeQuantFrom: a training that never quantizes is not QAT");
    }
    if (learnScalesFrom < fakeQuantFrom) {
      throw new QatException(
          "learnScalesFrom ("
              + learnScalesFrom
              + ") comes before fakeQuantFrom ("
              + fakeQuantFrom
              + "), but a scale has no gradient until fake quantization starts");
    }
    if (learnScalesFrom < freezeObserversAfter && freezeObserversAfter != UNTIL_FROZEN) {
      throw new QatException(
          "learnScalesFrom ("
              + learnScalesFrom
              + ") comes before freezeObserversAfter ("
              + time(freezeObserversAfter)
              + "), but observers that still move would overwrite what is learned");
    }
    for (int i = 1; i < wider.size(); i++) {
      Wider a = wider.get(i - 1);
      Wider b = wider.get(i);
      if (b.until <= a.until
          || b.weightBits > a.weightBits
          || b.activationBits > a.activationBits) {
        throw new QatException(
            "bits are reduced step by step: " + b + " cannot follow " + a + " in the schedule");
      }
    }
    if (!wider.isEmpty() && wider.get(0).until <= fakeQuantFrom) {
      throw new QatException(
          "the phase until step "
              + wider.get(0).until
              + " ends before fake quantization starts after step "
              + fakeQuantFrom);
    }
  }

  private static void notNegative(String name, long steps) {
    if (steps < 0) {
      throw new QatException(name + " is a number of steps, not " + steps);
    }
  }

  private static String time(long steps) {
    return steps == NEVER ? "never" : Long.toString(steps);
  }

  /**
   * Quantizes from the first step on, with ranges that follow what the network makes in training
   * and settle by themselves ({@link #UNTIL_FROZEN}). The default.
   */
  public static Schedule following() {
    return new Schedule(0, UNTIL_FROZEN, 0, NEVER, List.of());
  }

  /**
   * Quantizes from the first step on, with the ranges of the calibration. They are those of a
   * trained network in evaluation: one that has learned nothing yet, or whose batch normalization
   * has not settled, outgrows them and then learns nothing; use {@link #following} for it.
   */
  public static Schedule immediately() {
    return of(0, 0);
  }

  /** Learned ranges, if there are any, are trained as soon as the other two times allow it. */
  public static Schedule of(long fakeQuantFrom, long freezeObserversAfter) {
    return new Schedule(
        fakeQuantFrom,
        freezeObserversAfter,
        Math.max(fakeQuantFrom, freezeObserversAfter),
        NEVER,
        List.of());
  }

  public Schedule withLearnScalesFrom(long value) {
    return new Schedule(fakeQuantFrom, freezeObserversAfter, value, freezeBatchNormAfter, wider);
  }

  public Schedule withFreezeBatchNormAfter(long value) {
    return new Schedule(fakeQuantFrom, freezeObserversAfter, learnScalesFrom, value, wider);
  }

  public Schedule withWider(List<Wider> value) {
    return new Schedule(
        fakeQuantFrom, freezeObserversAfter, learnScalesFrom, freezeBatchNormAfter, value);
  }

  /** Whether observers move the ranges in training step {@code step}, counted from 1. */
  public boolean observesIn(long step) {
    return freezeObserversAfter == UNTIL_FROZEN
        ? step % (1 + step / CLOSELY) == 0
        : step <= freezeObserversAfter;
  }

  /**
   * Checks that a training of {@code steps} steps comes to the end of the schedule, so that what is
   * frozen is what was trained.
   *
   * @param steps of the whole training, or those done so far
   * @throws QatException that names what would still be under way
   */
  public void checkEndsWithin(long steps) {
    require(fakeQuantFrom, steps, "fakeQuantFrom", "nothing would be trained under quantization");
    if (freezeObserversAfter != UNTIL_FROZEN) {
      require(freezeObserversAfter, steps, "freezeObserversAfter", "the ranges would still move");
    }
    for (Wider w : wider) {
      require(w.until, steps, "the phase with more bits", "the bits would still be reduced");
    }
  }

  private static void require(long at, long steps, String name, String consequence) {
    if (at > 0 && at >= steps) {
      throw new QatException(
          name
              + " is "
              + time(at)
              + ", but the training has "
              + steps
              + " steps: "
              + consequence
              + " when the model is frozen; choose an earlier step");
    }
  }

  /** Bits of weights that end with {@code bits}, in training step {@code step}, counted from 1. */
  public int weightBits(int bits, long step) {
    for (Wider w : wider) {
      if (step <= w.until) {
        return Math.max(bits, w.weightBits);
      }
    }
    return bits;
  }

  /** Bits of activations that end with {@code bits}, in training step {@code step}. */
  public int activationBits(int bits, long step) {
    for (Wider w : wider) {
      if (step <= w.until) {
        return Math.max(bits, w.activationBits);
      }
    }
    return bits;
  }
}
