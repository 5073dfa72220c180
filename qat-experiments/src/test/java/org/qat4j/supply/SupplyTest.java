package org.qat4j.supply;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.qat4j.io.internal.AtomicFile;

/**
 * What the command line brings along: no version with a known weakness, no licence that does not go
 * with Apache-2.0, and docs/dependencies.md says so jar by jar. To make the table anew: {@code mvn
 * test -pl qat-experiments -am -Dtest=SupplyTest -Dsurefire.failIfNoSpecifiedTests=false
 * -Dqat4j.generate}
 */
class SupplyTest {
  private static final Path PAGE = Path.of("../docs/dependencies.md");
  private static final String BEGIN = "<!-- Everything below is made by SupplyTest. -->\n\n";
  private static final Pattern COMPATIBLE =
      Pattern.compile("(?i).*(Apache-2\\.0|MIT|BSD).*|Eclipse Public License|EPL 2.0.*");

  @Test
  void noVersionIsKnownToBeBad() throws IOException {
    List<KnownBad> known = KnownBad.all();
    assertThat(known).isNotEmpty();
    for (Library library : Library.all()) {
      assertThat(known.stream().filter(bad -> bad.hits(library)))
          .as("%s (.ci/known-bad.txt)", library)
          .isEmpty();
    }
  }

  @Test
  void versionsAreComparedByTheirNumbers() {
    KnownBad bad = KnownBad.of("a:b 2.25.4 CVE-1, and more");
    assertThat(bad.why()).isEqualTo("CVE-1, and more");
    for (String version : List.of("2.25.3", "2.9", "1.99.99", "2.25", "2.25-rc1", "2.25.3.5")) {
      assertThat(bad.hits(new Library("a:b", version, ""))).as(version).isTrue();
    }
    for (String version : List.of("2.25.4", "2.25.10", "2.26", "3", "2.25.4-jre", "10.0")) {
      assertThat(bad.hits(new Library("a:b", version, ""))).as(version).isFalse();
    }
    assertThat(bad.hits(new Library("a:c", "1.0", ""))).isFalse();
  }

  @Test
  void whatNothingUsesStaysOut() throws IOException {
    assertThat(Library.all())
        .extracting(Library::name)
        .doesNotContain(
            "org.freemarker:freemarker",
            "net.sf.opencsv:opencsv",
            "joda-time:joda-time",
            "com.clearspring.analytics:stream",
            "com.tdunning:t-digest",
            "it.unimi.dsi:fastutil");
  }

  @Test
  void everyLicenceGoesWithApache() throws IOException {
    assertThat(Library.all())
        .allSatisfy(library -> assertThat(library.licence()).matches(COMPATIBLE));
  }

  @Test
  void thePageSaysWhatIsThere() throws IOException {
    StringBuilder table = new StringBuilder("| jar | version | licence |\n|---|---|---|\n");
    for (Library l : Library.all()) {
      table.append("| `%s` | %s | %s |\n".formatted(l.name(), l.version(), l.licence()));
    }
    String page = Files.readString(PAGE);
    int at = page.indexOf(BEGIN);
    assertThat(at).as(BEGIN).isPositive();
    String wanted = page.substring(0, at) + BEGIN + table;
    if (System.getProperty("qat4j.generate") != null) {
      AtomicFile.write(PAGE, wanted.getBytes(StandardCharsets.UTF_8));
    } else {
      assertThat(page).as("made anew by SupplyTest with -Dqat4j.generate").isEqualTo(wanted);
    }
  }
}
