package dev.landwaiter.architecture;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
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

/** Holds the package table of the architecture: each row is a package and the ones of ours that it may use directly. */
class PackageTableTest {
    static final Map<String, String> MAY_USE = new TreeMap<>(Map.ofEntries(
            Map.entry("failure", ""),
            Map.entry("limit", ""),
            Map.entry("yaml", ""),
            Map.entry("image", ""),
            Map.entry("patch", ""),
            Map.entry("workload", "image patch"),
            Map.entry("sigstore", ""),
            Map.entry("policy", "image sigstore yaml"),
            Map.entry("lint", "image policy"),
            Map.entry("migrate", "image policy lint"),
            Map.entry("http", ""),
            Map.entry("credential", "image yaml"),
            Map.entry("registry", "image credential http"),
            Map.entry("transport", "http"),
            Map.entry("tuf", "sigstore http"),
            Map.entry("fetch", "image credential registry"),
            Map.entry("verify", "image sigstore policy credential fetch"),
            Map.entry("check", "image workload policy credential fetch verify"),
            Map.entry("plan", "patch workload"),
            Map.entry("catalog", "image workload check config modelkit"),
            Map.entry(
                    "admission",
                    "image patch workload policy credential registry fetch verify check"
                            + " plan config modelkit catalog")));
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.landwaiter");

    @TestFactory
    List<DynamicTest> eachPackageUsesOnlyWhatItsRowAllows() {
        List<DynamicTest> rows = new ArrayList<>();
        MAY_USE.forEach((name, used) -> {
            List<String> allowed = new ArrayList<>(List.of(name, "failure", "limit"));
            allowed.addAll(Arrays.asList(used.split(" ", -1)));
            String[] others = MAY_USE.keySet().stream()
                    .filter(other -> !allowed.contains(other) && !(name.equals("failure") && other.equals("failure")))
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
    void everyPackageHasARow() {
        classes()
                .should()
                .resideInAnyPackage(MAY_USE.keySet().stream()
                        .map(name -> "dev.landwaiter." + name)
                        .toArray(String[]::new))
                .check(CLASSES);
    }

    @Test
    void thereAreNoCycles() {
        slices().matching("dev.landwaiter.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void vertxAndNettyStayInTransport() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.landwaiter.transport..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.vertx..", "io.netty..")
                .check(CLASSES);
    }

    /** Two readers of YAML see two documents: there is one, and no other code may ask a library. */
    @Tag("attack-66")
    @Test
    void oneReaderReadsYaml() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.landwaiter.yaml..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.snakeyaml..", "org.yaml..", "com.fasterxml.jackson.dataformat.yaml..")
                .check(CLASSES);
    }

    @Test
    void theCoreKnowsNoClusterAndNoServer() {
        noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.fabric8..", "io.vertx.ext.web..", "io.micrometer..", "picocli..")
                .check(CLASSES);
    }
}
