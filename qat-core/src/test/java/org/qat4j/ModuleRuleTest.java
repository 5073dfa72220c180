package org.qat4j;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/** qat-core serves a frozen model in plain Java: nothing of ND4J or DL4J may enter it. */
@AnalyzeClasses(packages = "org.qat4j", importOptions = ImportOption.DoNotIncludeTests.class)
class ModuleRuleTest {
  @ArchTest
  static final ArchRule coreIsPlainJava =
      noClasses()
          .should()
          .dependOnClassesThat()
          .resideInAnyPackage(
              "org.nd4j..", "org.deeplearning4j..", "org.bytedeco..", "ai.onnxruntime..");
}
