package io.dienstream.chaos;

import static io.dienstream.chaos.LabelTruth.WAIT_MS;
import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.schema.AdClick;
import io.dienstream.schema.Impression;
import io.dienstream.schema.LabelCorrection;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.TrainingExample;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A faultless run, and what becomes of it in each way in which it can be damaged. */
class LabelTruthTest {
    private static final long AT = 1_700_000_000_000L;

    private final LabelTruth truth = new LabelTruth(true);

    /** Not clicked, clicked in time and twice, clicked late, and clicked without an impression. */
    private static void reports(LabelTruth to) {
        for (String ad : List.of("none", "in-time", "late")) {
            to.shown(new Impression("r", ad, "u", AT, 0, null));
        }
        to.shown(new Impression("r", "none", "u", AT + 7, 0, null));
        to.clicked(new AdClick("1", "r", "in-time", "u", AT + WAIT_MS));
        to.clicked(new AdClick("2", "r", "in-time", "u", AT + WAIT_MS + 5));
        to.clicked(new AdClick("3", "r", "late", "u", AT + WAIT_MS + 1));
        to.clicked(new AdClick("4", "r", "implied", "u", AT + 9));
    }

    private static LabeledCandidate label(String ad, boolean clicked) {
        boolean isImplied = ad.equals("implied");
        LabeledCandidate candidate = new LabeledCandidate();
        candidate.setAdId(ad);
        candidate.setClicked(clicked);
        candidate.setImplied(isImplied);
        candidate.setImpressedAt(isImplied ? AT + 9 : AT);
        return candidate;
    }

    private static TrainingExample example(LabeledCandidate... candidates) {
        TrainingExample example = new TrainingExample();
        example.setRequestId("r");
        example.setCandidates(List.of(candidates));
        return example;
    }

    private static LabelCorrection correction(String ad, long clickedAt) {
        LabelCorrection correction = new LabelCorrection();
        correction.setRequestId("r");
        correction.setAdId(ad);
        correction.setClickedAt(clickedAt);
        return correction;
    }

    private static void outputs(LabelTruth to) {
        to.example(example(label("none", false), label("in-time", true), label("late", false)));
        to.example(example(label("implied", true)));
        to.correction(correction("late", AT + WAIT_MS + 1));
    }

    @Test
    void aFaultlessRunIsRight() {
        reports(truth);
        outputs(truth);
        LabelVerdict verdict = truth.verdict();
        assertThat(verdict.ok()).as(verdict.toString()).isTrue();
        assertThat(verdict.shown()).isEqualTo(4);
        assertThat(verdict.labels()).isEqualTo(4);
        assertThat(verdict.clicked()).isEqualTo(2);
        assertThat(verdict.corrected()).isEqualTo(1);
        assertThat(verdict.findings()).isEmpty();
        assertThat(verdict.text()).contains("4 ads shown, 4 labels right", "0 lost, 0 doubled");
    }

    @Test
    void aRunWithoutLabelsProvesNothing() {
        assertThat(truth.verdict().ok()).isFalse();
    }

    @Test
    void whatIsMissingIsLost() {
        reports(truth);
        truth.example(example(label("none", false), label("in-time", true), label("late", false)));
        LabelVerdict verdict = truth.verdict();
        assertThat(verdict.ok()).isFalse();
        assertThat(verdict.lost()).as("the implied label and the correction").isEqualTo(2);
    }

    @Test
    void whatStandsTwiceIsDoubledUnlessItMay() {
        for (boolean exactlyOnce : List.of(true, false)) {
            LabelTruth twice = new LabelTruth(exactlyOnce);
            reports(twice);
            outputs(twice);
            twice.example(example(label("none", false)));
            twice.correction(correction("late", AT + WAIT_MS + 1));
            LabelVerdict verdict = twice.verdict();
            assertThat(verdict.ok()).isEqualTo(!exactlyOnce);
            assertThat(verdict.doubled()).isEqualTo(exactlyOnce ? 2 : 0);
            assertThat(verdict.repeated()).isEqualTo(exactlyOnce ? 0 : 2);
        }
    }

    @Test
    void aCopyThatSaysSomethingElseIsWrongInAnyCase() {
        LabelTruth atLeastOnce = new LabelTruth(false);
        reports(atLeastOnce);
        outputs(atLeastOnce);
        atLeastOnce.example(example(label("none", true)));
        LabelVerdict verdict = atLeastOnce.verdict();
        assertThat(verdict.wrong()).isEqualTo(1);
        assertThat(verdict.ok()).isFalse();
    }

    @Test
    void aCorrectionOfALabelThatWasRightAndALabelOfNothingAreUnasked() {
        reports(truth);
        outputs(truth);
        truth.correction(correction("in-time", AT + WAIT_MS));
        truth.example(example(label("other", false)));
        truth.refused("unknown_request");
        LabelVerdict verdict = truth.verdict();
        assertThat(verdict.unasked()).isEqualTo(3);
        assertThat(verdict.ok()).isFalse();
        assertThat(verdict.findings()).hasSize(3);
    }
}
