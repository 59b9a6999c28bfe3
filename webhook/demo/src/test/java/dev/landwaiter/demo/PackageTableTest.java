package dev.landwaiter.demo;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Holds the demo's row of the package table. */
class PackageTableTest {
    @Test
    void theDemoUsesTheProgramThroughTheAppAlone() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "dev.landwaiter.cli..",
                        "dev.landwaiter.server..",
                        "dev.landwaiter.kubernetes..",
                        "dev.landwaiter.report..",
                        "io.vertx..",
                        "io.fabric8..")
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("dev.landwaiter.demo"));
    }
}
