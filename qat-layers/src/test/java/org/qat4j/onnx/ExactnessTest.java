package org.qat4j.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.model.RandomModels;
import org.qat4j.onnx.internal.ByteProducts;
import org.qat4j.runtime.Sample;
import org.qat4j.verify.Verifier;
import org.qat4j.verify.VerifyReport;

/** The Java runtime and ONNX Runtime compute the same integers, on models that nobody chose. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExactnessTest {
  private static final double TOLERANCE = 1e-6;

  private final Agreement agreement = new Agreement(OnnxOptions.DEFAULT);

  @BeforeAll
  void compareAMillionCodes() {
    for (long seed = 0; agreement.codes() < 1_100_000; seed++) {
      agreement.compare(seed);
    }
  }

  @Test
  void everyCodeAndEveryLogitIsTheSame() {
    assertExact(agreement);
    assertThat(agreement.operations()).containsExactlyInAnyOrder(Op.class.getPermittedSubclasses());
  }

  private static void assertExact(Agreement agreement) {
    assertThat(agreement.mismatches()).as("%s", agreement).isEmpty();
    assertThat(agreement.toleratedDifference()).isLessThan(TOLERANCE);
  }

  /** A comparison that could not tell these apart would prove nothing. */
  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CONTRACT")
  void otherRequantizationsAreCaught(Requantization how) {
    assertThat(agreement.differing(how)).isPositive();
    assertThat(agreement.differing(Requantization.CONTRACT)).isZero();
  }

  @Test
  void int4ContainersChangeNothing() {
    assertExact(compare(new Agreement(OnnxOptions.DEFAULT.withInt4(true)), 60));
  }

  /** On a machine that saturates, it is {@link SaturationTest} that says what this form does. */
  @Test
  void signedWeightsChangeNothingWhereProductsOfBytesAreExact() {
    assumeThat(ByteProducts.exact()).as("products of bytes are exact on this machine").isTrue();
    assertExact(compare(new Agreement(OnnxOptions.DEFAULT.withVnni(true)), 60));
    OnnxOptions both = OnnxOptions.DEFAULT.withVnni(true).withInt4(true);
    assertExact(compare(new Agreement(both), 30));
  }

  /** A text alone gives what it gives with padding behind it, in one file for all lengths. */
  @Test
  void aTextAloneIsTheSame() {
    int alone = 0;
    for (long seed = 0; seed < 120; seed++) {
      IntegerModel model = RandomModels.ofTexts(seed);
      VerifyReport report =
          Verifier.verify(model, OnnxOptions.DEFAULT, Sample.random(model, 6, seed));
      assertThat(report.javaVsOnnxCodes())
          .as("RandomModels.ofTexts(%d): %s", seed, report)
          .isZero();
      alone += report.layers().toString().contains("for the text alone") ? 1 : 0;
    }
    assertThat(alone).as("models whose texts can be cut").isGreaterThan(40);
  }

  private static Agreement compare(Agreement agreement, int models) {
    for (long seed = 1000; seed < 1000 + models; seed++) {
      agreement.compare(seed);
    }
    return agreement;
  }

  @Test
  @Tag("slow")
  void tenMillionCodesAreTheSame() {
    Agreement many = new Agreement(OnnxOptions.DEFAULT);
    for (long seed = 100_000; many.codes() < 10_000_000; seed++) {
      many.compare(seed);
    }
    System.out.println(many);
    assertExact(many);
  }
}
