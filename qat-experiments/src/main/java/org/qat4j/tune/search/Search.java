package org.qat4j.tune.search;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.qat4j.QatException;

/**
 * A seeded search in synchronous rounds: the untuned setting, starting points, random points that
 * are halved on growing parts of the examples (successive halving: Jamieson and Talwalkar,
 * arXiv:1502.07943), then steps around the best. What is tried next depends on the scores of the
 * rounds before alone, not on how many workers there are or which was faster.
 *
 * <p>A small finite space is enumerated instead.
 */
public final class Search {
  /** Trials of a round; fixed, so that the search does not depend on the number of workers. */
  public static final int ROUND = 32;

  /** Of a population, the part that goes on to the next, larger part of the examples. */
  private static final int KEEP = 4;

  /** Share of the trials that are random; the others refine what these have found. */
  private static final double RANDOM = 0.35;

  /** Points around which is searched. */
  private static final int ELITE = 3;

  private static final int ATTEMPTS = 50;
  private static final double FIRST_RADIUS = 0.25;
  private static final double LAST_RADIUS = 0.01;
  private static final double MAX_RADIUS = 0.5;

  private record Key(Point point, int examples) {}

  private final Space space;
  private final Goal goal;
  private final Budget budget;
  private final int[] rungs;
  private final TrialExecutor executor;
  private final Consumer<Outcome> listener;
  private final SplittableRandom random;
  private final Map<Key, Outcome> known = new HashMap<>();
  private final Map<Key, Outcome> outcomes = new LinkedHashMap<>();
  private final Set<Point> drawn = new LinkedHashSet<>();
  private final LongSupplier nanos;
  private final long start;
  private int bestAt;
  private Outcome best;

  /**
   * @param space must have a dimension
   * @param rungs growing numbers of examples, the last one all of them
   * @param journal outcomes of an earlier search with the same arguments, which are not run again
   * @param listener is told of every trial of this search once, as it ends or is found in the
   *     journal
   */
  public Search(
      Space space,
      Goal goal,
      Budget budget,
      List<Integer> rungs,
      long seed,
      TrialExecutor executor,
      Collection<Outcome> journal,
      Consumer<Outcome> listener) {
    this(space, goal, budget, rungs, seed, executor, journal, listener, System::nanoTime);
  }

  /**
   * The same with a clock of its own.
   *
   * @param nanos nanoseconds since some moment, for the minutes of the budget
   */
  Search(
      Space space,
      Goal goal,
      Budget budget,
      List<Integer> rungs,
      long seed,
      TrialExecutor executor,
      Collection<Outcome> journal,
      Consumer<Outcome> listener,
      LongSupplier nanos) {
    this.space = space;
    this.goal = goal;
    this.budget = budget;
    this.rungs = rungs.stream().mapToInt(Integer::intValue).toArray();
    this.executor = executor;
    this.listener = listener;
    this.nanos = nanos;
    this.start = nanos.getAsLong();
    this.random = new SplittableRandom(seed);
    for (Outcome o : journal) {
      known.put(new Key(o.trial().point(), o.trial().examples()), o);
    }
    for (int i = 1; i < this.rungs.length; i++) {
      if (this.rungs[i] <= this.rungs[i - 1]) {
        throw new QatException("parts of the examples grow, unlike " + rungs);
      }
    }
  }

  private int all() {
    return rungs[rungs.length - 1];
  }

  /** The untuned setting on all examples; the first trial of all. */
  public Outcome untuned() {
    Outcome first = tryAll(List.of(Point.UNTUNED), all()).get(0);
    if (!first.succeeded()) {
      throw new QatException("the untuned setting cannot be evaluated: " + first.error());
    }
    return first;
  }

  /**
   * Tries points that are not drawn from the space, on all examples.
   *
   * @return an outcome each, as far as the budget allowed
   */
  public List<Outcome> tryAll(List<Point> points) {
    return tryAll(points, all());
  }

  /** Searches until the budget is spent. */
  public void run() {
    untuned();
    List<Point> enumerated = space.all(budget.trials());
    if (!enumerated.isEmpty()) {
      tryAll(enumerated, all());
      return;
    }
    halve(population());
    refine();
  }

  /** Random points, as many as the share of the trials allows with those that go on. */
  private List<Point> population() {
    double each = 0;
    for (int i = 0; i < rungs.length; i++) {
      each += Math.pow(KEEP, -i);
    }
    int n = (int) Math.max(1, RANDOM * (budget.trials() - outcomes.size()) / each);
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Point p = draw(() -> space.sample(random));
      if (p != null) {
        points.add(p);
      }
    }
    return points;
  }

  private interface Draw {
    Point next();
  }

  /** A point that was not drawn before; null if none is found. */
  private Point draw(Draw draw) {
    for (int i = 0; i < ATTEMPTS; i++) {
      Point p = draw.next();
      if (!p.values().isEmpty() && drawn.add(p)) {
        return p;
      }
    }
    return null;
  }

  private void halve(List<Point> population) {
    List<Point> left = population;
    for (int rung = 0; rung < rungs.length && !left.isEmpty() && !isOver(); rung++) {
      List<Outcome> tried = new ArrayList<>(tryAll(left, rungs[rung]));
      left = bestOf(tried, Math.max(1, left.size() / KEEP));
    }
  }

  private List<Point> bestOf(List<Outcome> tried, int n) {
    return tried.stream()
        .filter(Outcome::succeeded)
        .sorted(goal.bestFirst())
        .limit(n)
        .map(o -> o.trial().point())
        .toList();
  }

  /**
   * Rounds of steps around the best points. Those that do better than where they started, on a part
   * of the examples, are tried on all, and so is what the better ones have in common: all their
   * changes together.
   */
  private void refine() {
    int part = rungs[Math.max(0, rungs.length - 2)];
    double radius = FIRST_RADIUS;
    while (!isOver()) {
      Outcome before = best;
      List<Outcome> elite = elite();
      Map<Point, Outcome> parents = new HashMap<>();
      List<Point> from = elite.stream().map(o -> o.trial().point()).toList();
      List<Outcome> onPart = tryAll(from, part);
      List<Point> steps = new ArrayList<>();
      for (int i = 0; i < ROUND / 2 && !onPart.isEmpty(); i++) {
        // Half of the steps start at the best, the others at one of the next.
        int parent = i % 2 == 0 ? 0 : 1 + i / 2 % Math.max(1, onPart.size() - 1);
        Outcome start = onPart.get(Math.min(parent, onPart.size() - 1));
        double r = radius;
        Point p = draw(() -> space.near(start.trial().point(), r, random));
        if (p != null) {
          parents.put(p, start);
          steps.add(p);
        }
      }
      if (steps.isEmpty()) {
        return; // nothing is left that was not tried
      }
      List<Outcome> better =
          new ArrayList<>(
              tryAll(steps, part).stream()
                  .filter(o -> goal.isBetter(o, parents.get(o.trial().point())))
                  .sorted(goal.bestFirst())
                  .toList());
      tryAll(promoted(better), all());
      radius =
          goal.isBetter(best, before)
              ? Math.min(MAX_RADIUS, radius * 1.2)
              : Math.max(LAST_RADIUS, radius * 0.8);
    }
  }

  private List<Point> promoted(List<Outcome> better) {
    List<Point> promoted = new ArrayList<>();
    Point together = best.trial().point();
    for (Outcome o : better.subList(0, Math.min(better.size(), KEEP))) {
      promoted.add(o.trial().point());
      together = together.with(o.trial().point());
    }
    Point all = space.consistent(together);
    if (better.size() > 1 && drawn.add(all)) {
      promoted.add(all);
    }
    return promoted;
  }

  private List<Outcome> elite() {
    return outcomes.values().stream()
        .filter(o -> o.trial().examples() == all() && o.succeeded())
        .sorted(goal.bestFirst())
        .limit(ELITE)
        .toList();
  }

  /** Tries points, those that were tried before not again; the budget may end it early. */
  private List<Outcome> tryAll(List<Point> points, int examples) {
    List<Outcome> results = new ArrayList<>();
    for (int from = 0; from < points.size(); from += ROUND) {
      List<Point> round = points.subList(from, Math.min(from + ROUND, points.size()));
      List<Trial> trials = new ArrayList<>();
      for (Point p : new LinkedHashSet<>(round)) {
        boolean isNew = !outcomes.containsKey(new Key(p, examples));
        if (isNew && !(isOver() || outcomes.size() + trials.size() >= budget.trials())) {
          trials.add(new Trial(outcomes.size() + trials.size(), p, examples));
        }
      }
      run(trials);
      for (Point p : round) {
        Outcome o = outcomes.get(new Key(p, examples));
        if (o != null) {
          results.add(o);
        }
      }
    }
    return results;
  }

  private void run(List<Trial> trials) {
    Map<Integer, Outcome> ended = Collections.synchronizedMap(new HashMap<>());
    List<Trial> unknown = new ArrayList<>();
    for (Trial t : trials) {
      Outcome journaled = known.get(new Key(t.point(), t.examples()));
      if (journaled == null) {
        unknown.add(t);
      } else {
        Outcome o = new Outcome(t, journaled.score(), journaled.error(), journaled.seconds());
        ended.put(t.number(), o);
        listener.accept(o);
      }
    }
    if (!unknown.isEmpty()) {
      executor.run(
          unknown,
          o -> {
            ended.put(o.trial().number(), o);
            listener.accept(o);
          });
    }
    for (Trial t : trials) {
      Outcome o = ended.get(t.number());
      outcomes.put(new Key(t.point(), t.examples()), o);
      drawn.add(t.point());
      if (t.examples() == all()) {
        compare(o);
      }
    }
  }

  private void compare(Outcome o) {
    if (best == null || goal.isBetter(o, best)) {
      bestAt = outcomes.size();
    }
    if (best == null || goal.bestFirst().compare(o, best) < 0) {
      best = o;
    }
  }

  /** The first trial is made whatever the budget. */
  private boolean isOver() {
    if (outcomes.isEmpty()) {
      return false;
    }
    double minutes = (nanos.getAsLong() - start) / (double) TimeUnit.MINUTES.toNanos(1);
    return outcomes.size() >= budget.trials()
        || outcomes.size() - bestAt >= budget.patience()
        || minutes >= budget.minutes();
  }

  /** The best on all examples; the untuned setting is one of them. */
  public Outcome best() {
    return best;
  }

  /** All trials in the order of their numbers. */
  public List<Outcome> outcomes() {
    return List.copyOf(outcomes.values());
  }

  /** Of all that were tried on all examples, those that no other one beats in figure and size. */
  public List<Outcome> pareto() {
    List<Outcome> full =
        outcomes.values().stream()
            .filter(o -> o.trial().examples() == all() && o.succeeded())
            .sorted(
                java.util.Comparator.<Outcome>comparingLong(o -> o.score().bytes())
                    .thenComparing(goal.bestFirst()))
            .toList();
    List<Outcome> front = new ArrayList<>();
    double reached = Double.NEGATIVE_INFINITY;
    for (Outcome o : full) {
      double value = goal.objective().of(o.score());
      if (value > reached) {
        front.add(o);
        reached = value;
      }
    }
    return front;
  }
}
