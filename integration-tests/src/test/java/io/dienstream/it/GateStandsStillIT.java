package io.dienstream.it;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.dienstream.cli.CommandRun;
import io.dienstream.job.StartingState;
import io.dienstream.job.option.JobOptions;
import io.dienstream.job.option.LearningOptions;
import io.dienstream.job.rollout.RolloutPlan;
import io.dienstream.operate.quality.QualityLog;
import io.dienstream.operate.rollout.RolloutClient;
import io.dienstream.sandbox.DemoCluster;
import io.dienstream.sandbox.DemoModel;
import io.dienstream.schema.ModelQuality;
import io.dienstream.schema.ServedRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.flink.api.common.JobID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The learning job is gone while the gate has half of the blocks that it takes. Traffic goes on and
 * is none of the gate's: nothing is decided, however long one waits, although the shadow would
 * pass. It does when the job is there again.
 */
class GateStandsStillIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final int BLOCKS = 10;
    private static final int CLICKS_A_BLOCK = 50;

    /** Clicks of half of the blocks. */
    private static final int HALF = BLOCKS / 2 * CLICKS_A_BLOCK;

    private static final Duration STALE_AFTER = Duration.ofSeconds(3);
    private static final long SECOND = 1_000;

    @TempDir private Path directory;

    private DemoCluster cluster;
    private LearningFeed feed;
    private long begun;
    private int sent;

    @Test
    void aJobThatIsKilledDecidesNothing() throws Exception {
        try (DemoCluster started = DemoCluster.start(1);
                LearningFeed feeding = new LearningFeed(started)) {
            cluster = started;
            feed = feeding;
            publishShadow();
            JobID job = LearningFeed.submit(cluster, options(), null);
            awaitShadow();
            sendRequests(HALF);
            JsonNode half = awaitLook(0, look -> clicks(look) == HALF);
            assertThat(half.get("verdict").asText()).isEqualTo("INCONCLUSIVE");
            cluster.flink().checkpoint(job);
            cluster.flink().cancel(job);
            sendRequests(HALF);
            beatUntilStale();

            JsonNode stale = look(STALE_AFTER);
            assertThat(stale.get("verdict").asText()).isEqualTo("INCONCLUSIVE");
            assertThat(stale.get("reason").asText())
                    .startsWith("5 of 10 blocks")
                    .contains("labels do not come");
            assertThat(clicks(stale)).isEqualTo(HALF);
            assertThat(stale.get("step").isNull()).isTrue();
            assertThat(plan().revision()).isEqualTo(1);

            String newest =
                    StartingState.newest(cluster.checkpoints().toUri().toString()).orElseThrow();
            LearningFeed.submit(cluster, options(), newest);
            JsonNode passed =
                    awaitLook(CLICKS_A_BLOCK, look -> look.get("verdict").asText().equals("PASS"));
            assertThat(passed.get("step").asText()).isEqualTo("RAMP");
            assertThat(plan().revision()).isEqualTo(2);
            assertThat(plan().candidate("next")).isNotNull();
        }
    }

    private void publishShadow() throws Exception {
        CommandRun run =
                CommandRun.of(
                        "model",
                        "publish",
                        DemoModel.extract(),
                        "--as",
                        "next",
                        "--shadow",
                        "--bootstrap-servers",
                        cluster.broker().bootstrapServers());
        assertThat(run.exitCode()).as(run.err()).isZero();
    }

    private LearningOptions options() {
        return LearningFeed.quick(
                cluster,
                Map.of(
                        JobOptions.ROLLOUT_ENABLED.key(),
                        "true",
                        JobOptions.CHECKPOINT_DIRECTORY.key(),
                        cluster.checkpoints().toUri().toString(),
                        JobOptions.CHECKPOINT_INTERVAL.key(),
                        "1s",
                        LearningOptions.ALLOWED_LATENESS.key(),
                        "0s"));
    }

    /** Until its artifact is loaded it scores nothing; windows begin to count after that. */
    private void awaitShadow() throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (int n = 0; windows(q -> q.getArm().equals("shadow")).isEmpty(); n++) {
            feed.shownAndClicked("before" + n, System.currentTimeMillis());
            feed.beat(System.currentTimeMillis());
            assertThat(System.nanoTime()).as("the shadow scores").isLessThan(deadline);
        }
        begun = System.currentTimeMillis() / SECOND * SECOND + SECOND;
    }

    private List<ModelQuality> windows(Predicate<ModelQuality> wanted) {
        return QualityLog.read(cluster.client()).windows(wanted);
    }

    /**
     * So many at even distances within a second of event time each block, the live version's
     * predictions the wrong way round: the last candidate is the one that is clicked.
     */
    private void sendRequests(int requests) throws Exception {
        for (int n = 0; n < requests; n++, sent++) {
            long at = begun + sent * SECOND / CLICKS_A_BLOCK;
            ServedRequest served = LearningFeed.served("r" + sent, "u" + sent % 7, at);
            served.setPctr(List.of(0.9f, 0.5f, 0.1f));
            feed.shownAndClicked(served);
        }
    }

    /** What there was of windows is older than the rules allow. */
    private void beatUntilStale() throws Exception {
        long newest =
                windows(q -> true).stream()
                        .mapToLong(ModelQuality::getWindowEnd)
                        .max()
                        .orElseThrow();
        while (System.currentTimeMillis() <= newest + STALE_AFTER.toMillis() + SECOND) {
            feed.beat(System.currentTimeMillis());
            Thread.sleep(100); // the gate goes by the clock
        }
    }

    /**
     * Traffic goes on until a look is as wanted.
     *
     * @param requests before each look
     */
    private JsonNode awaitLook(int requests, Predicate<JsonNode> wanted) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            sendRequests(requests);
            feed.beat(System.currentTimeMillis());
            JsonNode look = look(Duration.ofHours(1));
            if (wanted.test(look)) {
                return look;
            }
            assertThat(System.nanoTime()).as(look.toString()).isLessThan(deadline);
        }
    }

    private static double clicks(JsonNode look) {
        return look.get("clicks").asDouble();
    }

    /** With --auto, by all windows since the first request that counts. */
    private JsonNode look(Duration staleAfter) throws Exception {
        Path rules = directory.resolve("gate.properties");
        Files.writeString(
                rules,
                "block.clicks=%d\nblocks.least=%d\nstale.after=%d\n"
                        .formatted(CLICKS_A_BLOCK, BLOCKS, staleAfter.toSeconds()));
        List<Object> args = new ArrayList<>(List.of("model", "gate", "--candidate", "next"));
        args.addAll(List.of("--rules", rules, "--auto", "--json"));
        args.addAll(List.of("--trained-until", Instant.ofEpochMilli(begun)));
        args.addAll(List.of("--bootstrap-servers", cluster.broker().bootstrapServers()));
        CommandRun run = CommandRun.of(args.toArray());
        assertThat(run.err()).isEmpty();
        JsonNode said = JSON.readTree(run.out());
        assertThat(run.exitCode()).isEqualTo(said.get("verdict").asText().equals("PASS") ? 0 : 3);
        return said;
    }

    private RolloutPlan plan() throws Exception {
        return new RolloutClient(cluster.client(), "default").log().plan();
    }
}
