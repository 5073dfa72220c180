package org.qat4j.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BaseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.qat4j.data.Dataset;
import org.qat4j.data.TextBatches;
import org.qat4j.experiment.ModelSpec;
import org.qat4j.experiment.NgramSpec;
import org.qat4j.experiment.TrainSpec;
import org.qat4j.network.TextNetwork;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.text.TextEncoder;
import org.qat4j.zoo.TinyTexts;
import org.qat4j.zoo.Zoo;

class LazyRowsTest {
  private static final double RATE = 0.02;
  private static final double INFINITE = Double.POSITIVE_INFINITY;
  private static final List<String> TABLES = List.of("words", "average", "ngrams");
  private static final Regime LAZY = new Regime(0, 0, INFINITE, List.of(), 1, 0, true, 1);

  private final Dataset data = TinyTexts.of(24, 3);
  private ComputationGraph network;
  private TextNetwork text;

  @BeforeEach
  void build() {
    text = zoo();
    network = (ComputationGraph) text.network();
  }

  private TextNetwork zoo() {
    ModelSpec model =
        new ModelSpec.WordCnn(
            20,
            8,
            true,
            true,
            false,
            1,
            0,
            0,
            6,
            4,
            List.of(2),
            true,
            new NgramSpec(2, 3, 500, 12, 5),
            0);
    TrainSpec train = new TrainSpec(1, 4, RATE, TrainSpec.Schedule.CONSTANT, 0, 0);
    return Zoo.build(model, data, train, 1);
  }

  private TextBatches batches() {
    return TextBatches.shuffled(data, text.inputs(), 4, 5, 0);
  }

  private static void setUpdater(ComputationGraph network, IUpdater updater) {
    for (org.deeplearning4j.nn.api.Layer layer : network.getLayers()) {
      if (layer.conf().getLayer() instanceof BaseLayer conf) {
        conf.setIUpdater(updater.clone());
      }
    }
  }

  private static TrainingPlan plan(int epochs, Regime regime) {
    return new TrainingPlan(epochs, RATE, TrainSpec.Schedule.CONSTANT, false, 9).in(regime);
  }

  private void fit(Model trained, int epochs, Regime regime) {
    Trainer.fit(trained, plan(epochs, regime), batches(), null, TrainingLog.SILENT);
  }

  private static float[] params(Model network) {
    return network.params().dup('c').reshape(network.numParams()).toFloatVector();
  }

  /** By DL4J alone, which updates every row. */
  private static void fitDense(ComputationGraph network, TextBatches batches, int epochs) {
    for (int epoch = 0; epoch < epochs; epoch++) {
      batches.seek(new TextBatches.Position(epoch, 0));
      while (batches.hasNext()) {
        network.fit(batches.next());
      }
    }
  }

  /** The gradients of the tables, and their rows that the texts of each step have. */
  private static final class Seen extends BaseTrainingListener implements TrainingAid {
    final List<Map<String, float[][]>> gradients = new ArrayList<>();
    final List<Map<String, BitSet>> rows = new ArrayList<>();

    @Override
    public MultiDataSet before(MultiDataSet batch) {
      BitSet words = ids(batch.getFeatures(0));
      BitSet pieces = ids(batch.getFeatures(1));
      BitSet withoutPadding = (BitSet) words.clone();
      withoutPadding.clear(TextEncoder.PADDING);
      pieces.clear(TextEncoder.PADDING);
      rows.add(Map.of("words", words, "average", withoutPadding, "ngrams", pieces));
      return batch;
    }

    private static BitSet ids(INDArray features) {
      BitSet ids = new BitSet();
      for (float id : features.dup('c').reshape(features.length()).toFloatVector()) {
        ids.set((int) id);
      }
      return ids;
    }

    @Override
    public void onGradientCalculation(Model model) {
      Map<String, float[][]> step = new TreeMap<>();
      for (String table : TABLES) {
        step.put(table, model.gradient().getGradientFor(table + "_W").dup('c').toFloatMatrix());
      }
      gradients.add(step);
    }

    /** Of all steps. */
    BitSet rows(String table) {
      BitSet all = new BitSet();
      rows.forEach(step -> all.or(step.get(table)));
      return all;
    }
  }

  private Seen fitSeen(ComputationGraph trained, TextBatches batches, int epochs, Regime regime) {
    Seen seen = new Seen();
    trained.setListeners(seen);
    Trainer.fit(trained, plan(epochs, regime), batches, null, TrainingLog.SILENT, seen);
    trained.setListeners();
    return seen;
  }

  @ParameterizedTest
  @ValueSource(classes = {Sgd.class, AdaGrad.class})
  void isExactWithoutBeingAskedForWhereTheOthersWouldNotMove(Class<? extends IUpdater> kind) {
    IUpdater updater = kind == Sgd.class ? new Sgd(RATE) : new AdaGrad(RATE);
    setUpdater(network, updater);
    ComputationGraph dense = (ComputationGraph) zoo().network();
    setUpdater(dense, updater);

    assertThat(updatesLazily(network, Regime.PLAIN)).isTrue();
    fit(network, 2, Regime.PLAIN);
    fitDense(dense, batches(), 2);

    assertThat(params(network)).isEqualTo(params(dense));
  }

  private static boolean updatesLazily(ComputationGraph network, Regime regime) {
    Gradients gradients = new Gradients(regime, null);
    return new Updaters.Graph(network, gradients, regime).lazy() != null;
  }

  @Test
  void isNotDoneUnaskedWhereItWouldMatter() {
    for (IUpdater updater : List.of(new Adam(RATE), new Nesterovs(RATE, 0.9))) {
      setUpdater(network, updater);
      assertThat(updatesLazily(network, Regime.PLAIN)).isFalse();
      assertThat(updatesLazily(network, LAZY)).isTrue();
    }
    setUpdater(network, new Sgd(RATE));
    assertThat(updatesLazily(network, new Regime(0.1, 0, INFINITE, List.of(), 1, 0, false, 1)))
        .isFalse();
    assertThat(updatesLazily(network, new Regime(0, 0, 1, List.of(), 1, 0, false, 1))).isFalse();
  }

  /** Kingma and Ba, arXiv:1412.6980, algorithm 1 with β₁ = 0, at the rows of each step alone. */
  @Test
  void adamKnowsNothingOfStepsThatDidNotReadARow() {
    Map<String, INDArray> before = new TreeMap<>();
    TABLES.forEach(table -> before.put(table, network.getLayer(table).getParam("W").dup('c')));
    Seen seen = fitSeen(network, batches(), 2, LAZY);

    for (String table : TABLES) {
      float[][] start = before.get(table).toFloatMatrix();
      float[][] end = network.getLayer(table).getParam("W").dup('c').toFloatMatrix();
      BitSet read = seen.rows(table);
      assertThat(read.cardinality()).isBetween(1, start.length - 1);
      boolean[] missed = new boolean[1];
      for (int row = 0; row < start.length; row++) {
        if (!read.get(row)) {
          assertThat(end[row]).isEqualTo(start[row]);
        }
        for (int column = 0; column < start[row].length; column++) {
          double expected = adam(start[row][column], seen, table, row, column, missed);
          assertThat(end[row][column]).isCloseTo((float) expected, within(2e-6f));
        }
      }
      assertThat(missed[0]).as("a row that one step has read and the next has not").isTrue();
    }
  }

  private static double adam(
      double value, Seen seen, String table, int row, int column, boolean[] missed) {
    double v = 0;
    double p = value;
    for (int t = 1; t <= seen.gradients.size(); t++) {
      if (!seen.rows.get(t - 1).get(table).get(row)) {
        missed[0] |= v != 0;
        continue;
      }
      double g = seen.gradients.get(t - 1).get(table)[row][column] / 4.0;
      v = 0.999 * v + 0.001 * g * g;
      double rate = RATE * Math.sqrt(1 - Math.pow(0.999, t));
      p -= rate * g / (Math.sqrt(v) + 1e-8);
    }
    return p;
  }

  @Test
  void whatIsNoTableMovesAsEver() {
    ComputationGraph dense = (ComputationGraph) zoo().network();
    TextBatches one = TextBatches.inOrder(data, data.train(), text.inputs(), 24);
    Trainer.fit(network, plan(1, LAZY), one, null, TrainingLog.SILENT);
    setRates(dense);
    fitDense(dense, one, 1);

    // The first step knows of none before: all rows that it reads move as in a dense one.
    assertThat(params(network)).isEqualTo(params(dense));
  }

  private static void setRates(ComputationGraph network) {
    network.setLearningRate(RATE);
  }

  @Test
  void clipsDecaysAndFreezesWhatIsRead() {
    Regime all = new Regime(0.5, 0, 0.01, List.of("ngrams"), 0.5, 0, true, 1);
    INDArray frozen = network.getLayer("ngrams").getParam("W").dup('c');
    INDArray average = network.getLayer("average").getParam("W").dup('c');
    setUpdater(network, new Sgd(RATE));
    TextBatches one = TextBatches.inOrder(data, data.train(), text.inputs(), 24);
    Seen seen = fitSeen(network, one, 1, all);

    assertThat(network.getLayer("ngrams").getParam("W").dup('c')).isEqualTo(frozen);
    float[][] gradient = seen.gradients.get(0).get("average");
    BitSet read = seen.rows("average");
    float[][] from = average.toFloatMatrix();
    float[][] to = network.getLayer("average").getParam("W").dup('c').toFloatMatrix();
    double factor = Double.NaN;
    for (int row = 0; row < from.length; row++) {
      if (!read.get(row)) {
        assertThat(to[row]).isEqualTo(from[row]);
        continue;
      }
      for (int j = 0; j < from[row].length; j++) {
        // half of: what decays, and the rate times the shortened gradient
        double step = from[row][j] - to[row][j] - 0.5 * RATE * 0.5 * from[row][j];
        double shortened = step / (0.5 * RATE);
        if (Double.isNaN(factor)) {
          factor = shortened / gradient[row][j];
          assertThat(factor).isBetween(0.0, 0.9 / 24);
        }
        assertThat(shortened).isCloseTo(factor * gradient[row][j], within(2e-5));
      }
    }
  }

  @Test
  void isTheSameEveryTimeAndGoesOnToTheSameEnd() {
    Regime averaged = new Regime(0, 0, INFINITE, List.of(), 1, 0.9, true, 1);
    Kept kept = new Kept(10);
    Trainer.fit(
        network, plan(3, averaged), batches(), null, TrainingLog.SILENT, TrainingAid.NONE, kept);
    ComputationGraph again = (ComputationGraph) zoo().network();
    fit(again, 3, averaged);
    assertThat(params(again)).isEqualTo(params(network));

    ComputationGraph resumed = (ComputationGraph) zoo().network();
    assertThat(kept.content).as("a place in the middle").isNotNull();
    Trainer.fit(
        resumed,
        plan(3, averaged),
        batches(),
        null,
        TrainingLog.SILENT,
        TrainingAid.NONE,
        kept.restart());
    assertThat(params(resumed)).isEqualTo(params(network));
  }

  /** Keeps where the training stands behind one step. */
  private static final class Kept implements Checkpoints {
    private final int at;
    private byte[] content;

    Kept(int at) {
      this.at = at;
    }

    @Override
    public boolean isDue() {
      return true;
    }

    @Override
    public void keep(int step, boolean isEnd, Content written) {
      if (step == at) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
          written.writeTo(new DataOutputStream(bytes));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        content = bytes.toByteArray();
      }
    }

    Checkpoints restart() {
      return new Checkpoints() {
        @Override
        public DataInputStream last() {
          return new DataInputStream(new ByteArrayInputStream(content));
        }
      };
    }
  }

  @Test
  void leavesTheNetworkAsAnyOtherWouldTrainIt() {
    fit(network, 1, LAZY);
    ComputationGraph fresh = (ComputationGraph) zoo().network();
    fresh.setParams(network.params().dup());
    Trainer.fit(network, plan(1, Regime.PLAIN), batches(), null, TrainingLog.SILENT);
    Trainer.fit(fresh, plan(1, Regime.PLAIN), batches(), null, TrainingLog.SILENT);
    assertThat(params(network)).isEqualTo(params(fresh));
  }

  @Test
  void holdsUnderQuantization() {
    QatNetwork qat = Qat.prepare(network, QuantSpec.int8());
    qat.calibrate(batches(), 3);
    ComputationGraph trained = (ComputationGraph) qat.network();
    Map<String, INDArray> before = new TreeMap<>();
    TABLES.forEach(table -> before.put(table, trained.getLayer(table).getParam("W").dup('c')));
    assertThat(updatesLazily(trained, LAZY)).isTrue();
    Seen seen = fitSeen(trained, batches(), 2, LAZY);
    for (String table : TABLES) {
      float[][] start = before.get(table).toFloatMatrix();
      float[][] end = trained.getLayer(table).getParam("W").dup('c').toFloatMatrix();
      BitSet read = seen.rows(table);
      assertThat(read.cardinality()).isBetween(1, start.length - 1);
      for (int row = 0; row < start.length; row++) {
        if (read.get(row)) {
          assertThat(end[row]).isNotEqualTo(start[row]);
        } else {
          assertThat(end[row]).isEqualTo(start[row]);
        }
      }
    }
  }
}
