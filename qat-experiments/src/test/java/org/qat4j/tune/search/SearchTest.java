package org.qat4j.tune.search;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.qat4j.QatException;
import org.qat4j.tune.search.Dimension.Condition;
import org.qat4j.tune.search.Goal.Objective;

class SearchTest {
  private static final List<Integer> RUNGS = List.of(10, 40, 160);

  private static final Space SPACE =
      new Space(
          List.of(
              new Dimension("a", new Distribution.Uniform(0, 1)),
              new Dimension("b", new Distribution.LogUniform(0.001, 10)),
              new Dimension("c", new Distribution.Ints(-20, 20)),
              new Dimension("k", new Distribution.Categorical(List.of("x", "y", "z"))),
              new Dimension(
                  "d", new Distribution.Uniform(-1, 1), new Condition("k", Set.of("y")))));

  /** Best at a = 0.7, b = 0.1, c = 5, k = y, d = 0.5; parts of the examples are a little off. */
  private static Score landscape(Point p, int examples) {
    double a = p.get("a") == null ? 0.2 : (Double) p.get("a");
    double b = p.get("b") == null ? 1 : (Double) p.get("b");
    double c = p.get("c") == null ? 0 : (Integer) p.get("c");
    double d = p.get("d") == null ? 0 : (Double) p.get("d");
    if (a > 0.95) {
      throw new IllegalStateException("a is too large");
    }
    double loss =
        Math.abs(a - 0.7)
            + 0.2 * Math.abs(Math.log10(b) + 1)
            + 0.02 * Math.abs(c - 5)
            + ("y".equals(p.get("k")) ? Math.abs(d - 0.5) : 0.8)
            + 0.1 * Math.sin(a * examples) / examples;
    return new Score(1 / (1 + loss), loss, 1, Math.round(1000 * a), 8 * a, Double.NaN);
  }

  private static Search search(
      Space space, Budget budget, Goal goal, int threads, Collection<Outcome> journal) {
    TrialExecutor executor = new LocalExecutor(threads, () -> SearchTest::landscape);
    return new Search(space, goal, budget, RUNGS, 7, executor, journal, o -> {});
  }

  private static Search run(int trials, int threads, Collection<Outcome> journal) {
    Search search =
        search(SPACE, Budget.ofTrials(trials), Goal.of(Objective.LOSS), threads, journal);
    search.run();
    return search;
  }

  @Test
  void findsWhatIsBest() {
    Search search = run(600, 2, List.of());
    assertThat(search.untuned().score().loss()).isGreaterThan(1.5);
    assertThat(search.best().score().loss()).isLessThan(0.1);
    assertThat(search.outcomes()).hasSize(600);
    assertThat(search.outcomes().get(0).trial().point()).isEqualTo(Point.UNTUNED);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 17, 100})
  void keepsTheBudgetAndIsNeverWorseThanUntuned(int trials) {
    Search search = run(trials, 2, List.of());
    assertThat(search.outcomes()).hasSize(trials);
    assertThat(search.best().score().loss()).isLessThanOrEqualTo(search.untuned().score().loss());
    assertThat(search.best().trial().examples()).isEqualTo(160);
  }

  @Test
  void nothingIsTriedTwice() {
    List<Outcome> all = run(400, 2, List.of()).outcomes();
    assertThat(all.stream().map(o -> o.trial().point() + " " + o.trial().examples()))
        .doesNotHaveDuplicates();
    assertThat(all.stream().map(o -> o.trial().number())).isSorted();
  }

  @Test
  void doesNotDependOnTheNumberOfThreads() {
    assertThat(scores(run(300, 1, List.of()))).isEqualTo(scores(run(300, 5, List.of())));
  }

  private static List<String> scores(Search search) {
    return search.outcomes().stream().map(o -> o.trial() + " " + o.score() + o.error()).toList();
  }

  /** A trial takes half a minute by the clock that is given. */
  @Test
  void endsWhenItsMinutesAreOver() {
    AtomicLong now = new AtomicLong(7);
    Search search =
        new Search(
            SPACE,
            Goal.of(Objective.LOSS),
            new Budget(300, 30, Integer.MAX_VALUE),
            RUNGS,
            7,
            new LocalExecutor(2, () -> SearchTest::landscape),
            List.of(),
            o -> now.addAndGet(TimeUnit.SECONDS.toNanos(30)),
            now::get);
    search.run();
    // The untuned setting and the two rounds that begin before the 30 minutes are over.
    assertThat(search.outcomes()).hasSize(1 + 2 * Search.ROUND);
  }

  @Test
  void goesOnFromAnyPartOfAJournalToTheSameResult() {
    goesOn(20);
  }

  @Test
  @Tag("slow")
  void goesOnFromAnyPartOfAJournalWithAnySeed() {
    goesOn(new Random().nextLong());
  }

  private static void goesOn(long seed) {
    Random random = new Random(seed);
    Search whole = run(300, 2, List.of());
    for (int i = 0; i < 10; i++) {
      List<Outcome> journal = new ArrayList<>(whole.outcomes());
      Collections.shuffle(journal.subList(0, 20), random);
      List<Outcome> part = journal.subList(0, random.nextInt(300));
      List<Outcome> told = Collections.synchronizedList(new ArrayList<>());
      Set<Integer> ran = Collections.synchronizedSet(new HashSet<>());
      TrialExecutor local = new LocalExecutor(2, () -> SearchTest::landscape);
      TrialExecutor watched =
          new TrialExecutor() {
            @Override
            public void run(List<Trial> round, java.util.function.Consumer<Outcome> ended) {
              round.forEach(t -> ran.add(t.number()));
              local.run(round, ended);
            }

            @Override
            public void close() {
              local.close();
            }
          };
      Search again =
          new Search(
              SPACE,
              Goal.of(Objective.LOSS),
              Budget.ofTrials(300),
              RUNGS,
              7,
              watched,
              part,
              told::add);
      again.run();
      assertThat(scores(again)).as("seed %s", seed).isEqualTo(scores(whole));
      assertThat(again.best().trial()).isEqualTo(whole.best().trial());
      assertThat(ran).as("seed %s", seed).hasSize(300 - part.size());
      assertThat(told).hasSize(300);
    }
  }

  @Test
  void failuresAreRecordedAndTheSearchGoesOn() {
    Search search = run(400, 2, List.of());
    List<Outcome> failed = search.outcomes().stream().filter(o -> !o.succeeded()).toList();
    assertThat(failed).isNotEmpty().allMatch(o -> o.error().equals("a is too large"));
    assertThat(search.outcomes()).hasSize(400);
  }

  @Test
  void anUntunedSettingThatFailsIsAnError() {
    TrialExecutor executor =
        new LocalExecutor(
            1,
            () ->
                (p, n) -> {
                  throw new QatException("no such layer");
                });
    Search search =
        new Search(
            SPACE,
            Goal.of(Objective.LOSS),
            Budget.ofTrials(9),
            RUNGS,
            1,
            executor,
            List.of(),
            o -> {});
    assertThatThrownBy(search::run)
        .isInstanceOf(QatException.class)
        .hasMessage("the untuned setting cannot be evaluated: no such layer");
  }

  @Test
  void aSmallFiniteSpaceIsEnumerated() {
    Space small =
        new Space(
            List.of(
                new Dimension("c", new Distribution.Ints(0, 6)),
                new Dimension("k", new Distribution.Categorical(List.of("x", "y")))));
    Search search = search(small, Budget.ofTrials(100), Goal.of(Objective.LOSS), 2, List.of());
    search.run();
    assertThat(search.outcomes()).hasSize(1 + 14);
    assertThat(search.best().trial().point().toString()).isEqualTo("c=5, k=y");
  }

  @Test
  void endsWithoutAGain() {
    Budget budget = new Budget(10_000, Double.POSITIVE_INFINITY, 60);
    Search search = search(SPACE, budget, Goal.of(Objective.LOSS), 2, List.of());
    search.run();
    assertThat(search.outcomes()).hasSizeLessThan(10_000);
    assertThat(search.outcomes().size() - search.best().trial().number())
        .isBetween(60, 60 + Search.ROUND);
  }

  @Test
  void endsWhenTheTimeIsOver() {
    Budget none = new Budget(10_000, Double.MIN_VALUE, Integer.MAX_VALUE);
    Search search = search(SPACE, none, Goal.of(Objective.LOSS), 2, List.of());
    search.run();
    assertThat(search.outcomes()).containsExactly(search.untuned());
    assertThat(search.best()).isEqualTo(search.untuned());
  }

  /** Of those on a part of the examples the best quarter goes on, and steps improve on the last. */
  @Test
  void halvesOnGrowingPartsAndThenRefines() {
    List<Outcome> trials = run(600, 2, List.of()).outcomes();
    List<List<Outcome>> rungs = new ArrayList<>();
    int at = 1;
    for (int examples : RUNGS) {
      List<Outcome> rung = new ArrayList<>();
      for (; trials.get(at).trial().examples() == examples; at++) {
        rung.add(trials.get(at));
      }
      rungs.add(rung);
    }
    Goal goal = Goal.of(Objective.LOSS);
    for (int i = 1; i < rungs.size(); i++) {
      List<Outcome> before = rungs.get(i - 1);
      assertThat(rungs.get(i)).hasSize(before.size() / 4);
      assertThat(rungs.get(i).stream().map(o -> o.trial().point()))
          .containsExactlyElementsOf(
              before.stream()
                  .filter(Outcome::succeeded)
                  .sorted(goal.bestFirst())
                  .limit(before.size() / 4)
                  .map(o -> o.trial().point())
                  .toList());
    }
    double halved = rungs.get(2).get(0).score().loss();
    assertThat(
            trials.subList(at, trials.size()).stream()
                .filter(o -> o.trial().examples() == 160 && o.succeeded())
                .mapToDouble(o -> o.score().loss()))
        .anyMatch(loss -> loss < halved / 2);
  }

  @Test
  void keepsWithinLimits() {
    double none = Double.POSITIVE_INFINITY;
    Goal goal = new Goal(Objective.LOSS, 500, none, none);
    Search search = search(SPACE, Budget.ofTrials(400), goal, 2, List.of());
    search.run();
    assertThat(search.best().score().bytes()).isBetween(400L, 500L);
    List<Outcome> front = search.pareto();
    for (int i = 1; i < front.size(); i++) {
      assertThat(front.get(i).score().bytes()).isGreaterThan(front.get(i - 1).score().bytes());
      assertThat(front.get(i).score().loss()).isLessThan(front.get(i - 1).score().loss());
    }
  }

  @Test
  void pointsOfASpaceAreConsistent() {
    java.util.SplittableRandom random = new java.util.SplittableRandom(5);
    Point p = Point.UNTUNED;
    int conditional = 0;
    for (int i = 0; i < 2000; i++) {
      p = i % 10 == 0 ? SPACE.sample(random) : SPACE.near(p, 0.2, random);
      assertThat(p.get("d") == null || "y".equals(p.get("k"))).as("%s", p).isTrue();
      conditional += p.get("d") == null ? 0 : 1;
      if (p.get("a") != null) {
        assertThat((Double) p.get("a")).isBetween(0.0, 1.0);
      }
      if (p.get("b") != null) {
        assertThat((Double) p.get("b")).isBetween(0.001, 10.0);
      }
      if (p.get("c") != null) {
        assertThat((Integer) p.get("c")).isBetween(-20, 20);
      }
    }
    assertThat(conditional).isGreaterThan(100);
  }

  @Test
  void wrongSpacesAreRefused() {
    Dimension a = new Dimension("a", new Distribution.Uniform(0, 1));
    assertThatThrownBy(() -> new Space(List.of(a, a))).hasMessageContaining("two dimensions");
    assertThatThrownBy(
            () ->
                new Space(List.of(new Dimension("b", a.values(), new Condition("a", Set.of("1"))))))
        .hasMessageContaining("\"b\" depends on \"a\"");
    assertThatThrownBy(() -> new Distribution.Uniform(1, 1)).hasMessageContaining("1.0 to 1.0");
    assertThatThrownBy(() -> new Distribution.LogUniform(-1, 1)).hasMessageContaining("above 0");
    assertThatThrownBy(() -> new Distribution.Categorical(List.of("x", "x")))
        .hasMessageContaining("twice");
  }
}
