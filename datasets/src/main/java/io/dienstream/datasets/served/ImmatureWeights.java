package io.dienstream.datasets.served;

import io.dienstream.schema.LabeledCandidate;
import io.dienstream.schema.TrainingExample;
import java.io.IOException;
import java.time.Duration;

/**
 * What labels count that are younger than the wait for corrections, so that a loss over what has
 * been seen is, on average, the loss over what will have been seen (FSIW: Yasui, Morishita, Fujita,
 * Shibata, "A Feedback Shift Correction in Predicting Conversion Rates under Delayed Feedback",
 * 2020, arXiv 2002.02068).
 *
 * <p>With p the probability of a click and F(e) the share of clicks that come within e, a label of
 * age e is seen as a click with probability p F(e), and as none with 1 - p F(e). In the end these
 * are p and 1 - p. The ratios are the weights: 1 / F(e) of a click, (1 - p) / (1 - p F(e)) of none.
 * For p the model is taken that served the candidate; of it little depends, as F(e) is near 1.
 *
 * <p>Weights are not clipped, which would make them wrong on average. They are at most 1 / F(W),
 * since no label is younger than W; a share below {@link #LEAST_SHARE} is refused.
 */
final class ImmatureWeights {
    /** Of which F is measured: its standard error is then at most 0.016. */
    static final int LEAST_CLICKS = 1000;

    /** Of F(e): a click would stand for more than 20, and a model be made of few of them. */
    static final double LEAST_SHARE = 0.05;

    private final DelayCurve curve;
    private final long cut;
    private final long correctionWaitMs;
    private double lowest = 1;

    /**
     * @param cut time up to which all clicks are known, ms
     * @param correctionWaitMs W2
     */
    ImmatureWeights(DelayCurve curve, long cut, long correctionWaitMs) {
        this.curve = curve;
        this.cut = cut;
        this.correctionWaitMs = correctionWaitMs;
    }

    /**
     * Weighs the labels of an example, corrections merged.
     *
     * @throws IOException where p is missing, or F(e) too small to go by
     */
    void apply(TrainingExample example) throws IOException {
        for (LabeledCandidate c : example.getCandidates()) {
            double weight = isFinal(c) ? 1 : weight(example, c);
            c.setWeight(weight == 1 ? null : weight);
        }
    }

    /** An implied impression has a click, and none was shown without. */
    private boolean isFinal(LabeledCandidate c) {
        return c.getSampled()
                || c.getImplied()
                || c.getImpressedAt() == null
                || cut - c.getImpressedAt() >= correctionWaitMs;
    }

    private double weight(TrainingExample example, LabeledCandidate c) throws IOException {
        long age = cut - c.getImpressedAt();
        double share = curve.share(age);
        if (share < LEAST_SHARE) {
            throw new IOException(
                    "request %s: within %s of an impression only a share of %.3f of the clicks comes, less than %s: too few to stand for the rest; a longer labels.wait makes them more"
                            .formatted(
                                    example.getRequestId(),
                                    Duration.ofMillis(age),
                                    share,
                                    LEAST_SHARE));
        }
        Float p = c.getPctr();
        if (!c.getClicked() && !(p != null && p >= 0 && p <= 1)) {
            throw new IOException(
                    "request %s, ad %s: pctr is %s, and --immature fsiw needs what the model that served it said, in [0, 1]"
                            .formatted(example.getRequestId(), c.getAdId(), p));
        }
        lowest = Math.min(lowest, share);
        return c.getClicked() ? ofClick(share) : ofNone(p, share);
    }

    /**
     * 1 / F(e).
     *
     * @param share F(e), in (0, 1]
     */
    static double ofClick(double share) {
        return 1 / share;
    }

    /**
     * (1 - p) / (1 - p F(e)), in [0, 1].
     *
     * @param p probability of a click, in [0, 1]
     * @param share F(e), in (0, 1]
     */
    static double ofNone(double p, double share) {
        return share == 1 ? 1 : (1 - p) / (1 - p * share); // and not 0 / 0 where p is 1
    }

    /** The lowest F(e) that a weight was made of; 1 where all labels were final. */
    double lowestShare() {
        return lowest;
    }
}
