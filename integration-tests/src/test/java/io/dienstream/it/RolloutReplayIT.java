package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.datasets.simulate.Simulator;
import io.dienstream.dien.RandomModels;
import io.dienstream.dien.artifact.ModelReader;
import io.dienstream.dien.model.Architecture;
import io.dienstream.dien.model.AttentionType;
import io.dienstream.dien.model.GateForm;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.record.ModelStamp;
import io.dienstream.job.rollout.Candidate;
import io.dienstream.job.rollout.PlannedVersion;
import io.dienstream.job.rollout.RolloutLog;
import io.dienstream.operate.kafka.LogPlayer;
import io.dienstream.operate.rollout.RolloutClient;
import io.dienstream.operate.rollout.TaskStates;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.schema.ModelCommand;
import io.dienstream.schema.ModelCommandKind;
import io.dienstream.schema.ModelStage;
import io.dienstream.schema.ModelStatus;
import io.dienstream.schema.ScoredRequest;
import io.dienstream.wire.WireEncoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * By event time one log of behaviors, requests and commands has the same answers, bit for bit: with
 * commands that come while the job runs and with commands that were there before it, at another
 * parallelism, in other pieces, and across a failure.
 */
class RolloutReplayIT {
    private static final long START = 1_700_000_000_000L;
    private static final long STEP_MS = 60_000;
    private static final int STEPS = 3_000;
    private static final int USERS = 60;
    private static final int FIRST_COMMANDS = 6;
    private static final int FIRST_STEPS = 1_250;

    @TempDir private Path directory;
    private final List<ModelCommand> commands = new ArrayList<>();
    private Path a;

    /**
     * Every version sees another length of history: how much is kept must not depend on the run.
     */
    @BeforeEach
    void commands() throws Exception {
        a = model("a", Architecture.DIEN, 10);
        Path b = model("b", Architecture.DIEN, 16);
        Path c = model("c", Architecture.DIN, 8);
        Path longest = model("longest", Architecture.DIEN, 30);
        publish(300, "b", b, 0);
        ramp(600, "b", 40);
        // of one record's time, so that at most one of two tasks has a record in it
        publish(700, "longest", longest, 0);
        command(701, ModelCommandKind.RETIRE, "longest");
        command(1_000, ModelCommandKind.PROMOTE, "b");
        publish(1_300, "c", c, 30);
        command(1_700, ModelCommandKind.ROLLBACK, "");
        publish(2_000, "longest-again", longest, 50);
        command(2_400, ModelCommandKind.PROMOTE, "longest-again");
        command(2_400, ModelCommandKind.ROLLBACK, "");
        publish(2_600, "b-again", b, 50);
    }

    private Path model(String name, Architecture architecture, int length) throws IOException {
        AttentionType attention =
                architecture == Architecture.DIN ? AttentionType.MLP : AttentionType.BILINEAR;
        Path path = directory.resolve(name);
        RandomModels.write(
                path, RandomModels.config(architecture, attention, GateForm.PAPER, length), length);
        return path;
    }

    private void publish(int step, String version, Path model, double percent) throws IOException {
        ModelCommand c = command(step, ModelCommandKind.PUBLISH, version);
        c.setUri(model.toUri().toString());
        c.setSha256(ModelReader.read(model).checksum());
        c.setPercent(percent);
    }

    private void ramp(int step, String version, double percent) {
        command(step, ModelCommandKind.RAMP, version).setPercent(percent);
    }

    /** One that begins between two steps of the log. */
    private ModelCommand command(int step, ModelCommandKind kind, String version) {
        int revision = commands.size();
        ModelCommand c =
                new ModelCommand(
                        "command-" + revision,
                        RolloutScenario.MODEL,
                        kind,
                        version,
                        "",
                        "",
                        ModelStage.CANDIDATE,
                        0.0,
                        null,
                        (long) revision,
                        START + step * STEP_MS - 1,
                        "test",
                        "",
                        false);
        commands.add(c);
        return c;
    }

    /** A job with a broker of its own. */
    private final class Run implements AutoCloseable {
        final DemoCluster cluster = DemoCluster.start(2);
        final RunningJob job = new RunningJob(cluster);
        final LogPlayer player = cluster.player();
        final RolloutClient client = new RolloutClient(cluster.client(), RolloutScenario.MODEL);
        private final Simulator simulator = new Simulator(5, USERS);
        private int step;
        private int requests;

        Run() throws Exception {}

        void submit(int parallelism, String savepoint) throws Exception {
            Map<String, String> options = new HashMap<>();
            options.put(JobOptions.TIME_MODE.key(), "event-time");
            options.put(JobOptions.MAX_DRIFT.key(), "0s");
            options.put(JobOptions.ALLOWED_LATENESS.key(), "1s");
            options.put(JobOptions.IDLE_AFTER.key(), "0s");
            options.put(JobOptions.EARLIEST.key(), "1990-01-01T00:00:00Z");
            options.put(JobOptions.BUFFER_TIMEOUT.key(), "50ms");
            options.put(JobOptions.SERVED_ENABLED.key(), "false");
            options.put(JobOptions.ROLLOUT_ENABLED.key(), "true");
            options.put(JobOptions.CHECKPOINT_INTERVAL.key(), "1s");
            options.put(JobOptions.PARALLELISM.key(), Integer.toString(parallelism));
            options.put(
                    JobOptions.MODEL_CACHE.key(),
                    directory.resolve("cache-" + cluster.checkpoints().getFileName()).toString());
            job.submit(a, options, savepoint);
        }

        void send(List<ModelCommand> some) throws Exception {
            for (ModelCommand command : some) {
                assertThat(client.send(command).refusal()).isNull();
            }
        }

        /** The log up to {@code until}, in pieces of {@code piece} steps. */
        void play(int until, int piece) {
            while (step < until) {
                long time = START + step * STEP_MS;
                if (step % 4 == 0) {
                    player.send(simulator.request(time, 3).request());
                    requests++;
                } else {
                    player.send(simulator.behavior(time));
                }
                step++;
                if (step % piece == 0) {
                    player.flush();
                }
            }
            player.flush();
        }

        void awaitAnswers(int least) throws Exception {
            job.await(least + " answers", () -> job.answers.size() >= least);
        }

        boolean isRestarted() {
            try {
                return job.restarted();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }

        /** Until every task has read so many commands. */
        void awaitKnown(int revision, int tasks) throws Exception {
            job.await("plan " + revision + " is known", () -> knowing(revision) == tasks);
        }

        private long knowing(int revision) {
            TaskStates states = client.states();
            return Stream.concat(
                            Stream.of(PlannedVersion.CONFIGURED.name()),
                            commands.stream().map(ModelCommand::getVersion).distinct())
                    .flatMap(name -> states.of(name).stream())
                    .filter(status -> status.getPlanRevision() >= revision)
                    .map(ModelStatus::getTask)
                    .distinct()
                    .count();
        }

        Map<String, byte[]> allAnswers() throws Exception {
            EndOfTime.send(cluster);
            awaitAnswers(requests);
            assertThat(job.answers.size()).isEqualTo(STEPS / 4);
            assertThat(job.answers.deadLetters()).isEmpty();
            return answers();
        }

        /** Encoded, by request; when they were computed is no part of them. */
        Map<String, byte[]> answers() {
            Map<String, byte[]> encoded = new TreeMap<>();
            for (ScoredRequest answer : job.answers.answers().values()) {
                answer.setProcessingTimestamp(0);
                encoded.put(
                        answer.getRequestId(),
                        new WireEncoder<>(ScoredRequest.class).encode(answer));
            }
            return encoded;
        }

        @Override
        public void close() throws Exception {
            player.close();
            job.close();
            cluster.close();
        }
    }

    @Test
    void aReplayAnswersTheSameBitForBit() throws Exception {
        Map<String, byte[]> first;
        List<ScoredRequest> answers;
        try (Run run = new Run()) {
            run.submit(2, null);
            run.send(commands.subList(0, FIRST_COMMANDS));
            run.awaitKnown(FIRST_COMMANDS, 2);
            run.play(FIRST_STEPS, 100);
            run.awaitAnswers(FIRST_STEPS / 8);
            run.send(commands.subList(FIRST_COMMANDS, commands.size()));
            run.awaitKnown(commands.size(), 2);
            run.play(STEPS, 250);
            first = run.allAnswers();
            assertThat(run.job.answers.doubled()).isZero();
            answers = List.copyOf(run.job.answers.answers().values());
            assertByThePlan(answers, run.client.log());
            run.job.cancel();
        }
        assertThat(answers)
                .as("each plan that has time for a request has answered one")
                .extracting(ScoredRequest::getPlanRevision)
                .contains(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 10L, 11L);
        assertThat(answers.stream().map(ScoredRequest::getModelFingerprint).distinct()).hasSize(4);
        assertReplayed(first);
    }

    /** With one task, then after a failure with one again, then with two. */
    private void assertReplayed(Map<String, byte[]> first) throws Exception {
        try (Run run = new Run()) {
            run.send(commands);
            run.play(FIRST_STEPS - 300, STEPS);
            run.submit(1, null);
            run.awaitAnswers(FIRST_STEPS / 8);
            run.play(FIRST_STEPS + 500, STEPS);
            Map<String, byte[]> beforeTheFailure = run.answers();
            run.cluster.flink().killTaskManager(0);
            run.job.await("it is started again", run::isRestarted);
            run.awaitAnswers((FIRST_STEPS + 300) / 4);
            String savepoint = run.job.stopWithSavepoint();
            run.play(STEPS, STEPS);
            run.submit(2, savepoint);
            Map<String, byte[]> last = run.allAnswers();
            assertThat(last).containsOnlyKeys(first.keySet());
            assertSame(first, last);
            assertSame(first, beforeTheFailure);
            run.job.cancel();
        }
    }

    private static void assertSame(Map<String, byte[]> first, Map<String, byte[]> second) {
        second.forEach((id, bytes) -> assertThat(bytes).as(id).isEqualTo(first.get(id)));
    }

    /** The time of the request decides, by what anybody makes of the log of commands. */
    private void assertByThePlan(List<ScoredRequest> answers, RolloutLog log) throws Exception {
        String own = ServedTruth.fingerprint(a);
        for (ScoredRequest answer : answers) {
            RolloutLog.Entry then =
                    log.entries().stream()
                            .filter(e -> e.effectiveAt() <= answer.getTimestamp())
                            .reduce((earlier, later) -> later)
                            .orElse(null);
            String id = answer.getRequestId();
            if (then == null) {
                assertThat(answer.getPlanRevision()).as(id).isZero();
                assertThat(answer.getModelFingerprint()).as(id).isEqualTo(own);
                continue;
            }
            Candidate candidate = then.plan().candidateOf(answer.getUserId());
            PlannedVersion by = candidate == null ? then.plan().live() : candidate.version();
            assertThat(answer.getPlanRevision()).as(id).isEqualTo(then.plan().revision());
            assertThat(answer.getArm()).as(id).isEqualTo(candidate == null ? "live" : "candidate");
            assertThat(answer.getModelFingerprint())
                    .as(id)
                    .isEqualTo(by.isConfigured() ? own : ModelStamp.hex(by.fingerprint()));
        }
    }
}
