package io.dienstream.datasets.served;

import static io.dienstream.datasets.served.ServedLog.CORRECTION_WAIT;
import static io.dienstream.datasets.served.ServedLog.CUT;
import static io.dienstream.datasets.served.ServedLog.WAIT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.dienstream.datasets.format.Split;
import io.dienstream.datasets.prepare.Immature;
import io.dienstream.datasets.prepare.Immature.Weighting;
import io.dienstream.datasets.prepare.NoExamplesException;
import io.dienstream.datasets.prepare.TimeOrderedSettings;
import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.TrainingExample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImmatureWeightsTest {
    private static final long HOUR = 3_600_000;
    private static final double P = 0.2;

    /** Of the simulated delays. */
    private static final double MEAN = 2.0 * HOUR;

    @TempDir private Path directory;

    private static TimeOrderedSettings settings(Weighting weighting, Long since) {
        return new TimeOrderedSettings(
                0, 0, 100, 1, 7, since, new Immature(weighting, CORRECTION_WAIT));
    }

    private ServedDataset read(ServedLog log, TimeOrderedSettings settings) throws IOException {
        Path scratch = Files.createTempDirectory(directory, "scratch");
        return ServedDataset.write(log, settings, scratch, scratch.resolve("data"));
    }

    /** Clicks and others, as a loss counts them, w the share of the negatives that were kept. */
    private static final class Sums {
        private double clicks;
        private double others;
        private long weighted;

        void add(LabeledCandidate c) {
            double weight = c.getWeight() == null ? 1 : c.getWeight();
            double rate = c.getSamplingRate() == null ? 1 : c.getSamplingRate();
            clicks += c.getClicked() ? weight / rate : 0;
            others += c.getClicked() ? 0 : weight;
            weighted += c.getWeight() == null ? 0 : 1;
        }

        /** s(z) of the model of one parameter z with the least loss of z - ln w. */
        double estimate(double w) {
            return w * clicks / (w * clicks + others);
        }
    }

    private static Sums sums(ServedDataset data) throws IOException {
        Sums sums = new Sums();
        data.data().forEach(Split.TRAIN, e -> e.getCandidates().forEach(sums::add));
        return sums;
    }

    /** p = 0.2, F(e) = 0.8: 1 / 0.8; 0.8 / (1 - 0.16). */
    @Test
    void weightsAreThoseWorkedByHand() {
        assertThat(ImmatureWeights.ofClick(0.8)).isEqualTo(1.25);
        assertThat(ImmatureWeights.ofNone(0.2, 0.8)).isCloseTo(0.952380952, within(1e-9));
        assertThat(ImmatureWeights.ofNone(0, 0.8)).as("never a click").isEqualTo(1);
        assertThat(ImmatureWeights.ofNone(1, 0.8)).as("a click to come").isZero();
        assertThat(ImmatureWeights.ofNone(1, 1)).as("and none came").isEqualTo(1);
        assertThat(ImmatureWeights.ofClick(1)).isEqualTo(1);
    }

    /** Seen as a click with probability p F, as none with 1 - p F. */
    @Test
    void onAverageALabelCountsOneAndAClickWhatItWillBe() {
        for (double p : new double[] {0.001, 0.2, 0.7, 1}) {
            for (double share : new double[] {0.05, 0.5, 0.99, 1}) {
                double click = p * share * ImmatureWeights.ofClick(share);
                double none = p == 1 && share == 1 ? 0 : ImmatureWeights.ofNone(p, share);
                assertThat(click).isCloseTo(p, within(1e-12));
                assertThat((1 - p * share) * none).isCloseTo(1 - p, within(1e-12));
            }
        }
    }

    @Test
    void theCurveIsTheShareOfDelaysUpToAnAge() {
        DelayCurve curve = new DelayCurve(new long[] {30, 10, 20, 20});
        assertThat(curve.share(9)).isZero();
        assertThat(curve.share(10)).isEqualTo(0.25);
        assertThat(curve.share(29)).isEqualTo(0.75);
        assertThat(curve.share(30)).isEqualTo(1);
        assertThat(curve.clicks()).isEqualTo(4);
    }

    /** Old requests to measure delays of, and young ones, 30 min to 6 h, to learn from. */
    private static ServedLog log(double negativeRate) {
        return new ServedLog(11, P, MEAN, negativeRate)
                .add(10_000, CORRECTION_WAIT, 2 * CORRECTION_WAIT)
                .add(20_000, WAIT, 6 * HOUR);
    }

    /** 1 - exp(-e / mean) for e from a to b, on average. */
    private static double meanShare(double a, double b) {
        return 1 - MEAN / (b - a) * (Math.exp(-a / MEAN) - Math.exp(-b / MEAN));
    }

    /**
     * 100,000 candidates and 20,000 clicks, of which 73 % have come: a standard error of 0.8 % of
     * p. The model of one parameter is right with weights, and without them lower by F(e).
     */
    @Test
    void aConstantModelIsUnbiasedWithWeightsAndTooLowWithoutThemByTheShareThatHasCome()
            throws IOException {
        long since = CUT - 6 * HOUR - 1;
        ServedLog log = log(1);
        ServedDataset without = read(log, settings(Weighting.NONE, since));
        ServedDataset with = read(log, settings(Weighting.FSIW, since));
        double share = meanShare(WAIT, 6 * HOUR);
        assertThat(share).isCloseTo(0.735, within(0.001));
        assertThat(sums(without).estimate(1) / P).isCloseTo(share, within(0.02));
        assertThat(sums(with).estimate(1) / P).isCloseTo(1, within(0.025));
        assertThat(sums(without).weighted).isZero();
        assertThat(sums(with).weighted).isEqualTo(100_000);
        assertThat(with.immature()).isEqualTo(Map.of(Split.TRAIN, 100_000L));
        assertThat(with.youngestCoverage()).isCloseTo(1 - Math.exp(-WAIT / MEAN), within(0.01));
        assertThat(without.youngestCoverage()).isNull();
    }

    /** A late click stands for 1 / w of its kind, and for those that have not come yet. */
    @Test
    void sampledNegativesAndWeightsGoTogether() throws IOException {
        long since = CUT - 6 * HOUR - 1;
        double w = 0.25;
        ServedLog log = log(w);
        ServedDataset with = read(log, settings(Weighting.FSIW, since));
        assertThat(sums(with).estimate(w) / P).isCloseTo(1, within(0.04));
        ServedDataset without = read(log, settings(Weighting.NONE, since));
        assertThat(sums(without).estimate(w) / P)
                .isCloseTo(meanShare(WAIT, 6 * HOUR), within(0.03));
    }

    @Test
    void labelsOlderThanTheWaitForCorrectionsCountAsTheyAre() throws IOException {
        ServedLog log =
                new ServedLog(5, P, MEAN, 1).add(2_000, CORRECTION_WAIT, 2 * CORRECTION_WAIT);
        log.one("just-old", CORRECTION_WAIT);
        log.one("just-young", CORRECTION_WAIT - 1);
        log.one("youngest", WAIT);
        Map<String, Double> weights = weights(read(log, settings(Weighting.FSIW, null)));
        assertThat(weights.get("just-old")).isNull();
        assertThat(weights.get("just-young")).as("no click came later than that").isNull();
        assertThat(weights.get("youngest"))
                .isCloseTo(ImmatureWeights.ofNone(P, 1 - Math.exp(-WAIT / MEAN)), within(0.005));
    }

    /** Of each example its first candidate's. */
    private static Map<String, Double> weights(ServedDataset data) throws IOException {
        Map<String, Double> weights = new HashMap<>();
        data.data()
                .forEach(
                        Split.TRAIN,
                        e -> weights.put(e.getRequestId(), e.getCandidates().get(0).getWeight()));
        return weights;
    }

    /** An hour old, both; the second click came after the newest label of all had become final. */
    @Test
    void correctionsAreMergedFirstButForThoseOfClicksAfterTheCut() throws IOException {
        ServedLog log =
                new ServedLog(5, P, MEAN, 1)
                        .add(2_000, CORRECTION_WAIT, 2 * CORRECTION_WAIT)
                        .add(1, WAIT, WAIT);
        TrainingExample early = log.one("early", HOUR);
        TrainingExample later = log.one("later", HOUR);
        log.corrections().add(ServedLog.correction(early, "a", CUT));
        log.corrections().add(ServedLog.correction(later, "a", CUT + 1));
        ServedDataset data = read(log, settings(Weighting.FSIW, null));
        double share = 1 - Math.exp(-HOUR / MEAN);
        Map<String, Double> weights = weights(data);
        assertThat(weights.get("early")).isCloseTo(1 / share, within(0.1));
        assertThat(weights.get("later")).isCloseTo(ImmatureWeights.ofNone(P, share), within(0.01));
        ServedDataset plain = read(log, settings(Weighting.NONE, null));
        assertThat(plain.corrected()).isEqualTo(data.corrected() + 1);
        assertThat(weights(plain).get("early")).isNull();
    }

    @Test
    void anImpliedImpressionIsFinal() throws IOException {
        ServedLog log =
                new ServedLog(5, P, MEAN, 1).add(2_000, CORRECTION_WAIT, 2 * CORRECTION_WAIT);
        LabeledCandidate implied = log.one("implied", WAIT).getCandidates().get(0);
        implied.setClicked(true);
        implied.setClickedAt(implied.getImpressedAt());
        implied.setImplied(true);
        assertThat(weights(read(log, settings(Weighting.FSIW, null))).get("implied")).isNull();
    }

    @Test
    void whatDelaysCannotBeMeasuredOfIsRefusedWithWhatToDo() {
        ServedLog few = new ServedLog(5, P, MEAN, 1).add(500, CORRECTION_WAIT, CORRECTION_WAIT);
        few.one("young", WAIT);
        assertThatThrownBy(() -> read(few, settings(Weighting.FSIW, null)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("needs 1,000 clicks on impressions older than")
                .hasMessageContaining("--immature none");
        ServedLog longer =
                new ServedLog(5, P, MEAN, 1).add(2_000, CORRECTION_WAIT, 2 * CORRECTION_WAIT);
        assertThatThrownBy(
                        () ->
                                read(
                                        longer,
                                        settings(Weighting.FSIW, null)
                                                .withImmature(new Immature(Weighting.FSIW, HOUR))))
                .hasMessageContaining("later than the wait for corrections, PT1H")
                .hasMessageContaining(
                        "--correction-wait must be the longest labels.correction-wait");
    }

    /** As where they lie elsewhere, or are not kept as long: no click would seem to come late. */
    @Test
    void aSourceWithoutCorrectionsIsRefused() {
        ServedLog log =
                new ServedLog(5, P, MEAN, 1).add(6_000, CORRECTION_WAIT, 2 * CORRECTION_WAIT);
        log.one("young", WAIT);
        assertThat(log.corrections()).isNotEmpty();
        log.corrections().clear();
        assertThatThrownBy(() -> read(log, settings(Weighting.FSIW, null)))
                .hasMessageContaining("no correction was read");
        ServedLog empty = new ServedLog(5, P, MEAN, 1);
        assertThatThrownBy(() -> read(empty, settings(Weighting.FSIW, null)))
                .as("nothing to learn from is no fault of the delays")
                .isInstanceOf(NoExamplesException.class);
    }

    /** As W is too short, and as a log that no model has served. */
    @Test
    void tooFewClicksSoFarAndNoPredictionAreRefusedByName() {
        ServedLog slow =
                new ServedLog(5, P, 24.0 * HOUR, 1)
                        .add(4_000, CORRECTION_WAIT, 2 * CORRECTION_WAIT);
        slow.one("young", WAIT);
        assertThatThrownBy(() -> read(slow, settings(Weighting.FSIW, null)))
                .hasMessageContaining("request young: within PT30M of an impression only a share")
                .hasMessageContaining("a longer labels.wait");
        ServedLog silent =
                new ServedLog(5, P, MEAN, 1).add(2_000, CORRECTION_WAIT, 2 * CORRECTION_WAIT);
        silent.one("young", WAIT).getCandidates().get(0).setPctr(null);
        assertThatThrownBy(() -> read(silent, settings(Weighting.FSIW, null)))
                .hasMessageContaining("request young, ad a: pctr is null");
    }

    /** A repeated file counts once, and late clicks of which no example is left do not count. */
    @Test
    void clicksCountOnceAndOnlyWhereAllOfThemAreThere() throws IOException {
        ServedLog log =
                new ServedLog(5, P, MEAN, 1).add(2_000, CORRECTION_WAIT, 2 * CORRECTION_WAIT);
        log.one("youngest", WAIT);
        ServedDataset once = read(log, settings(Weighting.FSIW, null));
        log.examples().addAll(log.examples().subList(0, 1_000));
        for (int n = 0; n < 1_000; n++) {
            TrainingExample older =
                    SinkFiles.example("older" + n, CUT - 2 * CORRECTION_WAIT - HOUR, false);
            log.corrections().add(ServedLog.correction(older, "a", older.getTimestamp() + HOUR));
        }
        ServedDataset again = read(log, settings(Weighting.FSIW, null));
        assertThat(again.repeated()).isEqualTo(1_000);
        assertThat(again.youngestCoverage()).isEqualTo(once.youngestCoverage());
    }
}
