package io.dienstream.it;

import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.attribute.FileAttribute;
import java.util.List;
import java.util.Map;
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
                "com.sun.management");
        only(
                "io.dienstream.dien.kernel.vector",
                "io.dienstream.dien.kernel.vector",
                "io.dienstream.dien.kernel",
                "java..",
                "jdk.incubator..");
        only("io.dienstream.dien.model", "io.dienstream.dien.model", "java..");
        only("io.dienstream.dien.file", "io.dienstream.dien.file", "java..");
        only(
                "io.dienstream.evaluation",
                "io.dienstream.evaluation",
                "org.apache.commons.math3..",
                "java..");
        only("io.dienstream.evaluation.online", "io.dienstream.evaluation.online", "java..");
        only(
                "io.dienstream.evaluation.gate",
                "io.dienstream.evaluation.gate",
                "io.dienstream.evaluation.online",
                "org.apache.commons.math3..",
                "java..");
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
                "io.dienstream.dien.file",
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
                .resideInAPackage("io.dienstream.dien.kernel.vector")
                .should()
                .haveRawType(nameMatching("jdk\\.incubator\\.vector\\.(Float|Int)Vector"))
                .check(OURS);
    }

    /** Where the module of vectors is absent, nothing that names it may be loaded. */
    @Test
    void vectorKernelsAreReachedByNameAlone() {
        noClasses()
                .that()
                .resideOutsideOfPackage("io.dienstream.dien.kernel.vector")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.dienstream.dien.kernel.vector")
                .check(OURS);
    }

    /** Decision 39: a loop that is called from elsewhere may be inlined there. */
    @Test
    void loopsOverVectorsAreCalledAcrossTheBoundaryAlone() {
        String boundary = "io.dienstream.dien.kernel.vector.JitBoundary";
        assertThat(OURS.get(boundary).getAllSubclasses()).hasSizeGreaterThan(10);
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName(boundary)
                .should()
                .callMethodWhere(target(owner(assignableTo(boundary))).and(target(name("apply"))))
                .check(OURS);
    }

    /** The modules from the bottom up; each may see those of the lines before its own. */
    @Test
    void modulesSeeOnlyWhatIsBelowThem() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("io.dienstream..")
                .layer("schemas")
                .definedBy("io.dienstream.schema..", "io.dienstream.wire..")
                .layer("dien-model")
                .definedBy("io.dienstream.dien..")
                .layer("evaluation")
                .definedBy("io.dienstream.evaluation..")
                .layer("cli")
                .definedBy("io.dienstream.cli..")
                .layer("datasets")
                .definedBy("io.dienstream.datasets..")
                .layer("flink-job")
                .definedBy("io.dienstream.job..")
                .layer("trainer")
                .definedBy("io.dienstream.train..")
                .layer("operate")
                .definedBy("io.dienstream.operate..")
                .layer("console")
                .definedBy("io.dienstream.console..")
                .layer("learn")
                .definedBy("io.dienstream.learn..")
                .layer("sandbox")
                .definedBy("io.dienstream.sandbox..")
                .layer("chaos")
                .definedBy("io.dienstream.chaos..")
                .layer("benchmarks")
                .definedBy("io.dienstream.bench..")
                .whereLayer("schemas")
                .mayNotAccessAnyLayer()
                .whereLayer("evaluation")
                .mayNotAccessAnyLayer()
                .whereLayer("dien-model")
                .mayNotAccessAnyLayer()
                .whereLayer("cli")
                .mayOnlyAccessLayers("dien-model")
                .whereLayer("datasets")
                .mayOnlyAccessLayers("schemas", "dien-model", "evaluation", "cli")
                .whereLayer("flink-job")
                .mayOnlyAccessLayers("schemas", "dien-model", "evaluation")
                .whereLayer("trainer")
                .mayOnlyAccessLayers("schemas", "dien-model", "evaluation", "cli", "datasets")
                .whereLayer("operate")
                .mayOnlyAccessLayers(
                        "schemas", "dien-model", "evaluation", "cli", "datasets", "flink-job")
                .whereLayer("console")
                .mayOnlyBeAccessedByLayers("sandbox")
                .whereLayer("learn")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("sandbox")
                .mayOnlyBeAccessedByLayers("chaos", "benchmarks")
                .whereLayer("trainer")
                .mayOnlyBeAccessedByLayers("benchmarks", "learn")
                .whereLayer("chaos")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("benchmarks")
                .mayNotBeAccessedByAnyLayer()
                .check(OURS);
    }

    @Test
    void whatIsHeavyStaysInItsRoom() {
        onlySeenIn("PyTorch stays behind training: measuring needs none", "ai.djl..", "trainer");
        onlySeenIn(
                "tests, demo and benchmarks start brokers, nobody else",
                "kafka.server..",
                "sandbox");
        onlySeenIn("JMH and peers belong to benchmarks", "org.openjdk.jmh..", "benchmarks");
        onlySeenIn("the peer's runtime too", "ai.onnxruntime..", "benchmarks");
        onlySeenIn("a peer's store too", "io.lettuce..", "benchmarks");
        onlySeenIn("a peer's wire too", "io.netty..", "benchmarks");
        noClasses()
                .that()
                .resideInAPackage("io.dienstream.bench.peer..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.dienstream.bench.stream..",
                        "io.dienstream.bench.join..",
                        "io.dienstream.bench.command..")
                .because("what is measured does not know who measures it")
                .check(OURS);
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.dienstream.cli..",
                        "io.dienstream.evaluation..",
                        "io.dienstream.datasets..",
                        "io.dienstream.train..",
                        "io.dienstream.dien..",
                        "io.dienstream.wire..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.apache.flink..", "org.apache.kafka..")
                .because("what works on files runs without Flink and Kafka")
                .check(OURS);
    }

    private static void onlySeenIn(String reason, String packages, String module) {
        String root =
                Map.of("trainer", "train", "sandbox", "sandbox", "benchmarks", "bench").get(module);
        noClasses()
                .that()
                .resideOutsideOfPackage("io.dienstream." + root + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(packages)
                .because(reason)
                .check(OURS);
    }

    /** "Nothing of the job's inside": topics, their schemas, and what Flink tells over HTTP. */
    @Test
    void theConsoleKnowsNothingOfTheJobsInside() {
        noClasses()
                .that()
                .resideInAPackage("io.dienstream.console..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "org.apache.flink..",
                        "io.dienstream.job.function..",
                        "io.dienstream.job.state..")
                .check(OURS);
        noClasses()
                .that()
                .resideOutsideOfPackage("io.dienstream.console.server..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("com.sun.net.httpserver..")
                .check(OURS);
    }

    @Test
    void modulesHaveNoCyclesInside() {
        for (String module :
                List.of(
                        "train",
                        "datasets",
                        "operate",
                        "console",
                        "sandbox",
                        "bench",
                        "cli",
                        "dien",
                        "job")) {
            slices().matching("io.dienstream." + module + ".(*)..")
                    .should()
                    .beFreeOfCycles()
                    .check(OURS);
        }
        noClasses()
                .that()
                .resideInAnyPackage(
                        "io.dienstream.train.network..",
                        "io.dienstream.train.fit..",
                        "io.dienstream.train.batch..",
                        "io.dienstream.datasets.log..",
                        "io.dienstream.datasets.format..",
                        "io.dienstream.datasets.offline..",
                        "io.dienstream.operate.kafka..",
                        "io.dienstream.operate.deadletter..",
                        "io.dienstream.console.feed..",
                        "io.dienstream.console.touch..",
                        "io.dienstream.console.watch..",
                        "io.dienstream.console.server..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("picocli..", "me.tongfei..")
                .because("only commands know of the command line")
                .check(OURS);
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
                .resideInAnyPackage("picocli..")
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

    /** Clicks and labels can neither restart nor hold back answers. */
    @Test
    void scoringKnowsNothingOfLearning() {
        noClasses()
                .that()
                .resideInAPackage("io.dienstream.job..")
                .and()
                .resideOutsideOfPackage("io.dienstream.job.learning..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.dienstream.job.learning..")
                .check(OURS);
        noClasses()
                .that()
                .resideInAnyPackage("io.dienstream.job.learning.join..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.dienstream.job.connector",
                        "io.dienstream.job.learning.output",
                        "org.apache.kafka..")
                .check(OURS);
    }

    private static final String[] COMMANDS = {
        "io.dienstream.cli..",
        "io.dienstream.datasets..",
        "io.dienstream.train..",
        "io.dienstream.operate..",
        "io.dienstream.console..",
        "io.dienstream.learn..",
        "io.dienstream.sandbox..",
        "io.dienstream.chaos..",
        "io.dienstream.bench.command..",
        "io.dienstream.bench.join..",
        "io.dienstream.bench.peer..",
        "io.dienstream.bench.stream.."
    };

    /** Decision 98. */
    @Test
    void commandsPrintWhatIsPrintable() {
        noClasses()
                .that()
                .resideInAnyPackage(COMMANDS)
                .and()
                .resideOutsideOfPackage("io.dienstream.cli.terminal")
                .should()
                .accessField(System.class, "out")
                .orShould()
                .accessField(System.class, "err")
                .check(OURS);
    }

    /** Decision 99. */
    @Test
    void temporaryFilesAreTheProcessesOwn() {
        noClasses()
                .that()
                .resideInAnyPackage(COMMANDS)
                .should()
                .callMethod(Files.class, "createTempDirectory", String.class, FileAttribute[].class)
                .orShould()
                .callMethod(
                        Files.class,
                        "createTempFile",
                        String.class,
                        String.class,
                        FileAttribute[].class)
                .orShould()
                .callMethod(File.class, "createTempFile", String.class, String.class)
                .check(OURS);
    }

    @Test
    void packagesHaveNoCyclesAndNoUtil() {
        slices().matching("io.dienstream.(*)..").should().beFreeOfCycles().check(OURS);
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
                        "io.dienstream.job.ranking",
                        "io.dienstream.job.learning.join",
                        "io.dienstream.job.learning.output")
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(System.class, "nanoTime")
                .orShould()
                .callMethod(System.class, "getenv")
                .check(OURS);
    }
}
