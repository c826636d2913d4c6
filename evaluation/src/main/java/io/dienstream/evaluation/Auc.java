package io.dienstream.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Area under the ROC curve by ranks (Mann-Whitney U), ties counted half. */
public final class Auc {
    private final List<double[]> scored = new ArrayList<>();
    private long positives;

    /**
     * Adds one scored example.
     *
     * @throws IllegalArgumentException where {@code score} is no number: it ranks nowhere
     */
    public void add(double score, boolean clicked) {
        if (Double.isNaN(score)) {
            throw new IllegalArgumentException("score=" + score);
        }
        scored.add(new double[] {score, clicked ? 1 : 0});
        positives += clicked ? 1 : 0;
    }

    public long examples() {
        return scored.size();
    }

    /** The area, or NaN as long as there are not both clicks and non-clicks. */
    public double value() {
        long negatives = scored.size() - positives;
        if (positives == 0 || negatives == 0) {
            return Double.NaN;
        }
        List<double[]> sorted = new ArrayList<>(scored);
        sorted.sort(Comparator.comparingDouble(e -> e[0]));
        double positiveRanks = 0;
        for (int from = 0; from < sorted.size(); ) {
            int to = from;
            double inTie = 0;
            while (to < sorted.size() && sorted.get(to)[0] == sorted.get(from)[0]) {
                inTie += sorted.get(to++)[1];
            }
            positiveRanks += inTie * (from + 1 + to) / 2.0;
            from = to;
        }
        double u = positiveRanks - positives * (positives + 1) / 2.0;
        return u / ((double) positives * negatives);
    }
}
