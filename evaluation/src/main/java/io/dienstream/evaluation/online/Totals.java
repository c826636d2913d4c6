package io.dienstream.evaluation.online;

/**
 * The plain sums over examples; what is summed by label is in {@link LogitSketch}.
 *
 * @param predicted weighted sum of pCTR
 * @param logLoss weighted sum of -ln of the probability given to what happened, which counts as
 *     1e-7 at least
 * @param examples how many there are, whatever their weight
 * @param squaredWeights sum of the squares of the weights, for the spread of a weighted sum
 * @param gaucSum sum over users with both labels of their AUC times their examples
 * @param gaucWeight examples of those users
 * @param users one that comes in several windows counts in each
 * @param oneClassUsers users whose examples are all clicks, or none
 * @param revenueMicros earned, millionths of {@code currency}
 * @param expectedMicros to be earned if pCTR were right
 * @param currency ISO 4217 code; null where there is none, {@link #SEVERAL} where there are several
 */
public record Totals(
        double predicted,
        double logLoss,
        long examples,
        double squaredWeights,
        double gaucSum,
        double gaucWeight,
        long users,
        long oneClassUsers,
        double revenueMicros,
        double expectedMicros,
        String currency) {
    /** In place of a currency: their sums mean nothing. */
    public static final String SEVERAL = "";

    /** Of no examples. */
    public static final Totals NONE = new Totals(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, null);

    private static final double LEAST = 1e-7;

    /** Of one example, no user counted. */
    static Totals of(Outcome o) {
        double p = Math.min(1 - LEAST, Math.max(LEAST, o.pctr()));
        double w = o.weight();
        return new Totals(
                w * o.pctr(),
                -w * Math.log(o.clicked() ? p : 1 - p),
                1,
                w * w,
                0,
                0,
                0,
                0,
                w * o.revenueMicros(),
                w * o.expectedMicros(),
                o.currency());
    }

    /**
     * Of one user alone, no example counted.
     *
     * @param auc NaN where a label is missing
     */
    static Totals ofUser(double auc, int examples) {
        boolean oneClass = Double.isNaN(auc);
        return new Totals(
                0,
                0,
                0,
                0,
                oneClass ? 0 : auc * examples,
                oneClass ? 0 : examples,
                1,
                oneClass ? 1 : 0,
                0,
                0,
                null);
    }

    /** Both together. */
    Totals plus(Totals other) {
        return sum(other, 1, either(other.currency));
    }

    /** This one without the other, which is in it. */
    Totals minus(Totals other) {
        return sum(other, -1, currency);
    }

    private Totals sum(Totals other, int sign, String of) {
        return new Totals(
                predicted + sign * other.predicted,
                logLoss + sign * other.logLoss,
                examples + sign * other.examples,
                squaredWeights + sign * other.squaredWeights,
                gaucSum + sign * other.gaucSum,
                gaucWeight + sign * other.gaucWeight,
                users + sign * other.users,
                oneClassUsers + sign * other.oneClassUsers,
                revenueMicros + sign * other.revenueMicros,
                expectedMicros + sign * other.expectedMicros,
                of);
    }

    private String either(String other) {
        if (currency == null || currency.equals(other)) {
            return other;
        }
        return other == null ? currency : SEVERAL;
    }

    /** Whether each is a number. */
    public boolean isFinite() {
        return Double.isFinite(
                predicted
                        + logLoss
                        + squaredWeights
                        + gaucSum
                        + gaucWeight
                        + revenueMicros
                        + expectedMicros);
    }
}
