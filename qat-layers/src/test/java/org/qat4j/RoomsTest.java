package org.qat4j;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.qat4j.internal.Version;
import org.qat4j.io.internal.AtomicFile;
import org.qat4j.qat.Calibration;
import org.qat4j.qat.Qat;
import org.qat4j.qat.QatNetwork;
import org.qat4j.qat.Requantizer;

/** Which room may look into which; docs/development.md draws the same. */
@AnalyzeClasses(
    packages = "org.qat4j",
    importOptions = {ImportOption.DoNotIncludeTests.class, RoomsTest.OfThisModule.class})
class RoomsTest {
  /** The core has rules of its own. */
  static final class OfThisModule implements ImportOption {
    @Override
    public boolean includes(Location location) {
      return location.contains("qat-layers");
    }
  }

  private static final String LAYERS = "org.qat4j.layers.";

  /** A face and what is inside behind it are one room; between rooms there is no ring. */
  @ArchTest
  static final ArchRule roomsFormNoRing =
      slices().matching("org.qat4j.(*)..").should().beFreeOfCycles();

  /** From the ground: what lies lower knows nothing of what lies higher. */
  @ArchTest
  static final ArchRule layersStandOnEachOther =
      layeredArchitecture()
          .consideringOnlyDependenciesInAnyPackage("org.qat4j.layers..")
          .layer("host")
          .definedBy(LAYERS + "internal.host..")
          .layer("fast")
          .definedBy(LAYERS + "internal.fast..")
          .layer("float layers")
          .definedBy("org.qat4j.layers", LAYERS + "internal.plain..")
          .layer("quantizing")
          .definedBy(LAYERS + "internal.quantizing..")
          .layer("codes")
          .definedBy(LAYERS + "internal.codes..")
          .layer("quantized")
          .definedBy(LAYERS + "internal.quantized..")
          .layer("own")
          .definedBy(LAYERS + "own..")
          .whereLayer("own")
          .mayNotBeAccessedByAnyLayer()
          .whereLayer("quantized")
          .mayOnlyBeAccessedByLayers("own")
          .whereLayer("codes")
          .mayOnlyBeAccessedByLayers("quantized", "own")
          .whereLayer("quantizing")
          .mayOnlyBeAccessedByLayers("codes", "quantized", "own")
          .whereLayer("float layers")
          .mayOnlyBeAccessedByLayers("quantizing", "codes", "quantized", "own")
          .whereLayer("fast")
          .mayOnlyBeAccessedByLayers("float layers", "quantizing", "codes", "quantized", "own");

  private static final DescribedPredicate<JavaClass> OF_THE_CORE =
      describe(
          "of qat-core",
          c -> c.getSource().map(s -> s.getUri().toString().contains("qat-core")).orElse(false));

  /** Of what is inside the core this module knows the arithmetic and the lengths, and two more. */
  @ArchTest
  static final ArchRule theInsideOfTheCoreIsItsOwn =
      noClasses()
          .that(not(OF_THE_CORE))
          .should()
          .dependOnClassesThat(
              resideInAPackage("org.qat4j..internal..")
                  .and(not(resideInAPackage("org.qat4j.numerics.internal..")))
                  .and(not(resideInAPackage("org.qat4j.model.internal..")))
                  .and(not(belongToAnyOf(AtomicFile.class, Version.class)))
                  .and(OF_THE_CORE));

  /** What is inside knows of its faces the records that are given to it and that it gives back. */
  @ArchTest
  static final ArchRule theInsideKnowsNoFaceThatStandsOnIt =
      noClasses()
          .that()
          .resideInAPackage("org.qat4j.qat.internal..")
          .should()
          .dependOnClassesThat(
              belongToAnyOf(Qat.class, QatNetwork.class, Calibration.class, Requantizer.class));
}
