package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.cli.CommandRun;
import io.dienstream.datasets.format.Dataset;
import io.dienstream.datasets.log.BadLines;
import io.dienstream.datasets.log.ShownLog;
import io.dienstream.datasets.prepare.TimeOrderedSettings;
import io.dienstream.datasets.served.TrainingData;
import io.dienstream.dien.RandomModels;
import io.dienstream.dien.artifact.SafeTensors;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.operate.kafka.TopicTail;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.schema.AdClick;
import io.dienstream.schema.Impression;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One simulated log on two ways to a model: through a broker, the scoring job and the learning job,
 * whose files are trained on as they are, late clicks corrected; and prepared offline, with the
 * simulator's own labels. Both give the same weights.
 */
class ServedEqualsOfflineIT {
    private static final int REQUESTS = 400;
    private static final int CANDIDATES = 4;
    private static final int LENGTH = 20;

    /** Of clicks that come after 4 s in the mean, some come later than this, ms. */
    private static final long W = 10_000;

    private static final long MINUTE = 60_000;
    private static final long W2 = 60 * MINUTE;
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final List<Object> SHARES =
            List.of("--test-share", 0.1, "--validation-share", 0.1);

    @TempDir private Path directory;

    private final LabelOutputs outputs = new LabelOutputs();
    private final Set<String> late = new HashSet<>();
    private long end;

    private Path log(String file) {
        return directory.resolve("log").resolve(file + ".jsonl.gz");
    }

    private static void done(Object... command) {
        CommandRun run = CommandRun.of(command);
        assertThat(run.exitCode()).as(run.out() + run.err()).isZero();
    }

    private void simulate() throws IOException {
        done(
                "simulate",
                "--output",
                directory.resolve("log"),
                "--users",
                40,
                "--behaviors",
                3000,
                "--requests",
                REQUESTS,
                "--candidates",
                CANDIDATES,
                "--shown",
                CANDIDATES);
        BadLines bad = new BadLines(new PrintWriter(new StringWriter()));
        Map<String, Long> shownAt = new HashMap<>();
        for (Impression i : ShownLog.impressions(log("impressions"), bad)) {
            shownAt.put(i.getRequestId() + "/" + i.getAdId(), i.getTimestamp());
            end = Math.max(end, i.getTimestamp());
        }
        assertThat(shownAt).hasSize(REQUESTS * CANDIDATES);
        for (AdClick c : ShownLog.clicks(log("clicks"), bad)) {
            String ad = c.getRequestId() + "/" + c.getAdId();
            if (c.getTimestamp() > shownAt.get(ad) + W) {
                late.add(ad);
            }
            end = Math.max(end, c.getTimestamp());
        }
        assertThat(late).hasSizeGreaterThan(5);
    }

    /** What the live model saw is what any model sees that has its L and its fields. */
    private Path live() throws IOException {
        Path live = directory.resolve("live");
        RandomModels.write(
                live,
                RandomModels.config(
                        Architecture.DIEN, AttentionType.BILINEAR, GateForm.PAPER, LENGTH),
                1);
        return live;
    }

    private void serve(DemoCluster cluster) throws Exception {
        done(
                "replay",
                "--behaviors",
                log("behaviors"),
                "--requests",
                log("requests"),
                "--impressions",
                log("impressions"),
                "--clicks",
                log("clicks"),
                "--bootstrap-servers",
                cluster.broker().bootstrapServers());
        try (RunningJob job = new RunningJob(cluster)) {
            job.submit(
                    live(),
                    Map.of(
                            JobOptions.TIME_MODE.key(),
                            "event-time",
                            JobOptions.MAX_DRIFT.key(),
                            "0s",
                            JobOptions.IDLE_AFTER.key(),
                            "0s",
                            JobOptions.BOUNDED.key(),
                            "true"),
                    null);
            job.awaitFinished();
            assertThat(job.answers.size()).isEqualTo(REQUESTS);
        }
    }

    private LearningOptions learning(DemoCluster cluster) {
        Map<String, String> values = new HashMap<>();
        values.put(JobOptions.BOOTSTRAP_SERVERS.key(), cluster.broker().bootstrapServers());
        values.put(JobOptions.CHECKPOINT_DIRECTORY.key(), cluster.checkpoints().toUri().toString());
        values.put(JobOptions.CHECKPOINT_INTERVAL.key(), "1s");
        values.put(JobOptions.PARALLELISM.key(), "2");
        values.put(LearningOptions.WAIT.key(), W + "ms");
        values.put(LearningOptions.CORRECTION_WAIT.key(), W2 + "ms");
        values.put(LearningOptions.DIRECTORY.key(), sink().toUri().toString());
        return LearningOptions.of(values);
    }

    private Path sink() {
        return directory.resolve("sink");
    }

    private void learn(DemoCluster cluster) throws Exception {
        try (LearningFeed feed = new LearningFeed(cluster);
                TopicTail out = new TopicTail(cluster.client(), LabelOutputs.TOPICS)) {
            JobID job = LearningFeed.submit(cluster, learning(cluster), null);
            feed.beat(end + W + MINUTE); // more than records may be out of order
            await(
                    out,
                    () ->
                            outputs.labels.size() == REQUESTS * CANDIDATES
                                    && outputs.corrected.size() == late.size());
            // what is open in files is finished
            cluster.flink().stopWithSavepoint(job, cluster.checkpoints().toUri().toString());
            out.drain(outputs::accept);
        }
        assertThat(outputs.corrected.keySet()).isEqualTo(late);
        assertThat(outputs.refused).isEmpty();
    }

    private void await(TopicTail out, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            out.poll(Duration.ofMillis(50), outputs::accept);
            assertThat(System.nanoTime())
                    .as(
                            "labels %d, corrections %d of %d, refused %s",
                            outputs.labels.size(),
                            outputs.corrected.size(),
                            late.size(),
                            outputs.refused)
                    .isLessThan(deadline);
        }
    }

    private Path prepared() {
        Path offline = directory.resolve("offline");
        List<Object> command =
                new ArrayList<>(List.of("prepare", "impressions", "--split", "time"));
        command.addAll(List.of("--behaviors", log("behaviors"), "--requests", log("requests")));
        command.addAll(List.of("--labels", log("truth"), "--output", offline));
        command.addAll(List.of("--max-length", LENGTH));
        command.addAll(SHARES);
        done(command.toArray());
        return offline;
    }

    private Map<String, float[]> train(String output, Path data) throws IOException {
        List<Object> command = new ArrayList<>(List.of("train", "--data", data));
        command.addAll(List.of("--output", directory.resolve(output), "--threads", 1));
        command.addAll(List.of("--architecture", "dien", "--embedding-width", 6, "--mlp", "12"));
        command.addAll(List.of("--epochs", 2, "--seed", 5, "--max-length", LENGTH));
        command.addAll(SHARES);
        done(command.toArray());
        return SafeTensors.read(directory.resolve(output).resolve("weights.safetensors"));
    }

    @Test
    void trainingOnWhatTheJobsLeaveIsTrainingOnTheLogPreparedOffline() throws Exception {
        simulate();
        try (DemoCluster cluster = DemoCluster.start(2)) {
            serve(cluster);
            learn(cluster);
        }
        Path offline = prepared();
        Dataset expected = Dataset.open(offline);
        try (TrainingData served =
                TrainingData.open(
                        sink().toString(),
                        new TimeOrderedSettings(0.1, 0.1, LENGTH, 1, 7),
                        null,
                        0,
                        null)) {
            assertThat(served.served().corrected()).isEqualTo(late.size());
            assertThat(served.data().vocabularies()).isEqualTo(expected.vocabularies());
            assertThat(served.data().catalog()).isEqualTo(expected.catalog());
        }
        Map<String, float[]> ofOffline = train("of-offline", offline);
        Map<String, float[]> ofServed = train("of-served", sink());
        assertThat(ofServed).containsOnlyKeys(ofOffline.keySet());
        ofOffline.forEach((name, v) -> assertThat(ofServed.get(name)).as(name).isEqualTo(v));
        assertThat(Files.isDirectory(directory.resolve("of-served.report"))).isTrue();
    }
}
