package org.qat4j.bench;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/**
 * Memory over time.
 *
 * @param spec what was done
 * @param readings in the order of time
 * @param machine facts of the machine, by name
 */
public record SoakReport(SoakSpec spec, List<Reading> readings, Map<String, String> machine) {
  /** What a line may rise over a part of the soak: noise of the collector and of malloc. */
  static final long FREE_BYTES = 32 << 20;

  private static final double FREE_SHARE = 0.05;
  private static final double MEGA = 1e6;

  /**
   * Memory at one moment, after a collection of garbage.
   *
   * @param part what is being done
   * @param seconds since the begin
   * @param done times that it was done
   * @param heap bytes of Java objects that live
   * @param process bytes that the process holds; 0 where the system does not say
   */
  public record Reading(Part part, double seconds, long done, long heap, long process) {}

  /** What is done, one after the other. */
  public enum Part {
    TRAINING("rounds of training"),
    PREDICTIONS("predictions"),
    FITS("networks fitted"),
    LOADS("loads");

    private final String label;

    Part(String label) {
      this.label = label;
    }
  }

  /**
   * How memory goes in one part, behind its first third, in which caches fill and code is compiled.
   *
   * @param part which
   * @param done times that it was done
   * @param first bytes at the begin of the line that fits the readings best (least squares)
   * @param rise bytes by which that line rises
   */
  public record Course(Part part, long done, long first, long rise) {
    /** Whether the rise is more than noise: more than 32 MiB and 5 %. */
    public boolean rises() {
      return rise > FREE_BYTES + FREE_SHARE * first;
    }

    private String text() {
      return String.format(
          Locale.ROOT,
          "%9.1f %+9.1f %11.1f  %s",
          first / MEGA,
          rise / MEGA,
          (double) rise / Math.max(1, done),
          rises() ? "rises" : "flat");
    }
  }

  public SoakReport {
    readings = List.copyOf(readings);
  }

  /** Courses of the heap. */
  public List<Course> heap() {
    return courses(Reading::heap);
  }

  /** Courses of the process's memory; empty where the system does not say. */
  public List<Course> process() {
    return readings.stream().anyMatch(r -> r.process == 0) ? List.of() : courses(Reading::process);
  }

  /** Whether memory rises in none of the parts. */
  public boolean isFlat() {
    return Stream.concat(heap().stream(), process().stream()).noneMatch(Course::rises);
  }

  private List<Course> courses(ToLongFunction<Reading> bytes) {
    return Stream.of(Part.values())
        .map(part -> readings.stream().filter(r -> r.part == part).toList())
        .filter(of -> !of.isEmpty())
        .map(of -> course(of, bytes))
        .toList();
  }

  private static Course course(List<Reading> all, ToLongFunction<Reading> bytes) {
    List<Reading> warm = all.subList(all.size() / 3, all.size());
    Reading first = warm.get(0);
    Reading last = warm.get(warm.size() - 1);
    double meanDone = warm.stream().mapToLong(Reading::done).average().orElseThrow();
    double meanBytes = warm.stream().mapToLong(bytes).average().orElseThrow();
    double both = 0;
    double squares = 0;
    for (Reading r : warm) {
      both += (r.done - meanDone) * (bytes.applyAsLong(r) - meanBytes);
      squares += (r.done - meanDone) * (r.done - meanDone);
    }
    double slope = squares == 0 ? 0 : both / squares;
    return new Course(
        first.part,
        last.done - first.done,
        Math.round(meanBytes + slope * (first.done - meanDone)),
        Math.round(slope * (last.done - first.done)));
  }

  /** Readings as a table of commas, with a line of names. */
  public String csv() {
    StringBuilder out = new StringBuilder("part,seconds,done,heapBytes,processBytes\n");
    for (Reading r : readings) {
      out.append(
          String.format(
              Locale.ROOT,
              "%s,%.1f,%d,%d,%d%n",
              r.part.name().toLowerCase(Locale.ROOT),
              r.seconds,
              r.done,
              r.heap,
              r.process));
    }
    return out.toString();
  }

  /** As a table for people. */
  public String table() {
    StringBuilder out = new StringBuilder();
    machine.forEach((name, value) -> out.append(name).append(": ").append(value).append('\n'));
    out.append(
        String.format(
            Locale.ROOT,
            "%n%d s of training, %,d predictions by each of %d threads, %,d fits, %,d loads;%nbehind"
                + " the first third of each%n%n%-8s %-19s %12s %9s %9s %11s%n",
            spec.seconds(),
            spec.predictions(),
            spec.threads(),
            spec.fits(),
            spec.loads(),
            "memory",
            "while",
            "times",
            "MB",
            "rise",
            "bytes each"));
    heap().forEach(c -> row(out, "heap", c));
    process().forEach(c -> row(out, "process", c));
    out.append(isFlat() ? "\nmemory stays what it is\n" : "\nmemory rises\n");
    return out.toString();
  }

  private static void row(StringBuilder out, String memory, Course c) {
    out.append(
        String.format(
            Locale.ROOT, "%-8s %-19s %,12d %s%n", memory, c.part.label, c.done, c.text()));
  }
}
