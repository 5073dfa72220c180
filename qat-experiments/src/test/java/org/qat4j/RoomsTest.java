package org.qat4j;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.qat4j.format.internal.EncoderFile;
import org.qat4j.graph.internal.Topology;
import org.qat4j.internal.Version;
import org.qat4j.io.internal.AtomicFile;
import org.qat4j.layers.internal.host.LazyTable;
import org.qat4j.layers.internal.host.TableRows;
import org.qat4j.model.internal.InputLengths;
import org.qat4j.onnx.internal.ByteProducts;
import org.qat4j.onnx.internal.FloatOnnxExporter;
import org.qat4j.text.internal.BioDecoder;
import org.qat4j.text.internal.NumberRow;
import org.qat4j.text.internal.TokenRows;
import org.qat4j.text.internal.TokenText;
import org.qat4j.text.internal.WordTokenizer;

/** Which room may look into which; docs/development.md draws the same. */
@AnalyzeClasses(
    packages = "org.qat4j",
    importOptions = {ImportOption.DoNotIncludeTests.class, RoomsTest.OfThisModule.class})
class RoomsTest {
  /** The other modules have rules of their own. */
  static final class OfThisModule implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return location.contains("qat-experiments");
    }
  }

  @ArchTest
  static final ArchRule packagesFormNoRing =
      slices().matching("org.qat4j.(**)").should().beFreeOfCycles();

  /** Training knows nothing of pages. */
  @ArchTest
  static final ArchRule noPagesInTraining =
      noClasses()
          .that()
          .resideOutsideOfPackages("org.qat4j.report..", "org.qat4j.cli..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.qat4j.report.html..");

  /** What is inside the modules below is theirs, but for what the modules of one release share. */
  @ArchTest
  static final ArchRule nobodyOutsideLooksInside =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAPackage("org.qat4j..internal..")
                  .and(
                      not(
                          belongToAnyOf(
                              AtomicFile.class,
                              BioDecoder.class,
                              ByteProducts.class,
                              EncoderFile.class,
                              FloatOnnxExporter.class,
                              InputLengths.class,
                              LazyTable.class,
                              NumberRow.class,
                              TokenRows.class,
                              TokenText.class,
                              TableRows.class,
                              Topology.class,
                              Version.class,
                              WordTokenizer.class))));
}
