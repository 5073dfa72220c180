package org.qat4j.qat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.qat4j.QatException;
import org.qat4j.graph.Match;
import org.qat4j.quantizer.ActivationSpec;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Schedule;
import org.qat4j.quantizer.Unsupported;

/**
 * How a network is quantized: a default, exceptions, and when what happens.
 *
 * <pre>{@code
 * QuantSpec.of(LayerSpec.of(4, 8))
 *     .with(new Match.Last(), s -> LayerSpec.int8())
 *     .with(new Match.Name("conv"), s -> s.withWeights(s.weights().withBits(2)))
 * }</pre>
 *
 * @param defaults for every layer
 * @param overrides applied in order to what the ones before them made, so that the later wins
 * @param schedule of the training
 * @param unsupported what becomes of layers that cannot be quantized
 * @param residual bits of the residual stream, 9 to 16, where it has more than the rest, or 0: what
 *     is added up, the sums, and the layers between them, as far as each can ({@link
 *     ActivationSpec}); overrides win. With 8 each channel of what products add to it, and of the
 *     sums that layer normalizations read, has a scale of its own, a power of two from the others
 * @param freshUpdater whether training begins at iteration 0 with a new updater, instead of going
 *     on where that of the given network stood
 */
public record QuantSpec(
    LayerSpec defaults,
    List<Rule> overrides,
    Schedule schedule,
    Unsupported unsupported,
    int residual,
    boolean freshUpdater) {

  /**
   * One exception.
   *
   * @param match which layers
   * @param change makes their specification from that which they would have otherwise
   */
  public record Rule(Match match, UnaryOperator<LayerSpec> change) {}

  public QuantSpec {
    overrides = List.copyOf(overrides);
    if (residual != 0 && (residual < Byte.SIZE || residual > ActivationSpec.MOST)) {
      throw new QatException(
          "a residual stream has 8 to "
              + ActivationSpec.MOST
              + " bits where it has bits of its own, not "
              + residual);
    }
  }

  /** Training goes on where that of the given network stood. */
  public QuantSpec(
      LayerSpec defaults, List<Rule> overrides, Schedule schedule, Unsupported unsupported) {
    this(defaults, overrides, schedule, unsupported, 0, false);
  }

  /**
   * Everything with 8 bits, from the first step on; ranges follow the training and settle ({@link
   * Schedule#following}).
   */
  public static QuantSpec int8() {
    return of(LayerSpec.int8());
  }

  /** Every layer alike, from the first step on; ranges follow the training and settle. */
  public static QuantSpec of(LayerSpec spec) {
    return new QuantSpec(spec, List.of(), Schedule.following(), Unsupported.REFUSE);
  }

  /** With one more exception, which wins over those before it. */
  public QuantSpec with(Match match, UnaryOperator<LayerSpec> change) {
    List<Rule> more = new ArrayList<>(overrides);
    more.add(new Rule(match, change));
    return new QuantSpec(defaults, more, schedule, unsupported, residual, freshUpdater);
  }

  public QuantSpec withSchedule(Schedule value) {
    return new QuantSpec(defaults, overrides, value, unsupported, residual, freshUpdater);
  }

  public QuantSpec withUnsupported(Unsupported value) {
    return new QuantSpec(defaults, overrides, schedule, value, residual, freshUpdater);
  }

  /**
   * The residual stream has more bits than the rest, or scales of its own for its channels: a few
   * of these are often many times larger than the others, and one scale of 8 bits cannot hold them
   * all (Bondarenko et al., arXiv:2109.12948).
   *
   * @param bits 9 to 16, 8 for a scale of each channel, or 0 for neither
   */
  public QuantSpec withResidual(int bits) {
    return new QuantSpec(defaults, overrides, schedule, unsupported, bits, freshUpdater);
  }

  /**
   * Training begins at iteration 0 with a new updater: learning rate schedules start anew, and Adam
   * and its kin take full first steps.
   */
  public QuantSpec withFreshUpdater() {
    return new QuantSpec(defaults, overrides, schedule, unsupported, residual, true);
  }
}
