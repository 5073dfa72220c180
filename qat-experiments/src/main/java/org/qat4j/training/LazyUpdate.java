package org.qat4j.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.deeplearning4j.nn.api.Trainable;
import org.deeplearning4j.nn.conf.GradientNormalization;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.updater.BaseMultiLayerUpdater;
import org.deeplearning4j.nn.updater.UpdaterBlock;
import org.deeplearning4j.nn.workspace.ArrayType;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.regularization.Regularization;
import org.nd4j.linalg.learning.regularization.Regularization.ApplyStep;
import org.qat4j.layers.internal.host.LazyTable;

/**
 * The step of an optimizer that leaves alone what a step has not read of the tables of words: those
 * rows, and what the optimizer knows of them, stay as they are; steps are counted for all rows
 * together. What Adam does to the rows is {@link RowAdam}'s. Everything else is DL4J's own step, of
 * which the parts are computed one by one.
 */
final class LazyUpdate {
  /** Parameters that are updated together. */
  interface Part {
    /** Takes the gradient of a step. */
    default void begin() {}

    /** What is done to the gradient before and behind the optimizer is done to these. */
    List<Slice> slices();

    /** Gradients that are a sum over the texts of a step. */
    List<INDArray> summed();

    /** Makes a step of the gradient. */
    void update(int step, int epoch);

    /** Takes the step, which the gradient is now. */
    void subtract();
  }

  private final List<Part> parts;
  private final List<LazyTable> tables;

  private LazyUpdate(List<Part> parts, List<LazyTable> tables) {
    this.parts = parts;
    this.tables = tables;
  }

  /**
   * The update of a network's parameters.
   *
   * @param isLazy which of the tables are updated at the rows that were read
   * @return null where there is none of them
   */
  static LazyUpdate of(
      BaseMultiLayerUpdater<?> updater,
      INDArray gradients,
      INDArray params,
      Predicate<UpdaterBlock.ParamState> isLazy) {
    List<UpdaterBlock> blocks = updater.getUpdaterBlocks();
    if (blocks.stream().anyMatch(LazyUpdate::isSpecial)) {
      return null;
    }
    List<Part> parts = new ArrayList<>();
    List<LazyTable> tables = new ArrayList<>();
    for (UpdaterBlock block : blocks) {
      List<Slice> together = new ArrayList<>();
      for (UpdaterBlock.ParamState state : block.getLayersAndVariablesInBlock()) {
        Slice slice = Slice.of(state, gradients, params);
        if (isTable(state) && isLazy.test(state)) {
          addWhole(parts, block, together, gradients, params);
          together = new ArrayList<>();
          LazyTable table = table(state);
          parts.add(new TablePart(table, slice, optimizer(block, state, state)));
          tables.add(table);
        } else {
          together.add(slice);
        }
      }
      addWhole(parts, block, together, gradients, params);
    }
    return tables.isEmpty() ? null : new LazyUpdate(parts, tables);
  }

  /** Blocks that DL4J treats in ways of their own. */
  private static boolean isSpecial(UpdaterBlock block) {
    return block.isPretrainUpdaterBlock()
        || block.getLayersAndVariablesInBlock().stream()
            .map(state -> state.getLayer().getConfig().getGradientNormalization())
            .anyMatch(how -> how != null && how != GradientNormalization.None);
  }

  private static boolean isTable(UpdaterBlock.ParamState state) {
    LazyTable table = table(state);
    return table != null && table.tableKey().equals(state.getParamName()) && table.hasRows();
  }

  /** The layer of a parameter, in a graph within its vertex; null where it has no table. */
  private static LazyTable table(UpdaterBlock.ParamState state) {
    Trainable owner = state.getLayer();
    Object layer = owner instanceof GraphVertex vertex ? vertex.getLayer() : owner;
    return layer instanceof LazyTable table ? table : null;
  }

  private static void addWhole(
      List<Part> parts,
      UpdaterBlock block,
      List<Slice> slices,
      INDArray gradients,
      INDArray params) {
    if (!slices.isEmpty()) {
      UpdaterBlock.ParamState first = slices.get(0).state();
      UpdaterBlock.ParamState last = slices.get(slices.size() - 1).state();
      parts.add(
          new WholePart(
              slices,
              optimizer(block, first, last),
              between(gradients, first.getParamOffsetStart(), last.getParamOffsetEnd()),
              between(params, first.getParamOffsetStart(), last.getParamOffsetEnd())));
    }
  }

  /** What the optimizer of a block knows of some of its parameters. */
  private static Optimum optimizer(
      UpdaterBlock block, UpdaterBlock.ParamState first, UpdaterBlock.ParamState last) {
    GradientUpdater<?> whole = block.getGradientUpdater();
    int from = first.getParamOffsetStart() - block.getParamOffsetStart();
    int to = last.getParamOffsetEnd() - block.getParamOffsetStart();
    Map<String, INDArray> known = new TreeMap<>();
    if (block.getUpdaterView() != null) {
      whole.getState().forEach((key, all) -> known.put(key, between(all, from, to)));
    }
    return new Optimum(whole.getConfig(), known);
  }

  private static INDArray between(INDArray all, int from, int to) {
    return all.reshape(all.length()).get(NDArrayIndex.interval(from, to));
  }

  /**
   * An optimizer and what it knows.
   *
   * @param known by name, as many values each as there are parameters
   */
  record Optimum(IUpdater config, Map<String, INDArray> known) {
    GradientUpdater<?> updater(Map<String, INDArray> of) {
      return of.isEmpty()
          ? config.instantiate((INDArray) null, false)
          : config.instantiate(of, false);
    }
  }

  /** Begins to leave alone what is not read. */
  void begin() {
    tables.forEach(table -> table.keepRest(true));
  }

  /** Ends it. */
  void end() {
    tables.forEach(table -> table.keepRest(false));
  }

  /**
   * Makes a step of the gradient.
   *
   * @param texts of the step, by which sums are divided; 0 where they are not
   */
  @SuppressWarnings("try") // the memory is that of the operations within
  void update(Gradients gradients, int step, int epoch, int texts, LayerWorkspaceMgr workspaces) {
    parts.forEach(Part::begin);
    List<Slice> slices = parts.stream().flatMap(part -> part.slices().stream()).toList();
    List<INDArray> summed = parts.stream().flatMap(part -> part.summed().stream()).toList();
    gradients.before(slices, () -> summed, Math.max(1, texts));
    if (texts > 0) {
      summed.forEach(gradient -> gradient.divi(texts));
    }
    for (Part part : parts) {
      try (MemoryWorkspace memory = workspaces.notifyScopeEntered(ArrayType.UPDATER_WORKING_MEM)) {
        part.update(step, epoch);
      }
    }
    gradients.behind(slices);
  }

  /** Takes the step. */
  void subtract() {
    parts.forEach(Part::subtract);
  }

  /** Adds what regularization adds, before the optimizer or behind it. */
  static void regularize(
      Slice slice,
      Supplier<INDArray> values,
      INDArray gradient,
      ApplyStep when,
      IUpdater by,
      int step,
      int epoch) {
    List<Regularization> all =
        slice.state().getLayer().getConfig().getRegularizationByParam(slice.state().getParamName());
    double rate = by.hasLearningRate() ? by.getLearningRate(step, epoch) : Double.NaN;
    if (all != null) {
      for (Regularization some : all) {
        if (some.applyStep() == when) {
          some.apply(values.get(), gradient, rate, step, epoch);
        }
      }
    }
  }
}
