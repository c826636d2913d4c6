package io.dienstream.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.cli.CommandRun;
import io.dienstream.datasets.offline.ExampleScorer;
import io.dienstream.datasets.prepare.Immature;
import io.dienstream.datasets.served.ShownQuality;
import io.dienstream.datasets.served.SinkFiles;
import io.dienstream.evaluation.gate.Blocks;
import io.dienstream.evaluation.gate.Gate;
import io.dienstream.evaluation.gate.GateRules;
import io.dienstream.evaluation.gate.PairedWindow;
import io.dienstream.evaluation.gate.Verdict;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.TrainingExample;
import io.dienstream.train.manifest.TrainingManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LearningRoundIT {
    @TempDir private Path directory;
    private SmallLoop loop;
    private MemoryPlan plan;
    private List<TrainingExample> examples;

    @BeforeEach
    void trainTheFirst() throws IOException {
        loop = SmallLoop.start(directory);
        plan = loop.plan;
        examples = loop.examples;
    }

    private Path sink(String file) {
        return loop.sink(file);
    }

    private LearningRound.Outcome round(Artifacts artifacts)
            throws IOException, InterruptedException {
        return loop.round(artifacts);
    }

    private Artifacts artifacts() throws IOException {
        return loop.artifacts();
    }

    private List<String> left() throws IOException {
        return loop.left();
    }

    /** The first version saw 300 requests; what came since makes the second better. */
    @Test
    void whatIsNewIsLearnedOnceAndPublishedWithItsManifest() throws Exception {
        SinkFiles.write(sink("b.avro"), examples.subList(300, 1500));
        try (Artifacts artifacts = artifacts()) {
            assertThat(round(artifacts)).as(loop.said()).isEqualTo(LearningRound.Outcome.PUBLISHED);
            String version = plan.underWay;
            assertThat(left())
                    .containsExactly(version, version + ".manifest.json", version + ".report");
            Path artifact = directory.resolve("artifacts").resolve(version);
            TrainingManifest manifest = TrainingManifest.read(TrainingManifest.beside(artifact));
            TrainingManifest parent = TrainingManifest.read(TrainingManifest.beside(plan.artifact));
            assertThat(manifest.served().since()).isEqualTo(parent.learnedUntil());
            assertThat(manifest.learnedUntil()).isGreaterThan(parent.trainedUntil());
            assertThat(manifest.parent().sha256()).isEqualTo(parent.artifactSha256());
            assertThat(round(artifacts)).isEqualTo(LearningRound.Outcome.WAITING);
            assertThat(loop.said()).contains("version " + version + " is under way");
            plan.promote(artifact);
            Files.move(sink("b.avro"), directory.resolve("aside.avro"));
            assertThat(round(artifacts)).isEqualTo(LearningRound.Outcome.NOTHING_NEW);
            Files.move(directory.resolve("aside.avro"), sink("b.avro"));
            CommandRun again =
                    CommandRun.of(
                            "train",
                            "--output",
                            directory.resolve("again"),
                            "--from-manifest",
                            TrainingManifest.beside(artifact));
            assertThat(again.exitCode()).as(again.err()).isZero();
        }
    }

    /**
     * Requests are milliseconds apart and clicks come within a second: after five seconds more than
     * W there is nothing to come, and delays are known from what an earlier version learned from.
     */
    @Test
    void aRoundMayWeighYoungLabelsByTheDelaysOfOldOnes() throws Exception {
        examples.forEach(e -> e.getCandidates().forEach(c -> c.setPctr(0.5f)));
        SinkFiles.write(sink("b.avro"), examples.subList(300, examples.size()));
        TrainingExample late = examples.get(0);
        String ad =
                late.getCandidates().stream()
                        .filter(c -> !c.getClicked())
                        .findFirst()
                        .orElseThrow()
                        .getAdId();
        SinkFiles.write(
                directory.resolve("sink/corrections/a.avro"),
                List.of(SinkFiles.correction(late, ad, 1)));
        try (Artifacts artifacts = artifacts()) {
            assertThatThrownBy(
                            () ->
                                    loop.round(
                                            artifacts, new Immature(Immature.Weighting.FSIW, null)))
                    .hasMessageContaining("needs 1,000 clicks on impressions older than")
                    .hasMessageContaining("(PT24H)");
            assertThat(left()).isEmpty();
            Immature weighted = new Immature(Immature.Weighting.FSIW, SinkFiles.WAIT + 5_000);
            assertThat(loop.round(artifacts, weighted))
                    .as(loop.said())
                    .isEqualTo(LearningRound.Outcome.PUBLISHED);
            Path artifact = directory.resolve("artifacts").resolve(plan.underWay);
            TrainingManifest manifest = TrainingManifest.read(TrainingManifest.beside(artifact));
            assertThat(manifest.served().immature()).isEqualTo(weighted);
            assertThat(manifest.labels().correctionWaitMs()).isEqualTo(SinkFiles.WAIT + 5_000);
            assertThat(manifest.labels().immature()).isPositive();
            assertThat(manifest.labels().youngestCoverage())
                    .as("one of some thousand clicks came after W")
                    .isGreaterThan(0.99)
                    .isLessThan(1);
        }
    }

    /** Labels of the training part alone are shuffled: the newest requests tell. */
    @Test
    void aVersionThatIsWorseThanItsParentIsNotPublished() throws Exception {
        SinkFiles.write(sink("b.avro"), examples.subList(300, 1500));
        try (Artifacts artifacts = artifacts()) {
            round(artifacts);
            plan.promote(directory.resolve("artifacts").resolve(plan.underWay));
            List<TrainingExample> poisoned = new ArrayList<>();
            Random random = new Random(5);
            for (int n = 1500; n < examples.size(); n++) {
                TrainingExample e = TrainingExample.newBuilder(examples.get(n)).build();
                if (n < 1500 + (examples.size() - 1500) * 7 / 10) {
                    for (LabeledCandidate c : e.getCandidates()) {
                        c.setClicked(random.nextBoolean());
                    }
                }
                poisoned.add(e);
            }
            SinkFiles.write(sink("c.avro"), poisoned);
            long before = plan.revision;
            assertThat(round(artifacts)).as(loop.said()).isEqualTo(LearningRound.Outcome.WORSE);
            assertThat(loop.said()).contains("not published: its ");
            assertThat(plan.revision).isEqualTo(before);
            assertThat(left()).as("nothing of it is left").hasSize(3);
        }
    }

    /**
     * Where all new labels are shuffled, so are the newest, and the comparison says nothing: the
     * version is published. What the gate counts is shown later, and true.
     */
    @Test
    void aVersionOfShuffledLabelsIsPublishedAndNeverPassesTheGate() throws Exception {
        SinkFiles.write(sink("b.avro"), examples.subList(300, 1500));
        try (Artifacts artifacts = artifacts()) {
            round(artifacts);
            Path honest = directory.resolve("artifacts").resolve(plan.underWay);
            Path first = plan.artifact;
            plan.promote(honest);
            List<TrainingExample> poisoned = new ArrayList<>();
            Random random = new Random(5);
            for (TrainingExample e : examples.subList(1500, 2200)) {
                TrainingExample copy = TrainingExample.newBuilder(e).build();
                copy.getCandidates().forEach(c -> c.setClicked(random.nextBoolean()));
                poisoned.add(copy);
            }
            SinkFiles.write(sink("c.avro"), poisoned);
            assertThat(round(artifacts)).as(loop.said()).isEqualTo(LearningRound.Outcome.PUBLISHED);
            Path shadow = directory.resolve("artifacts").resolve(plan.underWay);
            // the first verdict is acted on
            assertThat(looks(honest, shadow)).doesNotContain(Verdict.PASS).contains(Verdict.FAIL);
            assertThat(looks(first, honest)).as("an honest one").doesNotContain(Verdict.FAIL);
        }
    }

    /** A look of the gate after each window of later requests, which both versions score. */
    private List<Verdict> looks(Path live, Path shadow) throws IOException {
        Properties rules = new Properties();
        rules.put("block.clicks", "50");
        rules.put("blocks.least", "10");
        Gate gate = new Gate(GateRules.of(rules));
        Blocks blocks = gate.pairedBlocks(0);
        ExampleScorer one = ShownQuality.scorer(live);
        ExampleScorer other = ShownQuality.scorer(shadow);
        List<Verdict> looks = new ArrayList<>();
        for (int n = 2200; n + 20 <= examples.size(); n += 20) {
            List<TrainingExample> window = examples.subList(n, n + 20);
            blocks.add(
                    new PairedWindow(
                            n,
                            n + 20,
                            ShownQuality.sums(one, window),
                            ShownQuality.sums(other, window)));
            looks.add(
                    gate.shadow(blocks, new Gate.Circumstances(n + 20, Double.NaN, null))
                            .verdict());
        }
        return looks;
    }

    @Test
    void aPlanThatMovedOnRefusesAndASecondLearnerDoesNotBegin() throws Exception {
        SinkFiles.write(sink("b.avro"), examples.subList(300, 1500));
        try (Artifacts artifacts = artifacts()) {
            assertThatThrownBy(this::artifacts).hasMessageContaining("another learner");
            plan.movesOnBy = 1;
            assertThatThrownBy(() -> round(artifacts))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("the plan moved on");
        }
    }

    @Test
    void whatALearnerThatDiedLeftIsNoArtifactAndGoes() throws Exception {
        Path half = directory.resolve("artifacts/.learning-1/learned-1");
        Files.createDirectories(half);
        Files.writeString(half.resolve("model.json"), "{");
        try (Artifacts artifacts = artifacts()) {
            assertThat(left()).isEmpty();
            Files.delete(sink("a.avro"));
            SinkFiles.write(sink("cut.avro"), examples.subList(300, 1500));
            byte[] bytes = Files.readAllBytes(sink("cut.avro"));
            Files.write(sink("cut.avro"), Arrays.copyOf(bytes, bytes.length / 2));
            assertThatThrownBy(() -> round(artifacts)).hasMessageContaining("cut.avro");
            assertThat(left()).isEmpty();
        }
    }
}
