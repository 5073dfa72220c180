package org.qat4j.examples;

import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.nd4j.linalg.activations.impl.ActivationReLU;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.QuantSpec;

/** A layer of one's own with weights derives from one of DL4J's, and is quantized as that one. */
public final class OwnLayerExample {
  private OwnLayerExample() {}

  /** A dense layer that knows its size and has a setting of its own. */
  public static class HiddenLayer extends DenseLayer {
    private static final long serialVersionUID = 1L;
    private String purpose = "";

    /** For DL4J, which reads configurations from JSON. */
    public HiddenLayer() {}

    HiddenLayer(String purpose) {
      this.purpose = purpose;
      setNIn(Toy.INPUTS);
      setNOut(16);
      setActivationFn(new ActivationReLU());
    }

    /** What the layer is for. */
    public String getPurpose() {
      return purpose;
    }

    /** See {@link #getPurpose}. */
    public void setPurpose(String purpose) {
      this.purpose = purpose;
    }
  }

  /** Needs no arguments. */
  public static void main(String[] args) {
    DataSetIterator data = Toy.data();
    QatNetwork qat =
        Qat.prepare(Toy.trained(new HiddenLayer("compares two numbers")), QuantSpec.int8());
    qat.calibrate(data, 8);
    qat.multiLayerNetwork().fit(data, 1);
    System.out.println("operations " + qat.freeze().ops().size());
    System.out.println("accuracy " + qat.multiLayerNetwork().evaluate(data).accuracy());
  }
}
