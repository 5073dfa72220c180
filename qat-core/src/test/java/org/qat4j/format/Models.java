package org.qat4j.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.qat4j.model.IntegerModel;

/** Comparison of models. */
final class Models {
  private Models() {}

  static void assertSame(IntegerModel actual, IntegerModel expected) {
    assertThat(actual.name()).isEqualTo(expected.name());
    assertThat(actual.inputs()).isEqualTo(expected.inputs());
    assertThat(actual.ops()).isEqualTo(expected.ops());
    assertThat(actual.outputs()).isEqualTo(expected.outputs());
    assertThat(actual.text()).isEqualTo(expected.text());
    assertThat(actual.labels()).isEqualTo(expected.labels());
    assertThat(actual.metadata()).isEqualTo(expected.metadata());
  }
}
