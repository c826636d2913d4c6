package io.dienstream.evaluation.gate;

import static org.assertj.core.api.Assertions.assertThat;

import io.dienstream.evaluation.online.LogitSketch;
import io.dienstream.evaluation.online.Outcome;
import io.dienstream.evaluation.online.QualitySums;
import io.dienstream.evaluation.online.Totals;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class GateTest {
    private static final long WINDOW = 300_000;
    private static final Gate GATE = new Gate(GateRules.DEFAULT);

    private static Gate.Circumstances at(long now) {
        return new Gate.Circumstances(now, Double.NaN, null);
    }

    /** Windows of 200 clicks among 800; either version is right but for its noise. */
    private static Blocks blocks(int windows, double liveNoise, double candidateNoise, long from) {
        Blocks blocks = GATE.pairedBlocks(from);
        Random random = new Random(3);
        for (int w = 0; w < windows; w++) {
            blocks.add(window(w, liveNoise, candidateNoise, random));
        }
        return blocks;
    }

    private static PairedWindow window(
            int number, double liveNoise, double candidateNoise, Random random) {
        QualitySums live = new QualitySums();
        QualitySums candidate = new QualitySums();
        while (live.clicks() < 210) {
            double logit = -1.3 + 1.3 * random.nextGaussian();
            boolean clicked = random.nextDouble() < sigmoid(logit);
            live.add(Outcome.of(sigmoid(logit + liveNoise * random.nextGaussian()), clicked));
            candidate.add(
                    Outcome.of(sigmoid(logit + candidateNoise * random.nextGaussian()), clicked));
        }
        return new PairedWindow(number * WINDOW, (number + 1) * WINDOW, live, candidate);
    }

    private static double sigmoid(double logit) {
        return 1 / (1 + Math.exp(-logit));
    }

    @Test
    void aBetterShadowPassesAndAWorseOneFails() {
        Judgement better = GATE.shadow(blocks(40, 0.8, 0.2, 0), at(40 * WINDOW));
        assertThat(better.verdict()).isEqualTo(Verdict.PASS);
        assertThat(better.findings())
                .extracting(Finding::measure)
                .containsExactly(Measure.LOG_LOSS, Measure.AUC);
        assertThat(better.blocks()).isEqualTo(40);
        assertThat(better.clicks()).isGreaterThan(8000);
        Judgement worse = GATE.shadow(blocks(40, 0.2, 0.8, 0), at(40 * WINDOW));
        assertThat(worse.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(worse.reason()).contains("log loss").contains("FAIL");
        // the same artifact twice is never worse
        assertThat(GATE.shadow(same(40), at(40 * WINDOW)).verdict()).isEqualTo(Verdict.PASS);
    }

    private static Blocks same(int windows) {
        Blocks blocks = GATE.pairedBlocks(0);
        Random random = new Random(4);
        for (int w = 0; w < windows; w++) {
            PairedWindow window = window(w, 0.2, 0.2, random);
            blocks.add(
                    new PairedWindow(window.start(), window.end(), window.live(), window.live()));
        }
        return blocks;
    }

    @Test
    void withoutEnoughNothingPasses() {
        Judgement nothing = GATE.shadow(GATE.pairedBlocks(0), at(0));
        assertThat(nothing.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(nothing.reason()).isEqualTo("0 of 20 blocks of 200 clicks");
        Judgement few = GATE.shadow(blocks(19, 0.8, 0.2, 0), at(19 * WINDOW));
        assertThat(few.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(few.reason()).startsWith("19 of 20 blocks");
    }

    /** Labels stop in the middle: scenario 7. What was certain to be worse stays so. */
    @Test
    void whatIsStaleNeverPasses() {
        long later = 40 * WINDOW + GateRules.DEFAULT.staleAfter().toMillis() + 1;
        Judgement stale = GATE.shadow(blocks(40, 0.8, 0.2, 0), at(later));
        assertThat(stale.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(stale.reason()).contains("labels do not come");
        assertThat(GATE.shadow(blocks(40, 0.2, 0.8, 0), at(later)).verdict())
                .isEqualTo(Verdict.FAIL);
        Judgement uncovered =
                GATE.shadow(
                        blocks(40, 0.8, 0.2, 0), new Gate.Circumstances(40 * WINDOW, 0.9, null));
        assertThat(uncovered.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(uncovered.reason()).contains("0.9000 of clicks");
    }

    @Test
    void whatIsNoNumberNeverPasses() {
        Blocks blocks = blocks(40, 0.8, 0.2, 0);
        Totals none = new Totals(Double.NaN, Double.NaN, 1, 1, 0, 0, 1, 1, 0, 0, null);
        QualitySums broken = new QualitySums(new LogitSketch(), none);
        blocks.add(new PairedWindow(40 * WINDOW, 41 * WINDOW, new QualitySums(), broken));
        Judgement judgement = GATE.shadow(blocks, at(41 * WINDOW));
        assertThat(judgement.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(judgement.reason()).contains("no number");
    }

    @Test
    void onlyWindowsAfterTheTrainingCountAndOnlyOfTheSameExamples() {
        Blocks blocks = blocks(40, 0.8, 0.2, 5 * WINDOW + 1);
        assertThat(blocks.size()).isEqualTo(34);
        assertThat(blocks.tooEarly()).isEqualTo(6);
        Blocks unequal = GATE.pairedBlocks(0);
        Random random = new Random(3);
        for (int w = 0; w < 30; w++) {
            PairedWindow window = window(w, 0.8, 0.2, random);
            window.candidate().add(Outcome.of(0.5, false));
            unequal.add(window);
        }
        Judgement judgement = GATE.shadow(unequal, at(30 * WINDOW));
        assertThat(judgement.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(judgement.reason()).contains("30 of 30 windows are not of the same examples");
    }

    /** A model that says the same of everybody has no order that a sketch could know. */
    @Test
    void anAreaThatTheBinsCannotKnowNeverPasses() {
        Blocks blocks = GATE.pairedBlocks(0);
        Random random = new Random(5);
        for (int w = 0; w < 30; w++) {
            QualitySums sums = new QualitySums();
            for (int i = 0; i < 1000; i++) {
                sums.add(Outcome.of(0.25, random.nextInt(4) == 0));
            }
            blocks.add(new PairedWindow(w * WINDOW, (w + 1) * WINDOW, sums, sums));
        }
        Judgement judgement = GATE.shadow(blocks, at(30 * WINDOW));
        assertThat(judgement.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(judgement.reason()).contains("known to 0.5000 only");
    }

    private static Blocks split(double factor, double candidateWorth) {
        Blocks blocks = GATE.splitBlocks(0);
        Random random = new Random(6);
        for (int w = 0; w < 40; w++) {
            blocks.add(
                    new PairedWindow(
                            w * WINDOW,
                            (w + 1) * WINDOW,
                            own(1, 2e6, random),
                            own(factor, candidateWorth, random)));
        }
        return blocks;
    }

    private static QualitySums own(double factor, double worth, Random random) {
        QualitySums sums = new QualitySums();
        while (sums.clicks() < 210) {
            double pctr = 0.05 + 0.3 * random.nextDouble();
            boolean clicked = random.nextDouble() < pctr;
            sums.add(new Outcome(Math.min(1, pctr * factor), clicked, 1, worth, true, "EUR"));
        }
        return sums;
    }

    private static Judgement splitJudged(double factor, double worth, UserShares shares) {
        return GATE.split(
                split(factor, worth), new Gate.Circumstances(40 * WINDOW, Double.NaN, shares));
    }

    @Test
    void aSplitIsJudgedByCalibrationAndRevenue() {
        UserShares planned = new UserShares(8010, 1990, 0.2);
        assertThat(splitJudged(1, 2.4e6, planned).verdict()).isEqualTo(Verdict.PASS);
        Judgement tooHigh = splitJudged(1.4, 2.4e6, planned);
        assertThat(tooHigh.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(tooHigh.reason()).startsWith("calibration +1.4");
        Judgement poor = splitJudged(1, 1e6, planned);
        assertThat(poor.verdict()).isEqualTo(Verdict.FAIL);
        assertThat(poor.reason()).startsWith("revenue");
        // within noise of the margin
        assertThat(splitJudged(1, 1.9e6, planned).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
    }

    @Test
    void unequalSharesRefuseAVerdict() {
        Judgement unequal = splitJudged(1, 2.4e6, new UserShares(8300, 1700, 0.2));
        assertThat(unequal.verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(unequal.reason()).startsWith("users are not split as planned");
        assertThat(splitJudged(1, 2.4e6, null).verdict()).isEqualTo(Verdict.INCONCLUSIVE);
        assertThat(splitJudged(1, 2.4e6, new UserShares(9, 1, 0.2)).reason()).contains("too few");
        // chi-squared of 1 degree: 3.84 is exceeded with probability 0.05
        double off = Math.sqrt(3.8415 * 10_000 * 0.2 * 0.8);
        UserShares edge = new UserShares(8000 - Math.round(off), 2000 + Math.round(off), 0.2);
        assertThat(edge.probability()).isCloseTo(0.05, Offset.offset(0.002));
    }
}
