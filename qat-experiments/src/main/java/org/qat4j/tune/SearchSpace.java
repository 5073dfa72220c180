package org.qat4j.tune;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.qat4j.QatException;
import org.qat4j.experiment.TuneSpec;
import org.qat4j.experiment.TunedSettings;
import org.qat4j.qat.Calibration.Place;
import org.qat4j.tune.search.Dimension;
import org.qat4j.tune.search.Distribution;
import org.qat4j.tune.search.Point;
import org.qat4j.tune.search.Space;

/** The space that an experiment searches, for the layers of its network. */
final class SearchSpace {
  static final String WEIGHT_BITS = "weights.bits";
  private static final String WEIGHTS = "weights.";
  private static final String ACTIVATIONS = "activations.";
  private static final String KIND = "observer.kind";
  private static final List<String> WEIGHT_OBSERVERS =
      List.of("min-max", "mse", "percentile", "kl");
  private static final List<String> ACTIVATION_OBSERVERS =
      List.of("moving-average", "min-max", "mse", "percentile", "kl");

  private final TuneSpec spec;
  private final List<Place> places;
  private final List<Dimension> dimensions = new ArrayList<>();

  private SearchSpace(TuneSpec spec, List<Place> places) {
    this.spec = spec;
    this.places = places;
  }

  /**
   * The space.
   *
   * @param places layers that quantize
   * @throws QatException if a dimension is for no layer
   */
  static Space of(TuneSpec spec, List<Place> places) {
    return new SearchSpace(spec, places).build();
  }

  private Space build() {
    if (spec.space().isEmpty()) {
      places.forEach(this::addDefaults);
    } else {
      spec.space().forEach(this::add);
    }
    if (!spec.bits().isEmpty()) {
      Distribution bits =
          new Distribution.Categorical(spec.bits().stream().map(String::valueOf).toList());
      for (Place place : places) {
        if (place.weights()) {
          dimensions.add(new Dimension(TunedSettings.ofLayer(WEIGHT_BITS, place.layer()), bits));
        }
      }
    }
    return new Space(dimensions);
  }

  private void addDefaults(Place place) {
    if (place.weights()) {
      addObserver(key -> TunedSettings.ofLayer(key, place.layer()), WEIGHTS, WEIGHT_OBSERVERS);
    }
    if (place.activations() && place.layer().equals(place.together().get(0))) {
      UnaryOperator<String> here = key -> activations(key, place);
      addObserver(here, ACTIVATIONS, ACTIVATION_OBSERVERS);
      String scheme = here.apply(ACTIVATIONS + "scheme");
      dimensions.add(
          new Dimension(scheme, new Distribution.Categorical(List.of("asymmetric", "symmetric"))));
      dimensions.add(
          new Dimension(
              here.apply(ACTIVATIONS + "zeroShift"),
              new Distribution.Ints(-2, 2),
              new Dimension.Condition(scheme, Set.of("asymmetric"))));
    }
  }

  /** Name of a key of what a layer makes, which others may share. */
  private static String activations(String key, Place place) {
    return place.together().size() == 1
        ? TunedSettings.ofLayer(key, place.layer())
        : TunedSettings.ofGroup(
            key,
            place.together().stream().map(SearchSpace::regex).collect(Collectors.joining("|")));
  }

  private static String regex(String layer) {
    return layer.matches("[\\w/ -]+") ? layer : Pattern.quote(layer);
  }

  private void addObserver(UnaryOperator<String> here, String what, List<String> observers) {
    String kind = here.apply(what + KIND);
    dimensions.add(new Dimension(kind, new Distribution.Categorical(observers)));
    dimensions.add(
        new Dimension(
            here.apply(what + "observer.percent"),
            new Distribution.Uniform(95, 100),
            new Dimension.Condition(kind, Set.of("percentile"))));
    dimensions.add(new Dimension(here.apply(what + "clip"), new Distribution.Uniform(0.3, 1.3)));
  }

  private void add(TuneSpec.Dimension d) {
    if (d.each() == null) {
      String regex = d.group();
      if (regex != null) {
        matching(d, regex);
      }
      add(d, key -> regex == null ? key : TunedSettings.ofGroup(key, regex));
    } else {
      Set<List<String>> added = new HashSet<>();
      for (Place place : matching(d, d.each())) {
        if (d.key().startsWith(WEIGHTS)) {
          add(d, key -> TunedSettings.ofLayer(key, place.layer()));
        } else if (added.add(place.together())) {
          add(d, key -> activations(key, place));
        }
      }
    }
  }

  private void add(TuneSpec.Dimension d, UnaryOperator<String> here) {
    TuneSpec.When when = d.when();
    Dimension.Condition condition =
        when == null
            ? null
            : new Dimension.Condition(here.apply(when.key()), Set.copyOf(when.is()));
    dimensions.add(new Dimension(here.apply(d.key()), d.values().toDistribution(), condition));
  }

  private List<Place> matching(TuneSpec.Dimension d, String regex) {
    List<Place> able =
        places.stream()
            .filter(p -> d.key().startsWith(WEIGHTS) ? p.weights() : p.activations())
            .toList();
    List<Place> found = able.stream().filter(p -> Pattern.matches(regex, p.layer())).toList();
    if (found.isEmpty()) {
      throw new QatException(
          "tune.space: no layer matches \""
              + regex
              + "\" and has "
              + d.key()
              + "; there are "
              + able.stream().map(Place::layer).collect(Collectors.joining(", ")));
    }
    return found;
  }

  /** The usual observers, the same for all layers: what a search has to beat. */
  static List<Point> observers() {
    List<Point> points = new ArrayList<>();
    for (Point w : each(WEIGHTS, List.of("min-max", "mse", "percentile", "kl"))) {
      for (Point a : each(ACTIVATIONS, List.of("moving-average", "min-max", "mse", "percentile"))) {
        points.add(w.with(a));
      }
    }
    return points;
  }

  private static List<Point> each(String what, List<String> kinds) {
    return kinds.stream()
        .map(
            kind -> {
              Point p = Point.UNTUNED.with(what + KIND, kind);
              return kind.equals("percentile") ? p.with(what + "observer.percent", 99.9) : p;
            })
        .toList();
  }
}
