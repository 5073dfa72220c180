package org.qat4j.spark;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.qat4j.QatException;

class SparkTest {
  @Test
  void whereSparkIsMissingTheWayToItIsNamed() {
    assertThatThrownBy(() -> Spark.require("tune.executor", ClassLoader.getPlatformClassLoader()))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("tune.executor is spark")
        .hasMessageContaining("spark-submit");
    assertThatCode(() -> Spark.require("executor")).doesNotThrowAnyException();
  }
}
