package io.dienstream.learn;

import io.dienstream.evaluation.Quality;
import java.util.Locale;

/**
 * A version and its parent on the same newest examples, which neither has learned from.
 *
 * @param parent of what is live
 * @param child of what was trained
 */
record Comparison(Quality parent, Quality child) {

    /**
     * How much worse than its parent a version may be.
     *
     * @param auc by which the AUC may be lower
     * @param logloss share by which the log loss may be higher
     * @param calibration by which |ln calibration| may be larger
     */
    record Margins(double auc, double logloss, double calibration) {}

    /** Why the child is not to be published, or null where it may be. */
    String objection(Margins margins) {
        if (!Double.isFinite(child.auc()) || !Double.isFinite(child.calibration())) {
            return "the newest examples have not both clicks and others: nothing can be measured";
        }
        if (!(child.auc() >= parent.auc() - margins.auc())) {
            return "its AUC is lower by more than " + margins.auc();
        }
        if (!(child.logloss() <= parent.logloss() * (1 + margins.logloss()))) {
            return "its log loss is higher by more than the share " + margins.logloss();
        }
        if (!(off(child) <= off(parent) + margins.calibration())) {
            return "its calibration is farther from 1 by more than " + margins.calibration();
        }
        return null;
    }

    private static double off(Quality q) {
        return Math.abs(Math.log(q.calibration()));
    }

    /** In one line, for people and for the history of the rollout. */
    String text() {
        return String.format(
                Locale.ROOT,
                "auc %.4f (parent %.4f), logloss %.4f (%.4f), calibration %.3f (%.3f) on %,d examples with %,d clicks",
                child.auc(),
                parent.auc(),
                child.logloss(),
                parent.logloss(),
                child.calibration(),
                parent.calibration(),
                child.examples(),
                child.clicks());
    }
}
