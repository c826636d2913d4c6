package io.dienstream.evaluation;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.descriptive.moment.StandardDeviation;

/**
 * Confidence intervals of the AUC by drawing users with replacement (Efron 1979): a user's examples
 * are not independent, so whole users are drawn.
 */
public final class UserResampling {
    private static final double TAIL = 0.025;

    private UserResampling() {}

    /**
     * The middle 95 % of draws. A draw in which nobody clicked, or everybody, has no AUC; it is
     * left out as long as it is rare. Where more than 2.5 % of the draws have none there are too
     * few users for an interval, and both ends are NaN.
     *
     * @param low 2.5 % of draws are below
     * @param high 2.5 % are above
     */
    public record Interval(double low, double high) {
        /** Whether there were users enough. */
        public boolean isKnown() {
            return !Double.isNaN(low);
        }
    }

    /** Of one model's AUC. */
    public static Interval auc(Scored s, int draws, long seed) {
        int[] order = order(s);
        return interval(draws, seed, s.users(), weights -> auc(s, order, weights));
    }

    /**
     * Of the difference of two models' AUCs on the same draws of the same examples.
     *
     * @throws IllegalArgumentException where the examples are not the same
     */
    public static Interval difference(Scored a, Scored b, int draws, long seed) {
        checkSame(a, b);
        int[] ofA = order(a);
        int[] ofB = order(b);
        return interval(
                draws, seed, a.users(), weights -> auc(a, ofA, weights) - auc(b, ofB, weights));
    }

    /**
     * The standard error of the difference of two models' AUCs on the same examples: the deviation
     * over draws that have an AUC; NaN where fewer than two have one.
     */
    public static double differenceError(Scored a, Scored b, int draws, long seed) {
        checkSame(a, b);
        int[] ofA = order(a);
        int[] ofB = order(b);
        double[] values =
                draw(
                        draws,
                        seed,
                        a.users(),
                        weights -> auc(a, ofA, weights) - auc(b, ofB, weights));
        double[] known = known(values);
        return known.length < 2 ? Double.NaN : new StandardDeviation().evaluate(known);
    }

    private static void checkSame(Scored a, Scored b) {
        if (!a.hasExamplesOf(b)) {
            throw new IllegalArgumentException(
                    "not the same examples: examples=%d, %d users=%d, %d"
                            .formatted(a.size(), b.size(), a.users(), b.users()));
        }
    }

    private interface Statistic {
        double of(int[] weights);
    }

    private static Interval interval(int draws, long seed, int users, Statistic statistic) {
        double[] values = known(draw(draws, seed, users, statistic));
        if (draws - values.length > TAIL * draws) {
            return new Interval(Double.NaN, Double.NaN);
        }
        Arrays.sort(values);
        int low = (int) Math.floor(TAIL * values.length);
        return new Interval(values[low], values[values.length - 1 - low]);
    }

    private static double[] known(double[] values) {
        return Arrays.stream(values).filter(v -> !Double.isNaN(v)).toArray();
    }

    private static double[] draw(int draws, long seed, int users, Statistic statistic) {
        Random random = new Random(seed);
        double[] values = new double[draws];
        int[] weights = new int[users];
        for (int d = 0; d < draws; d++) {
            Arrays.fill(weights, 0);
            for (int u = 0; u < users; u++) {
                weights[random.nextInt(users)]++;
            }
            values[d] = statistic.of(weights);
        }
        return values;
    }

    private static int[] order(Scored s) {
        return IntStream.range(0, s.size())
                .boxed()
                .sorted(Comparator.comparingDouble(s::pctr))
                .mapToInt(Integer::intValue)
                .toArray();
    }

    /** The AUC where each example counts as often as its user was drawn; ties half. */
    private static double auc(Scored s, int[] order, int[] weights) {
        double negativesBelow = 0;
        double pairs = 0;
        double positives = 0;
        for (int from = 0; from < order.length; ) {
            int to = from;
            double clicks = 0;
            double others = 0;
            while (to < order.length && s.pctr(order[to]) == s.pctr(order[from])) {
                int i = order[to++];
                double w = weights[s.user(i)];
                clicks += s.clicked(i) ? w : 0;
                others += s.clicked(i) ? 0 : w;
            }
            pairs += clicks * (negativesBelow + others / 2);
            negativesBelow += others;
            positives += clicks;
            from = to;
        }
        return pairs / (positives * negativesBelow);
    }
}
