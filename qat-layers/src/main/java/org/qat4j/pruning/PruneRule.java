package org.qat4j.pruning;

import java.util.List;
import org.qat4j.QatException;
import org.qat4j.graph.LayerInfo;
import org.qat4j.graph.Match;

/**
 * Which weights of a network are pruned.
 *
 * @param pattern how they are chosen
 * @param scope over what they are compared
 * @param sparsity share of them, in [0, 1)
 * @param exceptions other shares for some layers, the later wins; such a layer is compared by
 *     itself
 */
public record PruneRule(Pattern pattern, Scope scope, double sparsity, List<Except> exceptions) {
  /** How the weights that are pruned may lie. */
  public sealed interface Pattern {
    /** Any. */
    record Free() implements Pattern {}

    /**
     * At most {@code keep} of {@code of} adjacent weights of an output channel stay (of a row of an
     * embedding), those of the largest magnitude.
     */
    record KeepOf(int keep, int of) implements Pattern {
      public KeepOf {
        if (keep < 1 || of <= keep || of > 64) {
          throw new QatException(
              "a pattern keeps at least 1 of at most 64 weights, and not all; not "
                  + keep
                  + " of "
                  + of);
        }
      }
    }

    /** Whole channels: see {@link Channels}. */
    record Channel() implements Pattern {}
  }

  /** Over what magnitudes are compared. */
  public enum Scope {
    /** Each layer loses the same share. */
    LAYER,
    /** The smallest of the network go, wherever they are. */
    GLOBAL
  }

  /**
   * Another share for some layers.
   *
   * @param match which layers
   * @param sparsity their share, in [0, 1); 0 leaves them as they are
   */
  public record Except(Match match, double sparsity) {
    public Except {
      check(sparsity);
    }
  }

  public PruneRule {
    exceptions = List.copyOf(exceptions);
    check(sparsity);
  }

  /** Free weights, each layer alike. */
  public static PruneRule weights(double sparsity) {
    return new PruneRule(new Pattern.Free(), Scope.LAYER, sparsity, List.of());
  }

  /** {@code keep} of {@code of} weights everywhere. */
  public static PruneRule keep(int keep, int of) {
    return new PruneRule(
        new Pattern.KeepOf(keep, of), Scope.LAYER, 1 - keep / (double) of, List.of());
  }

  /** Channels, each layer alike. */
  public static PruneRule channels(double share) {
    return new PruneRule(new Pattern.Channel(), Scope.LAYER, share, List.of());
  }

  private static void check(double sparsity) {
    if (!(sparsity >= 0 && sparsity < 1)) {
      throw new QatException(
          "a sparsity is a number from 0 to below 1, not " + sparsity + ": something has to stay");
    }
  }

  /** The exception for a layer, or null. */
  Except exceptionFor(LayerInfo layer) {
    Except found = null;
    for (Except e : exceptions) {
      found = layer.matches(e.match()) ? e : found;
    }
    return found;
  }
}
