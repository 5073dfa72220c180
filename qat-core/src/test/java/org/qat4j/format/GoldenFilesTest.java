package org.qat4j.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.qat4j.model.Cell;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.Op;
import org.qat4j.text.TextEncoder;

/** Files of every version that was ever written are read, and mean what they meant. */
class GoldenFilesTest {
  private static final List<String> NAMES =
      GoldenModels.all().stream().map(IntegerModel::name).toList();

  static Stream<Arguments> files() {
    return IntStream.rangeClosed(1, ModelFile.VERSION)
        .boxed()
        .flatMap(version -> NAMES.stream().map(name -> Arguments.of(version, name)));
  }

  static byte[] resource(int version, String file) throws IOException {
    try (InputStream in = GoldenFilesTest.class.getResourceAsStream("v" + version + "/" + file)) {
      return in.readAllBytes();
    }
  }

  @Test
  void haveEverything() {
    Set<Class<?>> there = new HashSet<>();
    for (IntegerModel model : GoldenModels.all()) {
      for (Op op : model.ops()) {
        there.add(op.getClass());
        if (op instanceof Op.Recurrent recurrent) {
          there.add(recurrent.cell().getClass());
        }
      }
      model.text().forEach(t -> there.add(t.encoder().getClass()));
    }
    for (Class<?> kinds : List.of(Op.class, Cell.class, TextEncoder.class)) {
      assertThat(there).contains(kinds.getPermittedSubclasses());
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void areRead(int version, String name) throws IOException {
    IntegerModel model = ModelFile.fromBytes(resource(version, name + ".qat"));

    IntegerModel expected = GoldenModels.all().get(NAMES.indexOf(name));
    Models.assertSame(model, expected);
  }

  @ParameterizedTest
  @MethodSource("files")
  void giveTheSameAnswers(int version, String name) throws IOException {
    IntegerModel model = ModelFile.fromBytes(resource(version, name + ".qat"));

    assertThat(GoldenModels.answers(model))
        .isEqualTo(new String(resource(version, name + ".txt"), StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @MethodSource("files")
  void areWrittenAgainToTheSameBytes(int version, String name) throws IOException {
    byte[] file = resource(version, name + ".qat");

    byte[] again = ModelFile.toBytes(ModelFile.fromBytes(file));

    if (version == ModelFile.VERSION) {
      assertThat(again).isEqualTo(file);
    } else {
      assertThat(again).isEqualTo(resource(ModelFile.VERSION, name + ".qat"));
    }
  }
}
