package io.dienstream.job.learning.quality;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.evaluation.online.Outcome;
import io.dienstream.schema.ModelQuality;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Path;
import java.util.List;
import org.apache.flink.streaming.util.OperatorSnapshotUtil;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * State of online quality as jobs have left it, in each layout that there ever was: committed
 * snapshots of both operators that have some, a window that was told and has changed since, and one
 * that is open.
 */
class ReleasedQualityTest {
    private static final QualitySettings SETTINGS = new QualitySettings(100, 1000, 5000);
    private static final ScoredBy LIVE = new ScoredBy("ads", "1", "aaaaaaaaaaaaaaaa", "live");
    private static final ScoredBy SHADOW = new ScoredBy("ads", "2", "bbbbbbbbbbbbbbbb", "shadow");
    private static final long TOLD = 1099;

    private static ScoredImpression impression(
            String user, long example, long time, ScoredBy by, boolean clicked, double coverage) {
        Outcome outcome = new Outcome(0.25, clicked, 1, 7, true, "EUR");
        return new ScoredImpression(
                user, example, time, by, outcome, "CPC", (int) example, false, coverage);
    }

    private static ScoredImpression correction(String user, long example, long time) {
        return new ScoredImpression(user, example, time, null, null, null, -1, false, Double.NaN);
    }

    private static List<ModelQuality> ofAll(List<ModelQuality> told, ScoredBy by) {
        return told.stream()
                .filter(q -> q.getModelFingerprint().equals(by.fingerprint()))
                .filter(q -> q.getSegment().equals(Segment.ALL))
                .toList();
    }

    /**
     * Of the window that was told another click comes, beside the one that had come; into the open
     * one another impression. Layout 1 knew no coverage.
     */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void goesOnWhereItWas(int layout) throws Exception {
        QualityHarness.Snapshots snapshots =
                new QualityHarness.Snapshots(
                        OperatorSnapshotUtil.readStateHandle(file("users", layout)),
                        OperatorSnapshotUtil.readStateHandle(file("windows", layout)));
        try (QualityHarness h = new QualityHarness(SETTINGS, snapshots)) {
            h.watermark(TOLD);
            assertThat(h.told).as("it was told").isEmpty();
            h.process(correction("ana", 4, 50));
            h.process(impression("eve", 5, 120, LIVE, true, 0.999));
            h.watermark(TOLD + 100);
            List<ModelQuality> told = ofAll(h.told, LIVE);
            assertThat(told).hasSize(2);
            ModelQuality again = told.get(0);
            assertThat(again.getWindowStart()).isZero();
            assertThat(again.getRevision()).isEqualTo(1);
            assertThat(again.getExamples()).isEqualTo(3);
            assertThat(again.getClicks()).isEqualTo(3);
            assertThat(again.getRevenueMicros()).isEqualTo(21);
            assertThat(again.getClickCoverage()).isEqualTo(layout == 1 ? null : (Double) 0.996);
            ModelQuality open = told.get(1);
            assertThat(open.getWindowStart()).isEqualTo(100);
            assertThat(open.getRevision()).isZero();
            assertThat(open.getExamples()).isEqualTo(2);
            assertThat(open.getClicks()).isEqualTo(1);
            assertThat(open.getClickCoverage()).isEqualTo(layout == 1 ? 0.999 : 0.994);
            ModelQuality shadow = ofAll(h.told, SHADOW).get(0);
            assertThat(shadow.getExamples()).isEqualTo(1);
            assertThat(shadow.getClicks()).isEqualTo(1);
        }
    }

    private static String file(String operator, int layout) throws URISyntaxException {
        String name = "/state/quality-" + operator + "-" + layout + ".snapshot";
        URL url = ReleasedQualityTest.class.getResource(name);
        assertThat(url).as(name).isNotNull();
        return Path.of(url.toURI()).toString();
    }

    /** Writes today's snapshots to a directory, as of the layout that is the second argument. */
    public static void main(String[] args) throws Exception {
        try (QualityHarness h = new QualityHarness(SETTINGS, null)) {
            h.process(impression("ana", 1, 10, LIVE, true, 0.996));
            h.process(impression("ana", 2, 90, LIVE, false, 0.996));
            h.process(impression("ana", 2, 90, SHADOW, false, 0.996));
            h.process(impression("ana", 4, 50, LIVE, false, 0.997));
            h.watermark(TOLD);
            h.process(correction("ana", 2, 90));
            h.process(impression("bo", 3, 110, LIVE, false, 0.994));
            QualityHarness.Snapshots snapshots = h.snapshot(1);
            Path directory = Path.of(args[0]);
            String of = "-" + args[1] + ".snapshot";
            OperatorSnapshotUtil.writeStateHandle(
                    snapshots.users(), directory.resolve("quality-users" + of).toString());
            OperatorSnapshotUtil.writeStateHandle(
                    snapshots.windows(), directory.resolve("quality-windows" + of).toString());
        }
    }
}
