package org.qat4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What users see of qat-core and qat-layers: what is public and in no internal package. */
class PublicTypesTest {
  /** May become less; what makes it more needs a reason, and a look for what could go inside. */
  private static final int AT_MOST = 90;

  private static final Pattern PUBLIC =
      Pattern.compile("(?m)^public (?:[a-z-]+ )*(?:class|interface|enum|record|@interface) \\w+");

  @Test
  void theyAreFew() throws IOException {
    List<String> types = publicTypes(source -> true);
    assertThat(types.size()).as("%s", types).isBetween(60, AT_MOST);
  }

  @Test
  void eachSaysWhatItIs() throws IOException {
    assertThat(publicTypes(source -> !isDocumented(source))).isEmpty();
  }

  @Test
  void aTypeWithoutACommentIsSeen() {
    assertThat(isDocumented("package a;\n\nimport b.C;\n\npublic final class D {}")).isFalse();
    assertThat(isDocumented("package a;\n\n/** E. */\n@F(1)\npublic record D(int g) {}")).isTrue();
  }

  private static boolean isDocumented(String source) {
    Matcher type = PUBLIC.matcher(source);
    return type.find() && source.substring(0, type.start()).contains("/**");
  }

  private static List<String> publicTypes(Predicate<String> which) throws IOException {
    try (Stream<Path> core = Files.walk(Path.of("../qat-core/src/main/java"));
        Stream<Path> layers = Files.walk(Path.of("src/main/java"))) {
      return Stream.concat(core, layers)
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> Stream.of(file.toString().split("[/\\\\]")).noneMatch("internal"::equals))
          .map(PublicTypesTest::read)
          .filter(source -> PUBLIC.matcher(source).find() && which.test(source))
          .map(PublicTypesTest::name)
          .sorted()
          .toList();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String name(String source) {
    Matcher type = PUBLIC.matcher(source);
    return type.find() ? type.group().replaceAll(".* ", "") : "";
  }
}
