package org.qat4j.tune.search;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.qat4j.model.Input;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.Value;
import org.qat4j.runtime.IntegerRuntime;
import org.qat4j.runtime.Sample;

/**
 * Runs many models that have parts in common over the same samples, bit for bit as {@link
 * IntegerRuntime} does. A model is cut where a branch has become a single vector of codes; what
 * lies before a cut is a model of its own, whose answers are kept. A model that changes nothing in
 * front of a cut starts there. Thread-safe: what one thread has made others need not make again.
 *
 * <p>Codes pass a cut as the real values that they stand for, and become the same codes again: (2)
 * of (1) is the code itself.
 */
public final class StagedRuntime {
  private final List<Sample> samples;
  private final long limit;

  /** Least recently used first. */
  private final LinkedHashMap<Stage, Answers> kept = new LinkedHashMap<>(16, 0.75f, true);

  private long bytes;
  private long computed;

  /**
   * Part of a model in front of a cut.
   *
   * @param ops of the part
   * @param before what it reads from other parts, in the order of their names
   */
  private record Stage(List<Op> ops, List<Answers> before) {}

  /**
   * What a stage makes of the samples, as far as they were run; equal to itself alone. Whoever
   * extends it holds its lock, and others who need it wait.
   */
  private static final class Answers {
    private final List<float[]> rows = new ArrayList<>();

    /** Bytes of the rows while they are kept; guarded by the runtime, not by this. */
    private long bytes;

    private boolean forgotten;
  }

  /**
   * @param samples in an order of which the first so many are fair samples of all
   * @param limit bytes for what is kept
   */
  public StagedRuntime(List<Sample> samples, long limit) {
    this.samples = List.copyOf(samples);
    this.limit = limit;
  }

  /** Samples that stages were run over so far, for tests: what was kept does not count. */
  synchronized long computed() {
    return computed;
  }

  /**
   * The first output for the first so many samples; not to be changed.
   *
   * @throws org.qat4j.QatException if the samples do not fit the model
   */
  public List<float[]> run(IntegerModel model, int examples) {
    Map<String, Made> made = new LinkedHashMap<>();
    String output = model.outputs().get(0);
    for (Op op : model.ops()) {
      if (op.name().equals(output) || isCut(model, op)) {
        made.put(op.name(), answers(model, op.name(), made, examples));
      }
      if (op.name().equals(output)) {
        break;
      }
    }
    return made.get(output).rows;
  }

  /**
   * What a stage has made for one caller.
   *
   * @param rows of the samples that it asked for
   */
  private record Made(Answers answers, List<float[]> rows) {}

  /** Where a vector of codes was made with some effort. */
  private static boolean isCut(IntegerModel model, Op op) {
    Value value = model.value(op.name());
    boolean cheap =
        op instanceof Op.Concat
            || op instanceof Op.Flatten
            || op instanceof Op.Quantize
            || op instanceof Op.Lookup;
    boolean vector = value.isCodes() && value.shape().size() == 1;
    return vector && !value.hasChannelScales() && !cheap;
  }

  private Made answers(IntegerModel model, String output, Map<String, Made> made, int examples) {
    Set<String> cuts = new LinkedHashSet<>();
    List<Op> ops = partBefore(model, output, made.keySet(), cuts);
    List<Made> before = cuts.stream().map(made::get).toList();
    Stage stage = new Stage(ops, before.stream().map(Made::answers).toList());
    Answers answers;
    synchronized (this) {
      answers = kept.computeIfAbsent(stage, s -> new Answers());
    }
    synchronized (answers) {
      if (answers.rows.size() < examples) {
        extend(answers, part(model, output, ops, cuts), before, examples);
      }
      return new Made(answers, List.copyOf(answers.rows.subList(0, examples)));
    }
  }

  /** Operations that a value needs, in order; {@code cuts} takes the values where they begin. */
  private static List<Op> partBefore(
      IntegerModel model, String output, Set<String> made, Set<String> cuts) {
    Set<String> needed = new LinkedHashSet<>(List.of(output));
    List<Op> ops = new ArrayList<>();
    for (int i = model.ops().size() - 1; i >= 0; i--) {
      Op op = model.ops().get(i);
      if (needed.contains(op.name())) {
        ops.add(0, op);
        for (String input : op.inputs()) {
          (made.contains(input) ? cuts : needed).add(input);
        }
      }
    }
    return ops;
  }

  private static IntegerModel part(
      IntegerModel model, String output, List<Op> ops, Set<String> cuts) {
    List<Input> inputs = new ArrayList<>(model.inputs());
    List<Op> all = new ArrayList<>();
    for (String cut : cuts) {
      Value value = model.value(cut);
      inputs.add(new Input(cut + "/real", Input.Kind.REAL, value.shape(), 0));
      all.add(new Op.Quantize(cut, cut + "/real", value.params()));
    }
    all.addAll(ops);
    return new IntegerModel(model.name(), inputs, all, List.of(output), List.of(), List.of());
  }

  private void extend(Answers answers, IntegerModel part, List<Made> before, int examples) {
    IntegerRuntime runtime = new IntegerRuntime(part);
    int own = part.inputs().size() - before.size();
    int known = answers.rows.size();
    long made = 0;
    for (int i = known; i < examples; i++) {
      int[][] tokens = new int[part.inputs().size()][];
      float[][] reals = new float[tokens.length][];
      for (int k = 0; k < own; k++) {
        tokens[k] = samples.get(i).tokens(k);
        reals[k] = samples.get(i).reals(k);
      }
      for (int k = 0; k < before.size(); k++) {
        reals[own + k] = before.get(k).rows.get(i);
      }
      float[] row = runtime.run(Sample.of(tokens, reals));
      answers.rows.add(row);
      made += (long) row.length * Float.BYTES;
    }
    keep(answers, made, examples - known);
  }

  private synchronized void keep(Answers answers, long more, int samplesMore) {
    computed += samplesMore;
    answers.bytes += more;
    bytes += answers.forgotten ? 0 : more;
    var oldest = kept.entrySet().iterator();
    while (bytes > limit && oldest.hasNext()) {
      Answers least = oldest.next().getValue();
      bytes -= least.bytes;
      least.forgotten = true;
      oldest.remove();
    }
  }
}
