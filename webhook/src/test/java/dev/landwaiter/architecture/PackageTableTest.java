package dev.landwaiter.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.properties.HasName;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds the program's rows of the package table; the core's are held in its own module. Every row may use the whole core. */
class PackageTableTest {
    private static final Map<String, String> MAY_USE = new TreeMap<>(Map.of(
            "certs", "",
            "settings", "",
            "doctor", "certs",
            "kubernetes", "settings certs doctor",
            "server", "settings certs",
            "report", "settings kubernetes certs",
            "controller", "settings kubernetes certs",
            "app", "settings kubernetes server report controller certs doctor",
            "cli", "settings app doctor"));
    /** Classes of the program and of the certificates, not of the core. */
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(MAY_USE.keySet().stream()
                    .map(name -> "dev.landwaiter." + name)
                    .toArray(String[]::new));

    @TestFactory
    List<DynamicTest> eachPackageUsesOnlyWhatItsRowAllows() {
        List<DynamicTest> rows = new ArrayList<>();
        MAY_USE.forEach((name, used) -> {
            List<String> allowed = new ArrayList<>(List.of(name));
            allowed.addAll(Arrays.asList(used.split(" ", -1)));
            String[] others = MAY_USE.keySet().stream()
                    .filter(other -> !allowed.contains(other))
                    .map(other -> "dev.landwaiter." + other + "..")
                    .toArray(String[]::new);
            rows.add(DynamicTest.dynamicTest(
                    name,
                    () -> noClasses()
                            .that()
                            .resideInAPackage("dev.landwaiter." + name + "..")
                            .should()
                            .dependOnClassesThat()
                            .resideInAnyPackage(others)
                            .check(CLASSES)));
        });
        return rows;
    }

    @Test
    void certificatesKnowNothingOfImagesAndServers() {
        noClasses()
                .that()
                .resideInAPackage("dev.landwaiter.certs..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.landwaiter.image..", "dev.landwaiter.admission..", "io.vertx..", "io.netty..")
                .check(CLASSES);
    }

    @Test
    void everyPackageHasARow() {
        JavaClasses all = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                // the program's own classes, wherever they stand
                .importPath("target/classes");
        classes()
                .should()
                .resideInAnyPackage(MAY_USE.keySet().stream()
                        .map(name -> "dev.landwaiter." + name + "..")
                        .toArray(String[]::new))
                .check(all);
    }

    @Test
    void thereAreNoCycles() {
        slices().matching("dev.landwaiter.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void vertxStaysInTheServerAndTheWiring() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.landwaiter.server..", "dev.landwaiter.app..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.vertx..", "io.netty..")
                .check(CLASSES);
    }

    /** Reviews are to be fast, and their paths are not to be read in two ways. */
    @Test
    void reviewsGoWithoutARouter() {
        noClasses()
                .that()
                .haveNameNotMatching("dev\\.landwaiter\\.server\\.ManagementServer(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.vertx.ext..")
                .check(CLASSES);
    }

    @Test
    void fabric8StaysInItsAdapters() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "dev.landwaiter.kubernetes..", "dev.landwaiter.report..", "dev.landwaiter.controller..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.fabric8..")
                .check(CLASSES);
    }

    /** The core's reader of YAML is the only one; of the library that others read it with, results are written alone. */
    @Tag("attack-66")
    @Test
    void yamlIsReadByTheCoresReaderAlone() {
        noClasses()
                .that()
                .haveNameNotMatching("dev\\.landwaiter\\.cli\\.Output(\\$.*)?")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.snakeyaml..", "org.yaml..", "com.fasterxml.jackson.dataformat.yaml..")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("io.fabric8.kubernetes.client.utils.Serialization")
                .check(CLASSES);
        noClasses()
                .that()
                .haveFullyQualifiedName("dev.landwaiter.cli.Output")
                .should()
                .callMethodWhere(JavaCall.Predicates.target(HasName.Predicates.nameStartingWith("read")))
                .check(CLASSES);
    }

    @Test
    void picocliStaysOnTheCommandLine() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.landwaiter.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("picocli..")
                .check(CLASSES);
    }
}
