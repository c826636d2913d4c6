package io.dienstream.job.learning.join;

import static io.dienstream.job.learning.LearningRecords.START;
import static io.dienstream.job.learning.LearningRecords.click;
import static io.dienstream.job.learning.LearningRecords.impression;
import static io.dienstream.job.learning.LearningRecords.served;
import static io.dienstream.job.learning.join.JoinHarness.W;
import static io.dienstream.job.learning.join.JoinHarness.W2;
import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.job.learning.record.JoinedCorrection;
import io.dienstream.job.metric.LearningMetrics;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.TrainingExample;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Cases worked by hand; each request was served at 0, each impression is at 100. */
class LabelJoinFunctionTest {
    private static final long SHOWN = 100;

    private JoinHarness join;

    private void shown(String request, int... ads) throws Exception {
        if (join == null) {
            join = new JoinHarness();
        }
        join.add(served(request, 0, 3));
        for (int ad : ads) {
            join.add(impression(request, ad, "u", SHOWN));
        }
    }

    @AfterEach
    void everyImpressionIsAccountedFor() throws Exception {
        if (join != null) {
            assertThat(
                            join.counter(LearningMetrics.IMPRESSIONS)
                                    + join.counter(LearningMetrics.IMPLIED))
                    .isEqualTo(
                            join.counter(LearningMetrics.FINAL)
                                    + join.waiting()
                                    + join.counter(LearningMetrics.IMPRESSIONS_REFUSED)
                                    + join.counter(LearningMetrics.IMPRESSIONS_REPEATED));
            join.close();
        }
    }

    @Test
    void whatWasServedIsWhatIsLearnedFrom() throws Exception {
        shown("r", 1);
        join.watermark(SHOWN + W);
        TrainingExample example = join.examples.get(0);
        assertThat(example.getUser()).containsEntry("segment", "s");
        assertThat(example.getBehaviors()).hasSize(1);
        assertThat(example.getTimestamp()).isEqualTo(START);
        assertThat(example.getModelName()).isEqualTo("m");
        assertThat(example.getModelVersion()).isEqualTo("7");
        assertThat(example.getModelFingerprint()).isEqualTo("00112233445566aa");
        assertThat(example.getArm()).isEqualTo("candidate");
        assertThat(example.getPlanRevision()).isEqualTo(3);
        assertThat(example.getClosedAt()).isEqualTo(START + SHOWN + W);
        assertThat(example.getRevision()).isZero();
        assertThat(example.getCandidates()).hasSize(1);
        LabeledCandidate candidate = example.getCandidates().get(0);
        assertThat(candidate.getAdId()).isEqualTo("ad1");
        assertThat(candidate.getFields()).containsEntry("item", "i1");
        assertThat(candidate.getPctr()).isEqualTo(2 / 1024f);
        assertThat(candidate.getPosition()).isEqualTo(2);
        assertThat(candidate.getPropensity()).isEqualTo(0.5);
        assertThat(candidate.getPricing()).isEqualTo("CPC");
        assertThat(candidate.getBidMicros()).isEqualTo(1001);
        assertThat(candidate.getCurrency()).isEqualTo("USD");
        assertThat(candidate.getPcvr()).as("it pays by click").isNull();
        assertThat(candidate.getSampled()).isFalse();
        assertThat(candidate.getImplied()).isFalse();
        assertThat(candidate.getSamplingRate()).isNull();
    }

    @Test
    void anAdThatPaysByActionKeepsItsPcvr() throws Exception {
        shown("r", 2);
        join.watermark(SHOWN + W);
        LabeledCandidate candidate = join.examples.get(0).getCandidates().get(0);
        assertThat(candidate.getPricing()).isEqualTo("CPA");
        assertThat(candidate.getPcvr()).isEqualTo(0.1);
    }

    @Test
    void noClickIsFinalAtWAndNotBefore() throws Exception {
        shown("r", 0);
        join.watermark(SHOWN + W - 1);
        assertThat(join.labels()).isEmpty();
        assertThat(join.waiting()).isEqualTo(1);
        join.watermark(SHOWN + W);
        assertThat(join.labels()).containsExactly("r/ad0 shown 100 not clicked");
        assertThat(join.waiting()).isZero();
    }

    /** A click that was emitted early would inflate the click rate of any cut by time. */
    @Test
    void aClickIsFinalAtWLikeNoClick() throws Exception {
        shown("r", 0, 1);
        join.add(click("r", 1, "u", SHOWN + 5));
        join.watermark(SHOWN + W - 1);
        assertThat(join.labels()).isEmpty();
        join.watermark(SHOWN + W);
        assertThat(join.examples).hasSize(1);
        assertThat(join.labels())
                .containsExactly("r/ad0 shown 100 not clicked", "r/ad1 shown 100 clicked 105");
    }

    @Test
    void aClickAtWIsTheLabelAndOneAMillisecondLaterCorrectsIt() throws Exception {
        shown("before", 0);
        shown("in", 0);
        shown("out", 0);
        join.add(click("before", 0, "u", SHOWN + W - 1));
        join.add(click("in", 0, "u", SHOWN + W));
        join.add(click("out", 0, "u", SHOWN + W + 1));
        assertThat(join.corrections).isEmpty();
        join.watermark(SHOWN + W);
        assertThat(join.labels())
                .containsExactlyInAnyOrder(
                        "before/ad0 shown 100 clicked 1099",
                        "in/ad0 shown 100 clicked 1100",
                        "out/ad0 shown 100 not clicked");
        assertThat(join.corrections).hasSize(1);
        JoinedCorrection moved = join.corrections.get(0);
        assertThat(moved.correction().getRequestId()).isEqualTo("out");
        assertThat(moved.correction().getAdId()).isEqualTo("ad0");
        assertThat(moved.correction().getUserId()).isEqualTo("u");
        assertThat(moved.correction().getRevision()).isEqualTo(1);
        assertThat(moved.correction().getClickedAt()).isEqualTo(START + SHOWN + W + 1);
        assertThat(moved.correction().getImpressedAt()).isEqualTo(START + SHOWN);
        assertThat(moved.correction().getClosedAt()).isEqualTo(START + SHOWN + W);
    }

    @Test
    void aClickBetweenWAndW2CorrectsOnceWithAllThatASumNeeds() throws Exception {
        shown("r", 1);
        join.watermark(SHOWN + W);
        join.add(click("r", 1, "u", SHOWN + W2));
        join.add(click("r", 1, "u", SHOWN + W2 - 1));
        join.watermark(SHOWN + W2 - 1);
        assertThat(join.corrections).hasSize(1);
        JoinedCorrection moved = join.corrections.get(0);
        assertThat(moved.correction().getClickedAt()).isEqualTo(START + SHOWN + W2);
        assertThat(moved.pctr()).isEqualTo(2 / 1024f);
        assertThat(moved.modelName()).isEqualTo("m");
        assertThat(moved.modelVersion()).isEqualTo("7");
        assertThat(moved.fingerprint()).isEqualTo("00112233445566aa");
        assertThat(moved.arm()).isEqualTo("candidate");
        assertThat(moved.position()).isEqualTo(2);
        assertThat(moved.pricing()).isEqualTo("CPC");
        assertThat(moved.cold()).isFalse();
        assertThat(join.counter(LearningMetrics.CLICKS_REPEATED)).isEqualTo(1);
    }

    @Test
    void aClickAfterW2IsCounted() throws Exception {
        shown("r", 0);
        join.watermark(SHOWN + W);
        join.add(click("r", 0, "u", SHOWN + W2 + 1));
        assertThat(join.corrections).isEmpty();
        assertThat(join.counter(LearningMetrics.CLICKS_TOO_LATE)).isEqualTo(1);
        assertThat(join.reasons()).isEmpty();
    }

    /** It came while the label was still open, and must not become one nor a correction. */
    @Test
    void aClickAfterW2ThatIsSeenBeforeTheLabelIsCountedToo() throws Exception {
        shown("r", 0);
        join.add(click("r", 0, "u", SHOWN + W2 + 1));
        join.watermark(SHOWN + W);
        assertThat(join.labels()).containsExactly("r/ad0 shown 100 not clicked");
        assertThat(join.corrections).isEmpty();
        assertThat(join.counter(LearningMetrics.CLICKS_TOO_LATE)).isEqualTo(1);
    }

    /** In time as it happened, but its record came when the example was out. */
    @Test
    void aLateRecordOfAClickInTimeCorrects() throws Exception {
        shown("r", 0);
        join.watermark(SHOWN + W);
        join.add(click("r", 0, "u", SHOWN + 1));
        join.watermark(SHOWN + W + 1);
        assertThat(join.corrections).hasSize(1);
        assertThat(join.corrections.get(0).correction().getClickedAt())
                .isEqualTo(START + SHOWN + 1);
    }

    @Test
    void theEarliestOfSeveralClicksCounts() throws Exception {
        shown("r", 0);
        join.add(click("r", 0, "u", SHOWN + 30));
        join.add(click("r", 0, "u", SHOWN + 20));
        join.add(click("r", 0, "u", SHOWN + 40));
        join.add(click("r", 0, "u", SHOWN + 20));
        join.watermark(SHOWN + W);
        join.add(click("r", 0, "u", SHOWN + 20));
        join.watermark(SHOWN + W2 - 1);
        assertThat(join.labels()).containsExactly("r/ad0 shown 100 clicked 120");
        assertThat(join.corrections).isEmpty();
        assertThat(join.counter(LearningMetrics.CLICKS_REPEATED)).isEqualTo(4);
    }

    /** By its own time, whichever comes first; once the label is out it stays as it is. */
    @Test
    void theEarliestOfSeveralImpressionsCountsWhileTheLabelIsOpen() throws Exception {
        shown("r", 0);
        join.add(impression("r", 0, "u", SHOWN - 20));
        join.add(impression("r", 0, "u", SHOWN + 20));
        join.add(click("r", 0, "u", SHOWN - 20 + W + 1));
        join.watermark(SHOWN - 20 + W - 1);
        assertThat(join.labels()).isEmpty();
        join.watermark(SHOWN - 20 + W);
        assertThat(join.labels()).containsExactly("r/ad0 shown 80 not clicked");
        assertThat(join.corrections).hasSize(1);
        join.add(impression("r", 0, "u", SHOWN - 40));
        join.watermark(SHOWN + 2 * W);
        assertThat(join.labels()).hasSize(1);
        assertThat(join.counter(LearningMetrics.IMPRESSIONS_REPEATED)).isEqualTo(3);
    }

    @Test
    void aClickMayComeBeforeItsImpressionAndBothBeforeTheirRequest() throws Exception {
        join = new JoinHarness();
        join.add(click("r", 0, "u", SHOWN + 7));
        join.add(impression("r", 0, "u", SHOWN));
        assertThat(join.waiting()).isEqualTo(1);
        join.add(served("r", 0, 3));
        join.watermark(SHOWN + W - 1);
        assertThat(join.labels()).isEmpty();
        join.watermark(SHOWN + W);
        assertThat(join.labels()).containsExactly("r/ad0 shown 100 clicked 107");
    }

    @Test
    void aClickWithoutAnImpressionImpliesOneAfterW() throws Exception {
        shown("r");
        join.add(click("r", 2, "u", 50));
        join.watermark(50 + W - 1);
        assertThat(join.labels()).isEmpty();
        join.watermark(50 + W);
        assertThat(join.labels()).containsExactly("r/ad2 shown 50 clicked 50");
        assertThat(join.examples.get(0).getCandidates().get(0).getImplied()).isTrue();
        assertThat(join.examples.get(0).getCandidates().get(0).getPosition()).isNull();
        assertThat(join.counter(LearningMetrics.IMPLIED)).isEqualTo(1);
        join.add(impression("r", 2, "u", 40));
        assertThat(join.counter(LearningMetrics.IMPRESSIONS_REPEATED)).isEqualTo(1);
    }

    @Test
    void anImpressionInTimeTakesTheClickThatWaited() throws Exception {
        shown("r");
        join.add(click("r", 2, "u", 50));
        join.watermark(50 + W - 1);
        join.add(impression("r", 2, "u", 40));
        join.watermark(50 + W);
        assertThat(join.labels()).containsExactly("r/ad2 shown 40 clicked 50");
        assertThat(join.counter(LearningMetrics.IMPLIED)).isZero();
    }

    @Test
    void adsShownTogetherAreOneExampleOthersAnother() throws Exception {
        shown("r", 0, 2);
        join.add(impression("r", 1, "u", SHOWN + 10));
        join.watermark(SHOWN + W + 10);
        assertThat(join.examples).extracting(e -> e.getCandidates().size()).containsExactly(2, 1);
        assertThat(join.examples)
                .extracting(TrainingExample::getClosedAt)
                .containsExactly(START + SHOWN + W, START + SHOWN + W + 10);
    }

    @Test
    void repeatsChangeNothing() throws Exception {
        shown("r", 0);
        join.add(served("r", 0, 3));
        join.add(impression("r", 0, "u", SHOWN));
        join.watermark(SHOWN + W);
        join.add(served("r", 0, 3));
        join.add(impression("r", 0, "u", SHOWN));
        join.watermark(SHOWN + W2 - 1);
        assertThat(join.labels()).containsExactly("r/ad0 shown 100 not clicked");
        assertThat(join.counter(LearningMetrics.IMPRESSIONS_REPEATED)).isEqualTo(2);
        assertThat(join.counter(LearningMetrics.SERVED_REPEATED)).isEqualTo(2);
    }

    @Test
    void whatWasNeverShownIsNoExample() throws Exception {
        shown("r");
        join.watermark(W - 1);
        assertThat(join.entries()).isPositive();
        join.watermark(W);
        assertThat(join.labels()).isEmpty();
        assertThat(join.entries()).isZero();
        assertThat(join.counter(LearningMetrics.UNSHOWN)).isEqualTo(1);
    }

    @Test
    void whatWasNeverServedIsADeadLetterAfterW() throws Exception {
        join = new JoinHarness();
        join.add(impression("r", 0, "u", SHOWN));
        join.add(click("r", 0, "u", SHOWN + 5));
        join.watermark(SHOWN + W - 1);
        assertThat(join.reasons()).isEmpty();
        join.watermark(SHOWN + W);
        assertThat(join.reasons()).containsExactly("unknown_request");
        join.watermark(SHOWN + 5 + W);
        assertThat(join.reasons()).containsExactly("unknown_request", "unknown_request");
        assertThat(join.deadLetters.get(0).getOriginTopic()).isEqualTo("impressions");
        assertThat(join.entries()).isZero();
    }

    @Test
    void whatDoesNotFitItsRequestIsADeadLetterAtOnce() throws Exception {
        shown("r");
        join.add(impression("r", 0, "other", SHOWN));
        join.add(click("r", 0, "other", SHOWN));
        join.add(impression("r", 9, "u", SHOWN));
        join.add(click("r", 9, "u", SHOWN));
        join.add(impression("r", 0, "u", -60_001));
        join.add(click("r", 0, "u", -60_001));
        join.add(impression("r", 1, "u", -60_000));
        assertThat(join.reasons())
                .containsExactly(
                        "wrong_user",
                        "wrong_user",
                        "unknown_ad",
                        "unknown_ad",
                        "before_request",
                        "before_request");
        join.watermark(W);
        assertThat(join.labels()).containsExactly("r/ad1 shown -60000 not clicked");
    }

    @Test
    void anImpressionWhoseRequestWasLetGoIsADeadLetter() throws Exception {
        shown("r", 0);
        join.watermark(SHOWN + W);
        join.add(impression("r", 1, "u", SHOWN));
        assertThat(join.reasons()).containsExactly("request_gone");
    }

    @Test
    void everythingGoesOnAfterARestart() throws Exception {
        shown("r", 0, 1);
        join.add(click("r", 1, "u", SHOWN + 3));
        join.add(impression("later", 0, "u", SHOWN));
        join.restart();
        assertThat(join.waiting()).isEqualTo(3);
        join.add(served("later", 0, 1));
        join.watermark(SHOWN + W);
        assertThat(join.labels())
                .containsExactlyInAnyOrder(
                        "r/ad0 shown 100 not clicked",
                        "r/ad1 shown 100 clicked 103",
                        "later/ad0 shown 100 not clicked");
        join.restart();
        join.add(click("r", 0, "u", SHOWN + W + 3));
        join.add(click("r", 1, "u", SHOWN + W + 3));
        join.watermark(SHOWN + W2 - 1);
        assertThat(join.corrections).hasSize(1);
        assertThat(join.corrections.get(0).pctr()).isEqualTo(1 / 1024f);
    }

    /** A bounded run, or a job that is stopped with --drain. */
    @Test
    void theEndOfAllInputMakesEveryLabelFinal() throws Exception {
        shown("r", 0, 1);
        shown("late", 0);
        join.add(click("r", 1, "u", SHOWN + 5));
        join.add(click("r", 2, "u", SHOWN + 6));
        join.add(click("late", 0, "u", SHOWN + W + 1));
        join.add(impression("unserved", 0, "u", SHOWN));
        assertThat(join.labels()).isEmpty();
        join.endOfInput();
        assertThat(join.labels())
                .containsExactlyInAnyOrder(
                        "r/ad0 shown 100 not clicked",
                        "r/ad1 shown 100 clicked 105",
                        "r/ad2 shown 106 clicked 106",
                        "late/ad0 shown 100 not clicked");
        assertThat(join.corrections).hasSize(1);
        assertThat(join.reasons()).containsExactly("unknown_request");
        assertThat(join.waiting()).isZero();
        assertThat(join.entries()).isZero();
        assertThat(join.timers()).isZero();
    }

    @Test
    void nothingIsLeftAfterW2AndARequestHasOneTimer() throws Exception {
        shown("r", 0, 1);
        join.add(impression("r", 2, "u", SHOWN + 50));
        join.add(click("r", 2, "u", SHOWN + 51));
        assertThat(join.timers()).isEqualTo(1);
        join.watermark(SHOWN + 50 + W);
        assertThat(join.timers()).isEqualTo(1);
        join.watermark(SHOWN + 50 + W2 - 1);
        assertThat(join.entries()).isEqualTo(1);
        join.watermark(SHOWN + 50 + W2);
        assertThat(join.entries()).isZero();
        assertThat(join.timers()).isZero();
    }

    /** Only of impressions that are older than W2: of younger ones late clicks are yet to come. */
    @Test
    void theShareOfClicksWithinWIsOfSettledImpressions() throws Exception {
        shown("a", 0, 1, 2);
        shown("b", 0);
        join.add(click("a", 0, "u", SHOWN + 1));
        join.add(click("a", 1, "u", SHOWN + W));
        join.add(click("a", 2, "u", SHOWN + W + 1));
        join.add(click("b", 0, "u", SHOWN + W2));
        join.watermark(SHOWN + W2 - 1);
        assertThat(join.coverage()).isNaN();
        join.watermark(SHOWN + W2);
        assertThat(join.coverage()).isEqualTo(0.5);
        join.restart();
        assertThat(join.coverage()).isEqualTo(0.5);
    }

    /** From so many settled clicks on an example says how many of the clicks come in time. */
    @Test
    void anExampleTellsTheCoverageOnceItIsKnown() throws Exception {
        int clicks = (int) JoinCounts.LEAST_CLICKS;
        for (int n = 0; n < clicks; n++) {
            shown("r" + n, 0);
            join.add(click("r" + n, 0, "u", SHOWN + (n % 4 == 0 ? W + 1 : W)));
        }
        join.watermark(SHOWN + W2);
        assertThat(join.examples).hasSize(clicks);
        assertThat(join.examples).extracting(TrainingExample::getClickCoverage).containsOnlyNulls();
        join.restart();
        long later = SHOWN + W2 + 1000;
        join.add(served("late", later, 3));
        join.add(impression("late", 0, "u", later));
        join.watermark(later + W);
        assertThat(join.examples.get(join.examples.size() - 1).getClickCoverage()).isEqualTo(0.75);
    }
}
