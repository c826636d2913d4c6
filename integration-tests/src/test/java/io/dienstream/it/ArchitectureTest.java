package io.dienstream.it;

import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import ai.djl.ndarray.NDArray;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who may import whom. */
class ArchitectureTest {
    private static final JavaClasses OURS =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .withImportOption(location -> !location.contains("-tests.jar"))
                    .importPackages("io.dienstream");

    private static void only(String packages, String... may) {
        classes()
                .that()
                .resideInAnyPackage(packages)
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(may)
                .check(OURS);
    }

    @Test
    void schemasNeedOnlyAvro() {
        only(
                "io.dienstream.wire",
                "io.dienstream.wire",
                "io.dienstream.schema",
                "org.apache.avro..",
                "java..");
    }

    @Test
    void theModelNeedsOnlyTheJdkAndTheArtifactAJsonParser() {
        only(
                "io.dienstream.dien.kernel",
                "io.dienstream.dien.kernel",
                "io.dienstream.dien.model",
                "java..",
                "com.sun.management",
                "jdk.incubator..",
                "org.slf4j..");
        only("io.dienstream.dien.model", "io.dienstream.dien.model", "java..");
        only(
                "io.dienstream.dien.layer",
                "io.dienstream.dien.layer",
                "io.dienstream.dien.model",
                "io.dienstream.dien.kernel",
                "java..");
        only(
                "io.dienstream.dien.history",
                "io.dienstream.dien.history",
                "io.dienstream.dien.layer",
                "io.dienstream.dien.model",
                "java..");
        only(
                "io.dienstream.dien.artifact",
                "io.dienstream.dien.artifact",
                "io.dienstream.dien.model",
                "com.fasterxml.jackson..",
                "java..");
        only(
                "io.dienstream.dien",
                "io.dienstream.dien",
                "io.dienstream.dien.history",
                "io.dienstream.dien.layer",
                "io.dienstream.dien.model",
                "io.dienstream.dien.kernel",
                "java..");
    }

    /**
     * Decision 62: a loop loads such a field anew in every round, a broadcast stays in a register.
     */
    @Test
    void kernelsKeepNoVectorInAField() {
        noFields()
                .that()
                .areDeclaredInClassesThat()
                .resideInAPackage("io.dienstream.dien.kernel")
                .should()
                .haveRawType(nameMatching("jdk\\.incubator\\.vector\\.(Float|Int)Vector"))
                .check(OURS);
    }

    @Test
    void theTrainerKnowsTheModelAndTheSchemasAlone() {
        noClasses()
                .that()
                .resideInAnyPackage("io.dienstream.train..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.dienstream.job..",
                        "io.dienstream.cli..",
                        "org.apache.flink..",
                        "org.apache.kafka..",
                        "picocli..")
                .check(OURS);
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.dienstream.train.network..",
                        "io.dienstream.train.fit..",
                        "io.dienstream.cli.train..",
                        "io.dienstream.cli.command..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("ai.djl..")
                .because("the engine stays behind networks and training: measuring needs none")
                .check(OURS);
        noClasses()
                .that()
                .resideInAnyPackage("io.dienstream.job..", "io.dienstream.dien..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.dienstream.train..")
                .check(OURS);
        slices().matching("io.dienstream.train.(*)..").should().beFreeOfCycles().check(OURS);
    }

    /**
     * The engine's operations with a Java number put it into a buffer that the recorded operation
     * looks at and nothing holds: the gradient is computed with whatever the memory has become.
     */
    @Test
    void nothingThatHasGradientsMultipliesByANumberOfJavas() {
        for (String operation :
                List.of("mul", "muli", "div", "divi", "pow", "powi", "maximum", "minimum")) {
            noClasses()
                    .that()
                    .resideInAnyPackage("io.dienstream.train.network..")
                    .or()
                    .haveSimpleName("TrainingStep")
                    .should()
                    .callMethod(NDArray.class, operation, Number.class)
                    .check(OURS);
        }
    }

    @Test
    void theJobKnowsNothingOfTheCommandLine() {
        noClasses()
                .that()
                .resideInAnyPackage("io.dienstream.job..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.dienstream.cli..", "picocli..")
                .check(OURS);
        noClasses()
                .that()
                .resideInAnyPackage("io.dienstream.job.function", "io.dienstream.job.state")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.dienstream.job.connector", "org.apache.kafka..")
                .check(OURS);
        noClasses()
                .that()
                .resideInAnyPackage("io.dienstream.job.state")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.dienstream.job.function", "io.dienstream.job.option")
                .check(OURS);
        noClasses()
                .that()
                .resideInAnyPackage("io.dienstream.job.function")
                .should()
                .dependOnClassesThat()
                .haveSimpleName("ValueState")
                .check(OURS);
    }

    @Test
    void packagesHaveNoCyclesAndNoUtil() {
        slices().matching("io.dienstream.(*)..").should().beFreeOfCycles().check(OURS);
        slices().matching("io.dienstream.dien.(*)..").should().beFreeOfCycles().check(OURS);
        slices().matching("io.dienstream.job.(*)..").should().beFreeOfCycles().check(OURS);
        noClasses().should().resideInAnyPackage("..util..", "..utils..").check(OURS);
        noClasses()
                .should()
                .haveSimpleNameEndingWith("Manager")
                .orShould()
                .haveSimpleNameEndingWith("Helper")
                .orShould()
                .haveSimpleNameEndingWith("Impl")
                .check(OURS);
    }

    @Test
    void nobodyReadsAClockOrTheEnvironmentWhereTheyAreParameters() {
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.dienstream.dien..",
                        "io.dienstream.job.state",
                        "io.dienstream.job.check",
                        "io.dienstream.job.ranking")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "getenv")
                .check(OURS);
    }
}
