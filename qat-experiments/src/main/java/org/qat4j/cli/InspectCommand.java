package org.qat4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.model.TextInput;
import org.qat4j.model.Value;
import org.qat4j.numerics.QuantParams;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a frozen model is made of. */
@Command(
    name = "inspect",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Shows the operations, bits, scales and sizes of a frozen model.")
final class InspectCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private ModelOptions models;

  @Parameters(paramLabel = "MODEL", description = "A model file or a run folder.")
  private Path model;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  /** One operation, as a table row. */
  record Row(
      String name,
      String operation,
      List<Integer> shape,
      Integer weightBits,
      List<Integer> weightShape,
      Integer scales,
      Float smallestScale,
      Float largestScale,
      Long weightBytes,
      Double zeroShare,
      Float outputScale,
      Integer outputZeroPoint,
      Integer outputBits) {}

  @Override
  public Integer call() throws IOException {
    Path file = ModelArgument.file(model);
    IntegerModel m = models.read(model);
    List<Row> rows = m.ops().stream().map(op -> row(m, op)).toList();
    if (json) {
      spec.commandLine().getOut().println(Json.line(summary(file, m, rows)));
    } else {
      print(spec.commandLine().getOut(), file, m, rows);
    }
    return Exit.OK;
  }

  private static Row row(IntegerModel m, Op op) {
    Value value = m.value(op.name());
    // Of a recurrent layer the weights of its input; bytes and zeros count those of its state too.
    List<QuantizedTensor> all = op.tensors();
    QuantizedTensor w = all.isEmpty() ? null : all.get(0);
    QuantParams p = value.params();
    return new Row(
        op.name(),
        op.getClass().getSimpleName(),
        value.shape(),
        w == null ? null : w.bits(),
        w == null ? null : shape(w),
        w == null ? null : w.scaleCount(),
        w == null ? null : w.smallestScale(),
        w == null ? null : w.largestScale(),
        w == null ? null : all.stream().mapToLong(QuantizedTensor::packedBytes).sum(),
        w == null ? null : QuantizedTensor.zeroShare(all),
        p == null ? null : p.scale(),
        p == null ? null : p.zeroPoint(),
        p == null ? null : bits(p));
  }

  private static List<Integer> shape(QuantizedTensor w) {
    List<Integer> shape = new ArrayList<>();
    for (int d : w.shape()) {
      shape.add(d);
    }
    return shape;
  }

  private static int bits(QuantParams p) {
    return 32 - Integer.numberOfLeadingZeros(p.qmax() - p.qmin());
  }

  private static Map<String, Object> summary(Path file, IntegerModel m, List<Row> rows)
      throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("name", m.name());
    all.put("bytes", Files.size(file));
    all.put("inputs", m.inputs());
    all.put("text", m.text().stream().map(InspectCommand::describe).toList());
    all.put("labels", m.labels());
    all.put("metadata", m.metadata());
    all.put("operations", rows);
    return all;
  }

  private static String describe(TextInput text) {
    return text.input()
        + ": "
        + text.encoder().getClass().getSimpleName()
        + ", "
        + text.encoder().vocabularySize()
        + " ids, "
        + text.encoder().length()
        + " a text";
  }

  private static void print(PrintWriter out, Path file, IntegerModel m, List<Row> rows)
      throws IOException {
    out.printf(
        Locale.ROOT, "%s: %,d bytes, %d labels%n", m.name(), Files.size(file), m.labels().size());
    m.text().forEach(text -> out.println("  " + describe(text)));
    m.metadata().forEach((key, value) -> out.println("  " + key + ": " + value));
    out.println();
    String format = "%-24s %-14s %-12s %5s %-16s %12s %5s  %s%n";
    out.printf(
        format, "operation", "kind", "output", "bits", "weights", "bytes", "zero", "output codes");
    for (Row r : rows) {
      out.printf(
          Locale.ROOT,
          format,
          r.name(),
          r.operation(),
          r.shape(),
          r.weightBits() == null ? "" : r.weightBits(),
          r.weightShape() == null ? "" : r.weightShape(),
          r.weightBytes() == null ? "" : String.format(Locale.ROOT, "%,d", r.weightBytes()),
          r.zeroShare() == null ? "" : String.format(Locale.ROOT, "%.0f%%", 100 * r.zeroShare()),
          r.outputScale() == null
              ? "real"
              : String.format(
                  Locale.ROOT,
                  "%d bits, scale %.4g, zero point %d",
                  r.outputBits(),
                  r.outputScale(),
                  r.outputZeroPoint()));
    }
  }
}
