package io.dienstream.evaluation.gate;

import io.dienstream.evaluation.online.QualitySums;

/** Consecutive windows with enough clicks to be one draw of a difference. */
record Block(QualitySums live, QualitySums candidate, double aucDifference) {
    static Block of(QualitySums live, QualitySums candidate) {
        return new Block(live, candidate, candidate.sketch().auc() - live.sketch().auc());
    }

    /** Largest share of the difference of areas that the bins may have made. */
    double aucError() {
        return Math.max(live.sketch().aucError(), candidate.sketch().aucError());
    }
}
