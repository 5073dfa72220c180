package org.qat4j.qat;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Random;
import org.deeplearning4j.nn.api.Model;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.qat4j.QatException;
import org.qat4j.calibration.Adjustment;
import org.qat4j.calibration.RangeRule;
import org.qat4j.graph.Match;
import org.qat4j.quantizer.ActivationSpec;
import org.qat4j.quantizer.Granularity;
import org.qat4j.quantizer.LayerSpec;
import org.qat4j.quantizer.Scheme;
import org.qat4j.quantizer.WeightSpec;

/** A requantizer gives the very models that preparing, calibrating and freezing anew would. */
class RequantizerTest {
  private static final int SPECS = 25;

  @ParameterizedTest
  @EnumSource
  void sameModelAsByCalibratingAnew(Example example) throws Exception {
    sameModels(example, 1);
  }

  @ParameterizedTest
  @EnumSource
  @Tag("slow")
  void sameModelWithAnySeed(Example example) throws Exception {
    sameModels(example, new Random().nextLong());
  }

  private static void sameModels(Example example, long seed) throws Exception {
    Random random = new Random(seed);
    INDArray[] features = example.features(new Random(3), 4, DataType.FLOAT);
    Model network = example.network();
    Calibration calibration = copy(Calibration.of(network, example.data(1, 4), 4, features));
    Requantizer requantizer = new Requantizer(network, calibration);
    for (int i = 0; i < SPECS; i++) {
      QuantSpec spec =
          QuantSpec.of(layer(random, example))
              .with(new Match.Last(), withBits(2 + random.nextInt(7)));
      QatNetwork qat = Qat.prepare(network, spec);
      qat.calibrate(example.data(1, 4), 4);
      FreezeInfo info = FreezeInfo.named("x");
      assertThatCode(
              () ->
                  assertThat(requantizer.freeze(spec, info).ops())
                      .isEqualTo(qat.freeze(info, features).ops()))
          .as("seed %s, %s", seed, spec)
          .doesNotThrowAnyException();
    }
  }

  @ParameterizedTest
  @EnumSource
  void sameModelAfterOthers(Example example) {
    INDArray[] features = example.features(new Random(3), 4, DataType.FLOAT);
    Model network = example.network();
    Calibration calibration = Calibration.of(network, example.data(1, 4), 4, features);
    Requantizer requantizer = new Requantizer(network, calibration);
    FreezeInfo info = FreezeInfo.named("x");
    for (int i = 0; i < 2; i++) {
      for (int bits = 8; bits >= 4; bits -= 2) {
        QuantSpec spec = QuantSpec.of(LayerSpec.of(bits, 8));
        Requantizer fresh = new Requantizer(network, calibration);
        assertThat(requantizer.freeze(spec, info).ops()).isEqualTo(fresh.freeze(spec, info).ops());
      }
    }
  }

  private static java.util.function.UnaryOperator<LayerSpec> withBits(int bits) {
    return s -> s.withWeights(s.weights().withBits(bits));
  }

  private static LayerSpec layer(Random random, Example example) {
    List<RangeRule> rules =
        List.of(
            new RangeRule.MinMax(),
            new RangeRule.Percentile(60 + 40 * random.nextDouble()),
            new RangeRule.Mse(),
            new RangeRule.Kl(),
            new RangeRule.MovingAverage(0.2f));
    // Embeddings are symmetric.
    boolean asymmetric = example == Example.SEQUENCES && random.nextInt(3) == 0;
    boolean perChannel = !asymmetric && random.nextBoolean();
    WeightSpec w =
        WeightSpec.of(2 + random.nextInt(7))
            .withGranularity(perChannel ? new Granularity.Channel() : new Granularity.Tensor())
            .withScheme(asymmetric ? Scheme.ASYMMETRIC : Scheme.SYMMETRIC)
            .withPowerOfTwo(random.nextInt(4) == 0)
            .withFullRange(random.nextInt(4) == 0)
            .withRange(rules.get(random.nextInt(4)))
            .withAdjust(adjust(random, asymmetric));
    boolean shifts = random.nextBoolean();
    ActivationSpec a =
        ActivationSpec.of(2 + random.nextInt(7))
            .withScheme(shifts ? Scheme.ASYMMETRIC : Scheme.SYMMETRIC)
            .withPowerOfTwo(random.nextInt(4) == 0)
            .withRange(rules.get(random.nextInt(5)))
            .withAdjust(adjust(random, shifts));
    return new LayerSpec(w, a);
  }

  private static Adjustment adjust(Random random, boolean shifts) {
    return random.nextBoolean()
        ? Adjustment.NONE
        : new Adjustment(0.3f + random.nextFloat(), shifts ? -random.nextInt(3) : 0);
  }

  private static Calibration copy(Calibration calibration)
      throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(calibration);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (Calibration) in.readObject();
    }
  }

  @Test
  void aRefusedSpecificationLeavesTheNextAsItIs() {
    INDArray[] features = Example.TOKENS.features(new Random(3), 4, DataType.FLOAT);
    Model network = Example.TOKENS.network();
    Calibration calibration = Calibration.of(network, Example.TOKENS.data(1, 4), 4, features);
    Requantizer requantizer = new Requantizer(network, calibration);
    QuantSpec wrong = QuantSpec.int8().with(new Match.Name("no"), s -> s);
    var before = requantizer.freeze(QuantSpec.int8(), FreezeInfo.named("x")).ops();
    assertThatThrownBy(() -> requantizer.freeze(wrong, FreezeInfo.named("x")))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("\"no\" matches no layer");
    assertThat(requantizer.freeze(QuantSpec.int8(), FreezeInfo.named("x")).ops()).isEqualTo(before);
  }
}
