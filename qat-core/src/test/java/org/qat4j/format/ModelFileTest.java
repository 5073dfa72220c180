package org.qat4j.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.qat4j.QatException;
import org.qat4j.format.internal.ByteSink;
import org.qat4j.format.internal.ByteSource;
import org.qat4j.format.internal.RecordReader;
import org.qat4j.format.internal.RecordWriter;
import org.qat4j.format.internal.TensorCodec;
import org.qat4j.model.IntegerModel;
import org.qat4j.model.QuantizedTensor;
import org.qat4j.model.RandomModels;

class ModelFileTest {
  private static final IntegerModel MODEL = GoldenModels.all().get(0);
  private static final byte[] BYTES = ModelFile.toBytes(MODEL);

  @TempDir private Path folder;

  @Test
  void readsWhatItWrote() {
    for (int seed = 0; seed < 300; seed++) {
      IntegerModel model = RandomModels.model(seed);
      Models.assertSame(ModelFile.fromBytes(ModelFile.toBytes(model)), model);
    }
  }

  @Test
  void countsTheBytesWithoutWritingThem() {
    List<IntegerModel> models = new ArrayList<>(GoldenModels.all());
    for (int seed = 0; seed < 100; seed++) {
      models.add(RandomModels.model(seed));
    }
    for (IntegerModel model : models) {
      assertThat(ModelFile.size(model, ModelFile::bytes))
          .isEqualTo(ModelFile.toBytes(model).length);
    }
  }

  @ParameterizedTest
  @CsvSource({"2, 0", "2, 1", "3, -1", "4, 0", "8, 5"})
  void countsTheBytesOfSparseTensors(int bits, int zeroPoint) {
    Random random = new Random(bits + 10L * zeroPoint);
    for (double zeros : new double[] {0, 0.3, 0.6, 0.9, 0.99, 1}) {
      byte[] codes = new byte[1000];
      for (int i = 0; i < codes.length; i++) {
        int other = random.nextInt(1 << bits) - (1 << (bits - 1));
        codes[i] = (byte) (random.nextDouble() < zeros ? zeroPoint : other);
      }
      QuantizedTensor t =
          new QuantizedTensor(codes, new int[] {1000}, bits, new float[] {0.1f}, zeroPoint);
      ByteSink written = new ByteSink();
      TensorCodec.write(written, t);
      assertThat(ModelFile.bytes(t)).isEqualTo(written.toByteArray().length);
    }
  }

  @Test
  void sortsMetadata() {
    IntegerModel a = withMetadata(Map.of("x", "1", "y", "2", "z", "3"));
    IntegerModel b = withMetadata(Map.of("z", "3", "y", "2", "x", "1"));

    assertThat(ModelFile.toBytes(a)).isEqualTo(ModelFile.toBytes(b));
  }

  @Test
  void aModelWithoutTextKeepsItsMetadata() {
    IntegerModel model = withMetadata(Map.of("seed", "42"));
    assertThat(ModelFile.fromBytes(ModelFile.toBytes(model.withoutText())).metadata())
        .containsExactly(Map.entry("seed", "42"));
  }

  private static IntegerModel withMetadata(Map<String, String> metadata) {
    return new IntegerModel(
        "m", MODEL.inputs(), MODEL.ops(), MODEL.outputs(), List.of(), List.of(), metadata);
  }

  @Test
  void refusesTextThatIsNotUnicode() {
    IntegerModel model = withMetadata(Map.of("half", "\ud83d"));

    assertThatThrownBy(() -> ModelFile.toBytes(model))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("not valid Unicode");
  }

  // Evolution.

  @Test
  void skipsSectionsThatMayBeSkipped() {
    Models.assertSame(ModelFile.fromBytes(RawFile.withSection(BYTES, "xtra", BYTES)), MODEL);
  }

  @ParameterizedTest
  @CsvSource({"XTRA, unknown", "TEXT, twice", "xtra, twice"})
  void refusesOtherSections(String tag, String reason) {
    byte[] file = RawFile.withSection(BYTES, tag, new byte[2]);

    assertRefused(tag.equals("xtra") ? RawFile.withSection(file, tag, new byte[2]) : file, reason);
  }

  @ParameterizedTest
  @CsvSource({
    "MaxPool1d, MaxPool9d, \"MaxPool9d\" is unknown to this program",
    "padRight, padFight, 'the attribute \"padRight\" (integer) of Conv1d is missing'",
    "Softmax, Hardmax, operation \"probabilities\": the kind \"Hardmax\" is unknown",
    "lowerCase, mowerCase, 'text encoder of \"characters\": the attribute \"lowerCase\"'",
    "Tokens, Takens, the input kind \"Takens\" is unknown",
    "MODL, mODL, there is no section \"MODL\""
  })
  void saysWhatItDoesNotKnow(String from, String to, String message) {
    assertRefused(RawFile.replaced(BYTES, from, to), message);
  }

  @Test
  void refusesAttributesThatItDoesNotKnow() {
    ByteSink out = new ByteSink();
    new RecordWriter(out, "Flatten").text("name", "f").integer("axis", 2).end();
    byte[] bytes = out.toByteArray();
    RecordReader record = new RecordReader(new ByteSource(bytes, 0, bytes.length));
    record.text("name");

    assertThatThrownBy(record::end)
        .isInstanceOf(QatException.class)
        .hasMessage("the attributes [axis] of Flatten are unknown to this program");
  }

  @Test
  void refusesOtherVersions() {
    byte[] file = BYTES.clone();
    file[8] = 2;

    assertRefused(file, "format version 2; this program reads version 1");
  }

  @Test
  void refusesABoundThatDoesNotHold() {
    byte[] file = BYTES.clone();
    long bound = MODEL.accumulatorBound("logits");
    int at = find(file, bound);
    file[at]--;

    assertRefused(
        RawFile.repaired(file),
        "operation \"logits\": its accumulators can reach "
            + bound
            + ", but the file promises at most "
            + (bound - 1));
  }

  private static int find(byte[] file, long i64) {
    for (int at = 0; ; at++) {
      boolean found = true;
      for (int k = 0; k < Long.BYTES; k++) {
        found &= file[at + k] == (byte) (i64 >> (8 * k));
      }
      if (found) {
        return at;
      }
    }
  }

  private static void assertRefused(byte[] file, String message) {
    assertThatThrownBy(() -> ModelFile.fromBytes(file))
        .isInstanceOf(QatException.class)
        .hasMessageContaining(message);
  }

  // Files.

  @Test
  void replacesAFileAndLeavesNothingBeside() throws IOException {
    Path file = folder.resolve("model.qat");
    Files.writeString(file, "old");

    ModelFile.write(MODEL, file);

    Models.assertSame(ModelFile.read(file), MODEL);
    try (Stream<Path> entries = Files.list(folder)) {
      assertThat(entries).containsExactly(file);
    }
  }

  @Test
  void leavesTheOldFileWhereTheNewCannotBeMovedIntoPlace() throws IOException {
    Path file = Files.createDirectories(folder.resolve("model.qat/full")).getParent();

    assertThatThrownBy(() -> ModelFile.write(MODEL, file))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("cannot write " + file);
    try (Stream<Path> entries = Files.list(folder)) {
      assertThat(entries).containsExactly(file);
    }
  }

  @Test
  void saysWhichFolderIsMissing() {
    Path file = folder.resolve("none/model.qat");

    assertThatThrownBy(() -> ModelFile.write(MODEL, file))
        .isInstanceOf(QatException.class)
        .hasMessage("cannot write " + file + ": there is no directory " + file.getParent());
  }

  @Test
  void saysWhichFileIsMissing() {
    Path file = folder.resolve("none.qat");

    assertThatThrownBy(() -> ModelFile.read(file))
        .isInstanceOf(QatException.class)
        .hasMessage("cannot read the model " + file + ": there is no such file");
    assertThatThrownBy(() -> ModelFile.read(folder))
        .isInstanceOf(QatException.class)
        .hasMessageContaining("cannot read the model " + folder);
  }

  @Test
  void namesTheFileThatIsDamaged() throws IOException {
    Path file = folder.resolve("model.qat");
    byte[] bytes = BYTES.clone();
    bytes[100] ^= 4;
    Files.write(file, bytes);

    assertThatThrownBy(() -> ModelFile.read(file))
        .isInstanceOf(QatException.class)
        .hasMessage(file + ": the model file is damaged: wrong checksum");
  }

  @Test
  void loadsNothingOfAHugeFileThatIsNotAModel() throws IOException {
    Path file = folder.resolve("huge");
    try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
      sparse.setLength(10_000_000_000L);
      assertThatThrownBy(() -> ModelFile.read(file))
          .isInstanceOf(QatException.class)
          .hasMessageContaining("not a qat4j model file");

      sparse.write(BYTES, 0, 12);
      assertThatThrownBy(() -> ModelFile.read(file))
          .isInstanceOf(QatException.class)
          .hasMessageContaining("has 10000000000 bytes instead of 0");

      sparse.writeLong(Long.reverseBytes(10_000_000_000L));
      assertThatThrownBy(() -> ModelFile.read(file))
          .isInstanceOf(QatException.class)
          .hasMessageContaining("too large");
    }
  }
}
