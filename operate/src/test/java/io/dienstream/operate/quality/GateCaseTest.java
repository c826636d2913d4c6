package io.dienstream.operate.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.dienstream.evaluation.gate.GateRules;
import io.dienstream.evaluation.gate.Judgement;
import io.dienstream.evaluation.gate.Verdict;
import io.dienstream.evaluation.online.LogitSketch;
import io.dienstream.evaluation.online.SketchBytes;
import io.dienstream.job.rollout.CommandRecord;
import io.dienstream.job.rollout.RolloutLog;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelCommandKind;
import io.dienstream.schema.ModelQuality;
import io.dienstream.schema.ModelStage;
import io.dienstream.wire.WireEncoder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GateCaseTest {
    private static final String LIVE = "a".repeat(64);
    private static final String NEXT = "b".repeat(64);
    private static final long WINDOW = 300_000;
    private static final long PUBLISHED = 10 * WINDOW;
    private static final List<Double> STEPS = List.of(5.0, 20.0, 50.0);

    private final List<CommandRecord> commands = new ArrayList<>();
    private final RolloutLog log = new RolloutLog("default");

    private void command(ModelCommandKind kind, String version, double percent, long time)
            throws Exception {
        command(kind, version, "", percent, ModelStage.CANDIDATE, time);
    }

    private void command(
            ModelCommandKind kind,
            String version,
            String sha256,
            double percent,
            ModelStage stage,
            long time)
            throws Exception {
        ModelCommand command =
                new ModelCommand(
                        "c" + commands.size(),
                        "default",
                        kind,
                        version,
                        sha256.isEmpty() ? "" : "file:///models/" + version,
                        sha256,
                        stage,
                        percent,
                        null,
                        log.plan().revision(),
                        null,
                        "test",
                        "",
                        false);
        CommandRecord record =
                new CommandRecord(
                        commands.size(),
                        time,
                        new WireEncoder<>(ModelCommand.class).encode(command));
        commands.add(record);
        assertThat(log.accept(record).refusal()).isNull();
    }

    private void liveAndNext(ModelStage stage, double percent) throws Exception {
        command(ModelCommandKind.PUBLISH, "1", LIVE, 0, ModelStage.CANDIDATE, 0);
        command(ModelCommandKind.PROMOTE, "1", 0, 1);
        command(ModelCommandKind.PUBLISH, "2", NEXT, percent, stage, PUBLISHED);
    }

    /** Windows of both versions on the same examples, 210 clicks each. */
    private static QualityLog windows(
            String arm, int count, double liveNoise, double nextNoise, int revision) {
        QualityLog quality = new QualityLog();
        Random random = new Random(2);
        for (int w = 0; w < count; w++) {
            LogitSketch live = new LogitSketch();
            LogitSketch next = new LogitSketch();
            double[] losses = new double[2];
            double[] predicted = new double[2];
            while (live.positives() < 210) {
                double logit = -1.3 + 1.3 * random.nextGaussian();
                boolean clicked = random.nextDouble() < sigmoid(logit);
                double[] p = {
                    sigmoid(logit + liveNoise * random.nextGaussian()),
                    sigmoid(logit + nextNoise * random.nextGaussian())
                };
                live.add(p[0], clicked, 1);
                next.add(p[1], clicked, 1);
                for (int i = 0; i < 2; i++) {
                    losses[i] -= Math.log(clicked ? p[i] : 1 - p[i]);
                    predicted[i] += p[i];
                }
            }
            quality.add(window(LIVE, "live", w, live, losses[0], predicted[0], 800, revision));
            quality.add(window(NEXT, arm, w, next, losses[1], predicted[1], 200, revision));
        }
        return quality;
    }

    private static double sigmoid(double logit) {
        return 1 / (1 + Math.exp(-logit));
    }

    private static ModelQuality window(
            String sha256,
            String arm,
            int number,
            LogitSketch sketch,
            double loss,
            double predicted,
            long users,
            int revision) {
        double impressions = sketch.positives() + sketch.negatives();
        return ModelQuality.newBuilder()
                .setModel("ads")
                .setModelVersion(sha256.equals(LIVE) ? "1" : "2")
                .setModelFingerprint(sha256.substring(0, 16))
                .setArm(arm)
                .setSegment("all")
                .setWindowStart(number * WINDOW)
                .setWindowEnd((number + 1) * WINDOW)
                .setRevision(revision)
                .setImpressions(impressions)
                .setClicks(sketch.positives())
                .setPredicted(predicted)
                .setLogLoss(loss)
                .setExamples((long) impressions)
                .setSquaredWeights(impressions)
                .setGaucSum(0)
                .setGaucWeight(0)
                .setUsers(users)
                .setOneClassUsers(users)
                .setSketch(ByteBuffer.wrap(SketchBytes.write(sketch)))
                .build();
    }

    private Judgement judged(QualityLog quality) throws Exception {
        return new GateCase(log, "2").judge(quality, GateRules.DEFAULT, null, 50 * WINDOW);
    }

    @Test
    void aShadowIsJudgedOnWhatCameAfterItWasPublished() throws Exception {
        liveAndNext(ModelStage.SHADOW, 0);
        Judgement better = judged(windows("shadow", 50, 0.8, 0.2, 0));
        assertThat(better.verdict()).isEqualTo(Verdict.PASS);
        assertThat(better.blocks()).isEqualTo(40);
        GateCase shadow = new GateCase(log, "2");
        assertThat(shadow.isShadow()).isTrue();
        assertThat(shadow.step(Verdict.PASS, STEPS))
                .isEqualTo(new GateCase.Step(ModelCommandKind.RAMP, 5));
        assertThat(shadow.step(Verdict.FAIL, STEPS).kind()).isEqualTo(ModelCommandKind.RETIRE);
        assertThat(shadow.step(Verdict.INCONCLUSIVE, STEPS)).isNull();
        assertThat(judged(windows("shadow", 50, 0.2, 0.8, 0)).verdict()).isEqualTo(Verdict.FAIL);
        assertThat(
                        shadow.judge(
                                        windows("shadow", 50, 0.8, 0.2, 0),
                                        GateRules.DEFAULT,
                                        0L,
                                        50 * WINDOW)
                                .blocks())
                .isEqualTo(50);
        assertThat(judged(new QualityLog()).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    }

    @Test
    void aCandidateIsJudgedOnWhatCameAfterItsShareChanged() throws Exception {
        liveAndNext(ModelStage.CANDIDATE, 5);
        command(ModelCommandKind.RAMP, "2", 20, 20 * WINDOW);
        GateCase candidate = new GateCase(log, "2");
        Judgement judgement = judged(windows("candidate", 50, 0.1, 0.1, 0));
        assertThat(judgement.blocks()).isEqualTo(30);
        assertThat(judgement.verdict()).isEqualTo(Verdict.PASS);
        assertThat(candidate.step(Verdict.PASS, STEPS))
                .isEqualTo(new GateCase.Step(ModelCommandKind.RAMP, 50));
        assertThat(candidate.step(Verdict.PASS, List.of(20.0)).kind())
                .isEqualTo(ModelCommandKind.PROMOTE);
        assertThat(candidate.step(Verdict.FAIL, STEPS).kind()).isEqualTo(ModelCommandKind.ROLLBACK);
        // 800 to 200 users where half were planned
        command(ModelCommandKind.RAMP, "2", 50, 20 * WINDOW);
        Judgement unequal = judged(windows("candidate", 50, 0.1, 0.1, 0));
        assertThat(unequal.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(unequal.reason()).startsWith("users are not split as planned");
    }

    /** Nobody clicks, or nobody tells of it: no block ever fills, of a shadow or a candidate. */
    @Test
    void windowsWithoutClicksDecideNothing() throws Exception {
        liveAndNext(ModelStage.SHADOW, 0);
        Judgement shadow = judged(withoutClicks("shadow"));
        assertThat(shadow.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(shadow.reason()).startsWith("0 of 20 blocks of 200 clicks");
        assertThat(shadow.clicks()).isZero();
        command(ModelCommandKind.RAMP, "2", 20, PUBLISHED);
        Judgement candidate = judged(withoutClicks("candidate"));
        assertThat(candidate.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(candidate.reason()).startsWith("0 of 20 blocks of 200 clicks");
        assertThat(new GateCase(log, "2").step(candidate.verdict(), STEPS)).isNull();
    }

    private static QualityLog withoutClicks(String arm) {
        QualityLog quality = new QualityLog();
        LogitSketch sketch = new LogitSketch();
        for (int n = 0; n < 500; n++) {
            sketch.add(0.1 + n / 5_000.0, false, 1);
        }
        for (int w = 0; w < 50; w++) {
            quality.add(window(LIVE, "live", w, sketch, 100, 100, 800, 0));
            quality.add(window(NEXT, arm, w, sketch, 50, 50, 200, 0));
        }
        return quality;
    }

    /** A gate that decides on a plan of the past is refused by every reader of the log. */
    @Test
    void aDecisionOnAPlanThatMovedOnIsRefused() throws Exception {
        liveAndNext(ModelStage.SHADOW, 0);
        GateCase judged = new GateCase(log, "2");
        command(ModelCommandKind.PAUSE, "", 0, PUBLISHED + 1);
        ModelCommand late =
                new ModelCommand(
                        "late",
                        "default",
                        ModelCommandKind.RETIRE,
                        "2",
                        "",
                        "",
                        ModelStage.CANDIDATE,
                        0.0,
                        "default",
                        judged.revision(),
                        null,
                        "gate",
                        "FAIL",
                        false);
        RolloutLog.Entry entry =
                log.accept(
                        new CommandRecord(
                                99,
                                PUBLISHED + 2,
                                new WireEncoder<>(ModelCommand.class).encode(late)));
        assertThat(entry.refusal()).isNotNull();
        assertThat(log.plan().shadows()).hasSize(1);
    }

    @Test
    void whoIsNotInThePlanIsNamed() throws Exception {
        liveAndNext(ModelStage.SHADOW, 0);
        assertThatThrownBy(() -> new GateCase(log, "3"))
                .hasMessage(
                        "version 3 is neither a shadow nor a candidate of plan 3; ./dien model"
                                + " status");
        assertThatThrownBy(() -> new GateCase(log, "1")).hasMessageContaining("version 1");
    }

    @Test
    void theHighestRevisionCounts(@TempDir Path dir) throws Exception {
        QualityLog quality = windows("shadow", 3, 0.2, 0.2, 1);
        var lines = QualityLog.merged(quality.windows(q -> true));
        windows("shadow", 3, 0.5, 0.2, 0).windows(q -> true).forEach(quality::add);
        assertThat(QualityLog.merged(quality.windows(q -> true))).isEqualTo(lines);
        StringWriter text = new StringWriter();
        QualityTable.print(lines, new PrintWriter(text, true));
        assertThat(text.toString()).contains("live", "shadow", "630");
        assertThat(text.toString().indexOf("live")).isLessThan(text.toString().indexOf("shadow"));
        var json = QualityTable.json(lines);
        assertThat(json).hasSize(2);
        assertThat(json.get(0).get("clicks").asDouble()).isEqualTo(630);
        assertThat(json.get(0).get("gauc").isNull()).isTrue();
        QualityPlots.save(quality.windows(q -> true), lines, dir);
        assertThat(Files.size(dir.resolve("reliability.png"))).isPositive();
        assertThat(Files.size(dir.resolve("auc.png"))).isPositive();
    }
}
