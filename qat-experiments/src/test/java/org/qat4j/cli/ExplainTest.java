package org.qat4j.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.qat4j.cli.Called.qat;

import org.junit.jupiter.api.Test;

class ExplainTest {
  @Test
  void aKeyByItsPath() {
    assertThat(qat("explain", "quantize.weights.bits").out())
        .isEqualTo(
            """
            quantize.weights.bits
              Bits of a code; 2 is ternary.
              value    an integer from 2 to 8
              default  8
            """);
    assertThat(qat("explain", "weights.bits")).isEqualTo(qat("explain", "quantize.weights.bits"));
  }

  @Test
  void aNameInAllItsPlaces() {
    assertThat(qat("explain", "epochs").out())
        .contains("train.epochs\n", "prune.epochs\n", "quantize.qat.epochs\n");
    assertThat(qat("explain", "minN").out())
        .contains("model.minN, of kind char-ngram-cnn", "model.ngrams.minN, of kind word-cnn");
    assertThat(qat("explain", "model.dropout").out())
        .contains(
            """
            model.dropout, of kind char-ngram-cnn or word-cnn
              Dropout before the output.
              value    a number at least 0 and below 1
              default  0.5
            """);
  }

  @Test
  void sectionsListsAndKinds() {
    assertThat(qat("explain", "quantize.qat").out())
        .contains("default  the defaults of its keys", "  learningRate: Learning rate of Adam");
    assertThat(qat("explain", "quantize.overrides[0].layer").out()).contains("Name of a layer.");
    assertThat(qat("explain", "data").out())
        .contains("none: the key must be given", "    things: What kind of thing is defined here?");
    assertThat(qat("explain", "word-cnn").out())
        .startsWith("model, kind word-cnn\n")
        .contains("  vocabulary: Words kept.");
    assertThat(qat("explain", "data.things").out()).contains("WordNet");
    assertThat(qat("explain", "model.ngrams").out())
        .contains("default  none: nothing where the key is absent");
    assertThat(qat("explain").out()).contains("schemaVersion: ", "quantize: How the network is");
  }

  @Test
  void theNearestOfWhatThereIsNot() {
    Called called = qat("explain", "lerningRate");
    assertThat(called.exit()).isEqualTo(Exit.FAILED);
    assertThat(called.err())
        .contains("no experiment has a key or kind \"lerningRate\"; did you mean learningRate?");
    assertThat(qat("explain", "quantise.weights.bits").err())
        .contains("did you mean quantize.weights.bits?");
    assertThat(qat("explain", "xyzzy").err()).contains("./qat explain alone lists");
  }
}
