package org.qat4j.pruning;

/** Takes parts out of a network while it is trained. */
public sealed interface GradualPruning permits Pruner, Channels {
  /** Whether {@link #step} prunes when so many steps are done. */
  boolean isDue(long step);

  /** Prunes when it is time. */
  void step(long step);

  /** Share of what may be pruned that is. */
  double sparsity();
}
