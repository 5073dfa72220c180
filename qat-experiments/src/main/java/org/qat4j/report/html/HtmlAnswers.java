package org.qat4j.report.html;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.qat4j.evaluation.Results;
import org.qat4j.evaluation.Stage;
import org.qat4j.report.Classes;
import org.qat4j.report.Formats;
import org.qat4j.report.RunReport;
import org.qat4j.report.SampleText;

/** What the stages answer: classes, confusions, samples. */
final class HtmlAnswers {
  private static final int WORST_CLASSES = 12;

  record ClassRow(String label, String items, String first, String last) {}

  record ConfusionRow(String label, String taken, String times) {}

  record SampleGroup(String title, List<SampleRow> rows) {}

  record SampleRow(
      String text,
      String label,
      String first,
      String firstMood,
      String last,
      String lastMood,
      String probability) {}

  private final RunReport report;
  private final Results results;

  HtmlAnswers(RunReport report) {
    this.report = report;
    this.results = report.results();
  }

  /** Adds what the template shows of it. */
  void addTo(Map<String, Object> page) {
    classes(page);
    samples(page);
  }

  private void classes(Map<String, Object> page) {
    Classes all = report.classes();
    Stage first = results.order().get(0);
    Stage last = results.last();
    page.put("hasClasses", !all.classes().isEmpty());
    page.put("firstStage", first.title());
    page.put("lastStage", last.title());
    page.put(
        "worstClasses",
        all.classes().stream()
            .sorted(Comparator.comparing((Classes.OfClass c) -> c.accuracy().get(last)))
            .limit(WORST_CLASSES)
            .map(
                c ->
                    new ClassRow(
                        c.label(),
                        Formats.count(c.items()),
                        Formats.percent(c.accuracy().get(first)),
                        Formats.percent(c.accuracy().get(last))))
            .toList());
    page.put(
        "confusions",
        all.confusions().stream()
            .map(c -> new ConfusionRow(c.label(), c.predicted(), Formats.count(c.count())))
            .toList());
  }

  private void samples(Map<String, Object> page) {
    Stage first = results.order().get(0);
    Stage last = results.last();
    Predicate<SampleText> changed = s -> !s.answers().get(first).equals(s.answers().get(last));
    Predicate<SampleText> right = s -> s.answers().get(last).equals(s.label());
    List<SampleGroup> groups = new ArrayList<>();
    addGroup(groups, "Quantization changed the answer", changed);
    addGroup(groups, "Wrong before and after", changed.negate().and(right.negate()));
    addGroup(groups, "Right before and after", changed.negate().and(right));
    page.put("hasSamples", !groups.isEmpty());
    page.put("sampleGroups", groups);
  }

  private void addGroup(List<SampleGroup> groups, String title, Predicate<SampleText> which) {
    List<SampleRow> rows = report.samples().stream().filter(which).map(this::sample).toList();
    if (!rows.isEmpty()) {
      groups.add(new SampleGroup(title, rows));
    }
  }

  private SampleRow sample(SampleText s) {
    String first = s.answers().get(results.order().get(0));
    String last = s.answers().get(results.last());
    return new SampleRow(
        s.text(),
        s.label(),
        marked(first, s.label()),
        first.equals(s.label()) ? "good" : "bad",
        marked(last, s.label()),
        last.equals(s.label()) ? "good" : "bad",
        Formats.decimals(s.probability(), 3));
  }

  private static String marked(String answer, String label) {
    return (answer.equals(label) ? "✓ " : "✗ ") + answer;
  }
}
