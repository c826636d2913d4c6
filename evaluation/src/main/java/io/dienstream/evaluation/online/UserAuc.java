package io.dienstream.evaluation.online;

import java.util.Comparator;
import java.util.List;

/** The exact area of one user's few examples, by weight; ties count half. */
final class UserAuc {
    private UserAuc() {}

    /** NaN where a label is missing. */
    static double of(List<Outcome> outcomes) {
        List<Outcome> sorted =
                outcomes.stream().sorted(Comparator.comparingDouble(Outcome::pctr)).toList();
        double below = 0;
        double pairs = 0;
        double clicks = 0;
        for (int from = 0; from < sorted.size(); ) {
            int to = from;
            double tiedClicks = 0;
            double tiedOthers = 0;
            while (to < sorted.size() && sorted.get(to).pctr() == sorted.get(from).pctr()) {
                Outcome o = sorted.get(to++);
                tiedClicks += o.clicked() ? o.weight() : 0;
                tiedOthers += o.clicked() ? 0 : o.weight();
            }
            pairs += tiedClicks * (below + tiedOthers / 2);
            below += tiedOthers;
            clicks += tiedClicks;
            from = to;
        }
        return pairs / (clicks * below);
    }
}
