package org.qat4j;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.qat4j.runtime.RuntimeOptions;
import org.qat4j.runtime.Sample;

/** Which room may look into which; docs/development.md draws the same. */
@AnalyzeClasses(packages = "org.qat4j", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {
  /** A face and what is inside behind it are one room; between rooms there is no ring. */
  @ArchTest
  static final ArchRule roomsFormNoRing =
      slices().matching("org.qat4j.(*)..").should().beFreeOfCycles();

  /** What says how it is must not be made of what has to be proved by it. */
  @ArchTest
  static final ArchRule theSpecificationKnowsNoKernels =
      noClasses()
          .that()
          .resideInAPackage("org.qat4j.runtime.reference..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.qat4j.runtime.internal..");

  /** Inside is inside. */
  @ArchTest
  static final ArchRule theRuntimeIsUsedByItsFaces =
      noClasses()
          .that()
          .resideOutsideOfPackage("org.qat4j.runtime..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.qat4j.runtime.internal..");

  /** What is inside knows of its faces the values that are given to it. */
  @ArchTest
  static final ArchRule theInsideKnowsNoFaceThatStandsOnIt =
      noClasses()
          .that()
          .resideInAPackage("org.qat4j.runtime.internal..")
          .should()
          .dependOnClassesThat(
              resideInAPackage("org.qat4j.runtime")
                  .and(not(belongToAnyOf(Sample.class, RuntimeOptions.class))));
}
