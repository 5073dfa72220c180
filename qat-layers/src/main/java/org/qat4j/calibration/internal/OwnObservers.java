package org.qat4j.calibration.internal;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import org.qat4j.QatException;
import org.qat4j.calibration.Grids;
import org.qat4j.calibration.OwnObserver;
import org.qat4j.calibration.Range;
import org.qat4j.calibration.ValueCounts;

/** Finds observers of a user's own by name. */
public final class OwnObservers {
  private static final Map<String, OwnObserver> FOUND = new ConcurrentHashMap<>();

  private OwnObservers() {}

  /**
   * The observer of a name.
   *
   * @throws QatException if there is none, or it cannot be made
   */
  public static OwnObserver named(String name) {
    return FOUND.computeIfAbsent(name, OwnObservers::find);
  }

  private static OwnObserver find(String name) {
    List<OwnObserver> listed = listed();
    for (OwnObserver observer : listed) {
      if (observer.name().equals(name)) {
        return observer;
      }
    }
    Class<?> type = load(name);
    if (type == null) {
      throw new QatException(
          "there is no observer \""
              + name
              + "\": no class is called so, and META-INF/services lists "
              + (listed.isEmpty() ? "none" : listed.stream().map(OwnObserver::name).toList()));
    }
    if (!OwnObserver.class.isAssignableFrom(type)) {
      throw new QatException(name + " does not implement " + OwnObserver.class.getName());
    }
    try {
      return (OwnObserver) type.getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new QatException(
          "the observer "
              + name
              + " cannot be made; it has to be public, with a public constructor without arguments"
              + " that throws nothing",
          e);
    }
  }

  private static List<OwnObserver> listed() {
    try {
      return ServiceLoader.load(OwnObserver.class).stream()
          .map(ServiceLoader.Provider::get)
          .sorted(Comparator.comparing(OwnObserver::name))
          .toList();
    } catch (ServiceConfigurationError e) {
      throw new QatException(
          "META-INF/services/" + OwnObserver.class.getName() + " is wrong: " + e.getMessage(), e);
    }
  }

  private static Class<?> load(String name) {
    for (ClassLoader loader :
        new ClassLoader[] {
          Thread.currentThread().getContextClassLoader(), OwnObserver.class.getClassLoader()
        }) {
      try {
        return Class.forName(name, true, loader);
      } catch (ClassNotFoundException e) {
        // The next one may know it.
      }
    }
    return null;
  }

  /** What an observer answers, checked. */
  static Range range(String name, ValueCounts seen, Grids grids) {
    Range range;
    try {
      range = named(name).range(seen, grids);
    } catch (QatException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new QatException("the observer " + name + " failed: " + e, e);
    }
    if (range == null) {
      throw new QatException("the observer " + name + " gave no range");
    }
    return range;
  }
}
