package org.qat4j.examples;

import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.qat4j.distillation.Distillation;
import org.qat4j.distillation.DistillationSpec;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;
import org.qat4j.quantizer.LayerSpec;

/** A small network with 4-bit weights learns from what a larger float network says. */
public final class DistillNetwork {
  private DistillNetwork() {}

  /** Needs no arguments. */
  public static void main(String[] args) {
    ComputationGraph teacher = Toy.trained(64).toComputationGraph();
    ComputationGraph small = Toy.trained(8).toComputationGraph();

    QatNetwork student = Qat.prepare(small, QuantSpec.of(LayerSpec.of(4, 8)));
    student.calibrate(Toy.data(), 8);
    try (Distillation distillation =
        new Distillation(student.network(), teacher, DistillationSpec.of(2, 0.9))) {
      for (int epoch = 0; epoch < 5; epoch++) {
        MultiDataSetIterator data = new MultiDataSetIteratorAdapter(Toy.data());
        while (data.hasNext()) {
          student.graph().fit(distillation.teach(data.next()));
        }
      }
    }
    System.out.println("accuracy " + student.graph().evaluate(Toy.data()).accuracy());
  }
}
