package io.dienstream.job.learning.join;

import static io.dienstream.job.learning.LearningRecords.click;
import static io.dienstream.job.learning.LearningRecords.impression;
import static io.dienstream.job.learning.LearningRecords.served;
import static io.dienstream.job.learning.join.JoinHarness.W;
import static io.dienstream.job.learning.join.JoinHarness.W2;
import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.metric.LearningMetrics;
import io.dienstream.schema.TrainingExample;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is said of clicks once no more can come that count. W is one second, W2 ten. */
class SettledClicksTest {
    private static final int SECOND = 1_000;

    private JoinHarness join;

    @BeforeEach
    void open() throws Exception {
        join = new JoinHarness();
    }

    @AfterEach
    void close() throws Exception {
        join.close();
    }

    private void shown(String request, long at, int... ads) throws Exception {
        join.add(served(request, at, 3));
        for (int ad : ads) {
            join.add(impression(request, ad, "u", at));
        }
    }

    private long[] curve() {
        long[] curve = new long[LearningMetrics.DELAY_BOUNDS];
        for (int n = 0; n < curve.length; n++) {
            curve[n] = join.clicksWithin(1 << n);
        }
        return curve;
    }

    private static long[] curve(long within1, long within2, long within4, long within8, long rest) {
        long[] curve = new long[LearningMetrics.DELAY_BOUNDS];
        Arrays.fill(curve, rest);
        curve[0] = within1;
        curve[1] = within2;
        curve[2] = within4;
        curve[3] = within8;
        return curve;
    }

    /** F(t) at 1, 2, 4, ... seconds, of one click each, W2 after its impression. */
    @Test
    void theDelayCurveCountsFirstClicksByTheirDelayOnceTheyAreSettled() throws Exception {
        shown("a", 0, 0, 1, 2);
        join.add(click("a", 0, "u", SECOND));
        join.add(click("a", 1, "u", SECOND + 1));
        join.add(click("a", 2, "u", 4 * SECOND));
        shown("b", 0, 0, 1);
        join.add(click("b", 0, "u", 4 * SECOND + 1));
        join.add(click("b", 1, "u", W2));
        join.add(click("b", 1, "u", W2)); // again
        join.add(click("b", 2, "u", SECOND / 2)); // of no impression, so of no delay
        shown("c", 0, 0);
        join.add(click("c", 0, "u", W2 + 1)); // too late to count
        join.watermark(W2 - 1);
        assertThat(curve()).as("late clicks are yet to come").isEqualTo(curve(0, 0, 0, 0, 0));
        join.watermark(W2 + SECOND);
        assertThat(curve()).isEqualTo(curve(1, 2, 3, 4, 5));
        assertThat(join.coverageClicks()).as("F(W) is of the same clicks").isEqualTo(5);
        assertThat(join.coverage()).isEqualTo(0.2);
    }

    @Test
    void aClickThatComesWhenTimeHasPassedW2IsOfAnUnknownRequest() throws Exception {
        shown("r", 0, 0);
        join.watermark(W2);
        assertThat(join.entries()).as("nothing is known of it any more").isZero();
        long clicked = W2 + 1;
        join.add(click("r", 0, "u", clicked));
        join.watermark(clicked + W - 1);
        assertThat(join.reasons()).as("its request might still come").isEmpty();
        join.watermark(clicked + W);
        assertThat(join.reasons()).containsExactly("unknown_request");
        assertThat(join.corrections).isEmpty();
        assertThat(join.labels()).containsExactly("r/ad0 shown 0 not clicked");
        assertThat(join.counter(LearningMetrics.CLICKS_REFUSED)).isEqualTo(1);
        assertThat(join.counter(LearningMetrics.CLICKS_TOO_LATE)).isZero();
    }

    @Test
    void noCoverageIsToldOfFewerClicksThanItTakes() throws Exception {
        int most = (int) JoinCounts.LEAST_CLICKS - 1;
        for (int n = 0; n < most; n++) {
            shown("r" + n, 0, 0);
            join.add(click("r" + n, 0, "u", W));
        }
        join.watermark(W2);
        assertThat(join.coverageClicks()).isEqualTo(4_999);
        assertThat(toldBy("untold", W2 + SECOND)).isNull();
        long later = W2 + 10 * SECOND;
        shown("one more", later, 0);
        join.add(click("one more", 0, "u", later + W + 1));
        join.watermark(later + W2);
        assertThat(join.coverageClicks()).isEqualTo(5_000);
        assertThat(toldBy("told", later + W2 + SECOND)).isEqualTo(4_999 / 5_000.0);
    }

    /** Of an example of a request at {@code at}. */
    private Double toldBy(String request, long at) throws Exception {
        shown(request, at, 0);
        join.watermark(at + W);
        TrainingExample newest = join.examples.get(join.examples.size() - 1);
        assertThat(newest.getRequestId()).isEqualTo(request);
        return newest.getClickCoverage();
    }
}
