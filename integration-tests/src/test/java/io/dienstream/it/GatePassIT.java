package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.cli.CommandRun;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.operate.rollout.RolloutClient;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.sandbox.DemoModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The gate with nothing between it and the truth: users whose click probabilities are known, a live
 * model that has confused its items, and two shadows beside it, the demo's own model and one that
 * has confused categories too. Scoring job, learning job and windows of quality are the real ones.
 * The better shadow passes, gets users, passes by what these did, and becomes live; the worse one
 * fails and goes.
 */
class GatePassIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long SEED = 4;
    private static final Duration PATIENCE = Duration.ofMinutes(6);
    private static final long LOOK_MS = 1_000;
    private static final int ALL_USERS = 200;

    /** The smallest blocks that there are; the margins of log loss and AUC are the default. */
    private static final String RULES =
            """
            block.clicks=50
            blocks.least=10
            calibration.least=0.75
            calibration.most=1.35
            revenue.margin=0.2
            users.probability=0.000001
            """;

    @TempDir private Path directory;

    private DemoCluster cluster;
    private SimulatedSite site;

    /** The demo's model, with the rows of some vocabularies given to other ids. */
    private Path confused(String version, String... vocabularies) throws Exception {
        Path artifact = DemoModel.extract();
        Path config = artifact.resolve("model.json");
        Files.writeString(
                config,
                Files.readString(config)
                        .replace("\"version\" : \"1\"", "\"version\" : \"" + version + "\""));
        for (String vocabulary : vocabularies) {
            Path file = artifact.resolve("vocabulary").resolve(vocabulary + ".txt");
            List<String> ids = new ArrayList<>(Files.readAllLines(file));
            Collections.reverse(ids);
            Files.write(file, ids);
        }
        assertThat(ModelReader.read(artifact).config().version()).isEqualTo(version);
        return artifact;
    }

    private CommandRun model(Object... args) {
        List<Object> all = new ArrayList<>(List.of("model"));
        all.addAll(List.of(args));
        all.addAll(List.of("--bootstrap-servers", cluster.broker().bootstrapServers()));
        return CommandRun.of(all.toArray());
    }

    private void publish(Path artifact, String version) {
        CommandRun run = model("publish", artifact, "--as", version, "--shadow");
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    @Test
    void aBetterVersionPassesTheGateAndBecomesLiveAndAWorseOneGoes() throws Exception {
        Path live = confused("confused", "item");
        Path rules = Files.writeString(directory.resolve("gate.properties"), RULES);
        try (DemoCluster started = DemoCluster.start(2)) {
            cluster = started;
            JobID scoring =
                    cluster.flink()
                            .submit(
                                    cluster.options(
                                            live,
                                            Map.of(
                                                    JobOptions.PARALLELISM.key(),
                                                    "1",
                                                    JobOptions.WARM_UP.key(),
                                                    "0s",
                                                    JobOptions.ROLLOUT_ENABLED.key(),
                                                    "true")),
                                    null);
            JobID learning = LearningFeed.submit(cluster, learning(), null);
            publish(confused("lost", "item", "category"), "lost");
            publish(DemoModel.extract(), "better");
            try (SimulatedSite running = new SimulatedSite(cluster, SEED)) {
                site = running;
                assertThat(decide("lost", rules)).isEqualTo("FAIL RETIRE");
                assertThat(decide("better", rules)).isEqualTo("PASS RAMP");
                assertThat(decide("better", rules)).isEqualTo("PASS PROMOTE");
                CommandProcess.await("all are answered by one", this::areAnsweredByOne);
            }
            var plan = new RolloutClient(cluster.client(), "default").log().plan();
            assertThat(plan.live().name()).isEqualTo("better");
            assertThat(plan.shadows()).isEmpty();
            CommandRun history = model("history");
            assertThat(history.out())
                    .contains("by gate", "PASS; log loss, improvement +0.", "PASS; calibration");
            cluster.flink().cancel(learning);
            cluster.flink().cancel(scoring);
        }
    }

    private LearningOptions learning() {
        return LearningFeed.quick(
                cluster,
                Map.of(
                        JobOptions.ROLLOUT_ENABLED.key(),
                        "true",
                        LearningOptions.ALLOWED_LATENESS.key(),
                        "1s",
                        LearningOptions.WAIT.key(),
                        "2s",
                        LearningOptions.CORRECTION_WAIT.key(),
                        "1min",
                        LearningOptions.QUALITY_WINDOW.key(),
                        "2s"));
    }

    /** Looks until there is a verdict, and has its step taken; returns both. */
    private String decide(String version, Path rules) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            CommandRun look =
                    model(
                            "gate",
                            "--candidate",
                            version,
                            "--rules",
                            rules,
                            "--steps",
                            "50",
                            "--auto",
                            "--json");
            site.check();
            if (look.out().isEmpty()) {
                // passed, and a task has not loaded it yet: nothing was done
                assertThat(look.err()).contains("it passes, but version", "is ready in");
            } else {
                JsonNode said = JSON.readTree(look.out());
                String verdict = said.get("verdict").asText();
                if (!verdict.equals("INCONCLUSIVE")) {
                    System.out.println(look.out());
                    assertThat(said.get("refused").isNull()).as(look.out()).isTrue();
                    return verdict + " " + said.get("step").asText();
                }
            }
            assertThat(System.nanoTime()).as(look.out() + look.err()).isLessThan(deadline);
            Thread.sleep(LOOK_MS); // between looks, as a clock would have it
        }
    }

    private boolean areAnsweredByOne() {
        site.check();
        return site.ofOneVersionInARow() >= ALL_USERS;
    }
}
