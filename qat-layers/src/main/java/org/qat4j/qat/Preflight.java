package org.qat4j.qat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.qat4j.QatException;

/**
 * What will be quantized how, and why not: one row for each vertex of a network, in the order in
 * which they compute.
 */
public record Preflight(List<Row> rows) {

  /**
   * One vertex.
   *
   * @param name of the vertex
   * @param type simple class name in DL4J
   * @param parameters number of its weights and biases
   * @param weights how its weights are quantized; "" where it has none
   * @param activations how what it makes is quantized
   * @param inFloat why it stays in float; "" where it is quantized
   * @param problem why it cannot be quantized, so that the network is refused; "" where it can
   */
  public record Row(
      String name,
      String type,
      long parameters,
      String weights,
      String activations,
      String inFloat,
      String problem) {}

  public Preflight {
    rows = List.copyOf(rows);
  }

  /** Whether the network can be quantized as asked. */
  public boolean isFine() {
    return rows.stream().allMatch(r -> r.problem.isEmpty());
  }

  /** One line for each vertex that cannot be quantized. */
  public List<String> problems() {
    return lines(Row::problem);
  }

  /** One line for each vertex that stays in float. */
  public List<String> inFloat() {
    return lines(Row::inFloat);
  }

  private List<String> lines(Function<Row, String> reason) {
    return rows.stream()
        .filter(r -> !reason.apply(r).isEmpty())
        .map(r -> "layer \"" + r.name + "\": " + reason.apply(r))
        .toList();
  }

  /**
   * Does nothing if the network can be quantized as asked.
   *
   * @throws QatException with the layers that cannot
   */
  public void requireFine() {
    if (!isFine()) {
      throw new QatException(
          "the network cannot be quantized:\n  " + String.join("\n  ", problems()));
    }
  }

  /** The rows as a table of text with a header line. */
  @Override
  public String toString() {
    List<List<String>> cells = new ArrayList<>();
    cells.add(List.of("layer", "type", "parameters", "weights", "activations"));
    for (Row r : rows) {
      String how =
          !r.problem.isEmpty()
              ? "NOT QUANTIZED: " + r.problem
              : r.inFloat.isEmpty() ? r.activations : "IN FLOAT: " + r.inFloat;
      cells.add(List.of(r.name, r.type, Long.toString(r.parameters), r.weights, how));
    }
    int[] widths = new int[cells.get(0).size()];
    for (List<String> row : cells) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder table = new StringBuilder();
    for (List<String> row : cells) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
      }
      table.append(line.toString().stripTrailing()).append('\n');
    }
    return table.toString();
  }
}
