package io.dienstream.job.learning.join;

import static io.dienstream.job.learning.LearningRecords.START;
import static io.dienstream.job.learning.LearningRecords.click;
import static io.dienstream.job.learning.LearningRecords.impression;
import static io.dienstream.job.learning.LearningRecords.served;
import static io.dienstream.job.learning.join.JoinHarness.W;
import static io.dienstream.job.learning.join.JoinHarness.W2;
import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.learning.record.JoinedCorrection;
import io.dienstream.schema.TrainingExample;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.util.OperatorSnapshotUtil;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * State of the label join as jobs have left it, in each layout that there ever was: committed
 * snapshots of all that it keeps. One request waits for its clicks, one between W and W2 for
 * corrections, an impression and a click wait for their request, timers are set, and the counts are
 * not zero.
 */
class ReleasedJoinTest {
    private static final long LATER = 1_000_000;

    @ParameterizedTest
    @ValueSource(ints = {1})
    void goesOnWhereItWas(int layout) throws Exception {
        try (JoinHarness join = new JoinHarness(state(layout))) {
            assertThat(join.waiting()).isEqualTo(3);
            assertThat(join.coverageClicks()).isEqualTo(2);
            assertThat(join.coverage()).isEqualTo(0.5);
            assertThat(join.timers()).isEqualTo(3);

            // had come in time, and late
            join.add(click("open", 1, "u", LATER + W + 9));
            join.add(served("unserved", LATER, 3));
            join.add(click("out", 0, "u", LATER - W));
            join.watermark(LATER + W + 8);
            assertThat(join.labels())
                    .containsExactlyInAnyOrder(
                            "open/ad0 shown 1000003 clicked 1000007",
                            "open/ad1 shown 1000004 not clicked",
                            "unserved/ad2 shown 1000005 clicked 1000008");
            assertThat(join.corrections)
                    .extracting(c -> c.correction().getRequestId())
                    .containsExactly("out", "open");
            assertCorrection(join.corrections.get(0));
            assertWhatWasServed(join.examples.get(0));
            assertThat(join.waiting()).isZero();
            join.watermark(LATER + 2 * W2);
            assertThat(join.entries()).isZero();
            assertThat(join.timers()).isZero();
            assertThat(join.coverageClicks()).isEqualTo(6);
            assertThat(join.coverage()).isEqualTo(3 / 6.0);
            assertThat(join.reasons()).isEmpty();
        }
    }

    private static void assertWhatWasServed(TrainingExample example) {
        assertThat(example.getRequestId()).isEqualTo("open");
        assertThat(example.getTimestamp()).isEqualTo(START + LATER);
        assertThat(example.getUser()).containsEntry("segment", "s");
        assertThat(example.getBehaviors()).hasSize(1);
        assertThat(example.getModelVersion()).isEqualTo("7");
        assertThat(example.getArm()).isEqualTo("candidate");
        assertThat(example.getCandidates().get(0).getPosition()).isEqualTo(1);
        assertThat(example.getCandidates().get(0).getPropensity()).isEqualTo(0.5);
        assertThat(example.getCandidates().get(0).getPctr()).isEqualTo(1 / 1024f);
    }

    private static void assertCorrection(JoinedCorrection moved) {
        assertThat(moved.correction().getAdId()).isEqualTo("ad0");
        assertThat(moved.correction().getUserId()).isEqualTo("u");
        assertThat(moved.pctr()).isEqualTo(1 / 1024f);
        assertThat(moved.fingerprint()).isEqualTo("00112233445566aa");
        assertThat(moved.pricing()).isEqualTo("CPM");
        assertThat(moved.position()).isEqualTo(1);
    }

    private static OperatorSubtaskState state(int layout) throws Exception {
        return OperatorSnapshotUtil.readStateHandle(file(layout));
    }

    private static String file(int layout) throws URISyntaxException {
        String name = "/state/label-join-" + layout + ".snapshot";
        URL url = ReleasedJoinTest.class.getResource(name);
        assertThat(url).as(name).isNotNull();
        return Path.of(url.toURI()).toString();
    }

    /** Writes today's snapshot to a directory, as of the layout that is the second argument. */
    public static void main(String[] args) throws Exception {
        try (JoinHarness join = new JoinHarness()) {
            join.add(served("settled", 0, 3));
            for (int ad = 0; ad < 2; ad++) {
                join.add(impression("settled", ad, "u", 0));
                join.add(click("settled", ad, "u", W + ad));
            }
            join.watermark(W2);
            join.add(served("out", LATER - 2 * W, 3));
            join.add(impression("out", 0, "u", LATER - 2 * W));
            join.watermark(LATER - W);
            join.add(served("open", LATER, 3));
            join.add(impression("open", 0, "u", LATER + 3));
            join.add(click("open", 0, "u", LATER + 7));
            join.add(impression("open", 1, "u", LATER + 4));
            join.add(click("unserved", 2, "u", LATER + 8));
            join.add(impression("unserved", 2, "u", LATER + 5));
            OperatorSnapshotUtil.writeStateHandle(
                    join.snapshot(),
                    Path.of(args[0]).resolve("label-join-" + args[1] + ".snapshot").toString());
        }
    }
}
