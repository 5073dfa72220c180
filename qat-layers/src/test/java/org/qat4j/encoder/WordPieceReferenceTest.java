package org.qat4j.encoder;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.huggingface.tokenizers.Encoding;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.qat4j.text.WordPieceEncoder;
import org.qat4j.text.WordPieces;

/** The ids of WordPiece are those of the published tokenizers. */
class WordPieceReferenceTest {
  private static final long SEED = 21;
  private static final String REAL = "all-minilm-l6-v2-tokenizer.json";

  @TempDir static Path folder;

  @BeforeAll
  static void withoutNetwork() {
    System.setProperty("ai.djl.offline", "true");
    System.setProperty("OPT_OUT_TRACKING", "true");
    System.setProperty("DJL_CACHE_DIR", Path.of("target", "djl").toAbsolutePath().toString());
  }

  /** Every character alone and beside letters, with each set of rules. */
  @Test
  void everyCharacter() throws IOException {
    List<String> texts = new ArrayList<>();
    Random random = new Random(SEED);
    for (int c = 0;
        c <= Character.MAX_CODE_POINT;
        c += 1 + (c < 0x3400 ? 0 : random.nextInt(200))) {
      texts.add("a" + piece(c) + "b");
    }
    for (Path json : List.of(small(true, true), small(false, true), small(true, false))) {
      assertSame(json, texts, 8, false);
    }
  }

  @Test
  void randomTexts() throws IOException {
    Random random = new Random(SEED);
    List<String> texts = Stream.generate(() -> text(random)).limit(1500).toList();
    assertSame(small(true, true), texts, 24, false);
    assertSame(small(false, true), texts, 24, false);
    assertSame(small(false, false), texts, 24, false);
  }

  @Test
  void pairs() throws IOException {
    Random random = new Random(SEED + 1);
    List<String> texts =
        Stream.generate(() -> line(random) + "\t" + line(random)).limit(500).toList();
    for (int length : new int[] {3, 4, 9, 16, 31}) {
      assertSame(small(true, true), texts, length, true);
    }
  }

  @Test
  void longWords() throws IOException {
    List<String> texts =
        IntStream.of(1, 99, 100, 101, 10_000)
            .boxed()
            .flatMap(n -> Stream.of("a".repeat(n), "é".repeat(n), "😀".repeat(n), "中".repeat(n)))
            .toList();
    assertSame(small(true, true), texts, 128, false);
    assertSame(small(false, false), texts, 128, false);
  }

  @Test
  void aPartOfAllTextsWithTheRealVocabulary() throws IOException {
    Path json = Jars.unpack(REAL, folder);
    Random random = new Random(SEED + 2);
    List<String> texts = new ArrayList<>(names(200).stream().limit(3000).toList());
    Stream.generate(() -> text(random)).limit(2000).forEach(texts::add);
    assertSame(json, texts, 64, false);
  }

  /** Names that the JDK has in every script, all data sets that are there, and random texts. */
  @Test
  @Tag("slow")
  void allTexts() throws IOException {
    Path json = Jars.unpack(REAL, folder);
    List<String> names = names(1);
    List<String> data = data();
    Random random = new Random(SEED + 3);
    List<String> made = Stream.generate(() -> text(random)).limit(100_000).toList();
    System.out.printf(
        "%d names, %d lines of data sets, %d random texts%n",
        names.size(), data.size(), made.size());
    for (List<String> texts : List.of(names, data, made)) {
      assertSame(json, texts, 256, false);
    }
    assertThat(names.size() + data.size() + made.size()).isGreaterThan(200_000);
  }

  /** Names of all locales in one of so many of them. */
  private static List<String> names(int step) {
    List<Locale> all =
        Stream.of(Locale.getAvailableLocales())
            .sorted(Comparator.comparing(Locale::toLanguageTag))
            .toList();
    return IntStream.range(0, all.size() / step)
        .mapToObj(i -> all.get(i * step))
        .flatMap(in -> all.stream().map(of -> of.getDisplayName(in)))
        .distinct()
        .sorted()
        .toList();
  }

  private static List<String> data() throws IOException {
    Path root = Path.of(System.getProperty("qat4j.shared", "../../shared"), "data");
    if (!Files.isDirectory(root)) {
      return List.of();
    }
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        try {
          lines.addAll(Files.readAllLines(file));
        } catch (CharacterCodingException e) {
          lines.addAll(
              Files.readAllLines(file, StandardCharsets.ISO_8859_1).stream()
                  .limit(20_000)
                  .toList());
        }
      }
    }
    return lines;
  }

  private static String piece(int c) {
    return new String(new int[] {c}, 0, 1);
  }

  private static String line(Random random) {
    return text(random).replace('\t', ' ');
  }

  /** Words, punctuation, special tokens and characters of every kind. */
  private static String text(Random random) {
    int[] kinds = random.ints(1 + random.nextInt(4), 0, 12).toArray();
    StringBuilder text = new StringBuilder();
    int parts = random.nextInt(30);
    for (int i = 0; i < parts; i++) {
      part(kinds[random.nextInt(kinds.length)], random, text);
    }
    return text.toString();
  }

  private static void part(int kind, Random random, StringBuilder text) {
    String[] words = {
      " the",
      "The ",
      "unaffable",
      "CAFÉ",
      "cafe\u0301",
      "naïve ",
      "Straße",
      "İstanbul",
      "ΣΊΣΥΦΟΣ",
      "[MASK]",
      "[CLS]",
      "[SEP] ",
      "[sep]",
      "[UNK",
      "[PAD]",
      "ﬁ",
      "한국어",
      "日本語",
      "don't",
      "3.14",
      " "
    };
    switch (kind) {
      case 0, 1, 2 -> text.append(words[random.nextInt(words.length)]);
      case 3 -> text.appendCodePoint(random.nextInt(0x80));
      case 4 -> text.appendCodePoint(0x300 + random.nextInt(0x70));
      case 5 -> text.appendCodePoint(0x1F300 + random.nextInt(0x400));
      case 6 -> text.appendCodePoint(0x4E00 + random.nextInt(0x5200));
      case 7 -> text.append((char) (0xD800 + random.nextInt(0x800)));
      case 8 -> text.appendCodePoint(random.nextInt(0x3000));
      case 9 -> text.appendCodePoint(0x1D100 + random.nextInt(0x150));
      case 10 -> text.appendCodePoint(0xA800 + random.nextInt(0x400));
      default -> text.appendCodePoint(random.nextInt(Character.MAX_CODE_POINT + 1));
    }
  }

  private static void assertSame(Path json, List<String> texts, int length, boolean pairs)
      throws IOException {
    WordPieces words = TokenizerFiles.json(json);
    WordPieceEncoder ids = new WordPieceEncoder(words, length, pairs);
    WordPieceEncoder.StepEncoder types = new WordPieceEncoder.StepEncoder(ids, true);
    Map<String, String> options =
        Map.of("maxLength", "" + length, "truncation", "longest_first", "padding", "max_length");
    int differing = 0;
    String first = "";
    try (HuggingFaceTokenizer reference = HuggingFaceTokenizer.newInstance(json, options)) {
      for (String text : texts) {
        String whole =
            text.codePoints()
                .map(WordPieceReferenceTest::decoded)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        int tab = pairs ? whole.indexOf('\t') : -1;
        Encoding expected =
            tab < 0
                ? reference.encode(whole)
                : reference.encode(whole.substring(0, tab), whole.substring(tab + 1));
        if (!same(expected.getIds(), ids.encode(text))
            || !same(expected.getTypeIds(), types.encode(text))) {
          differing++;
          first = first.isEmpty() ? escaped(text) : first;
        }
      }
    }
    assertThat(differing).as("of %d texts, the first: %s", texts.size(), first).isZero();
  }

  /** Rust has no half surrogate pairs. */
  private static int decoded(int c) {
    return c >= 0xD800 && c <= 0xDFFF ? 0xFFFD : c;
  }

  private static String escaped(String text) {
    return text.codePoints().mapToObj(Integer::toHexString).collect(Collectors.joining(" "));
  }

  private static boolean same(long[] expected, int[] ids) {
    return IntStream.of(ids)
        .asLongStream()
        .boxed()
        .toList()
        .equals(LongStream.of(expected).boxed().toList());
  }

  /** A vocabulary that tells characters of the tables apart. */
  private static Path small(boolean lowerCase, boolean clean) throws IOException {
    List<String> pieces =
        new ArrayList<>(
            List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "una", "##ff"));
    for (int c = 0x21; c < Character.MAX_CODE_POINT; c += c < 0x3000 ? 1 : 7) {
      if (c < 0xD800 || (c > 0xE000 && c < 0x20000)) {
        pieces.add(piece(c));
        pieces.add("##" + piece(c));
      }
    }
    for (int c : new int[] {0x1D165, 0x1D16E, 0x1D16F, 0x1D170, 0x1D171, 0x1D172, 0x302E}) {
      if (!pieces.contains(piece(c))) {
        pieces.add(piece(c));
        pieces.add("##" + piece(c));
      }
    }
    Path file = folder.resolve("small" + lowerCase + clean + ".json");
    Files.writeString(file, SmallTokenizer.json(pieces, lowerCase, clean));
    return file;
  }
}
