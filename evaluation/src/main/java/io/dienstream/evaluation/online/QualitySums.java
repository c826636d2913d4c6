package io.dienstream.evaluation.online;

import java.util.List;

/**
 * Everything that is kept of a window's examples: sums, of which any two add up, whatever was split
 * and in whichever order, and from which what turned out otherwise can be subtracted. Figures are
 * made of them when somebody asks. Not thread safe.
 */
public final class QualitySums {
    private static final double QUANTILE = 1.96;
    private static final double PER_MILLE = 1000;

    private final LogitSketch sketch;
    private Totals totals;

    /** Of no examples. */
    public QualitySums() {
        this(new LogitSketch(), Totals.NONE);
    }

    /** Of what was written elsewhere; both must be of the same examples. */
    public QualitySums(LogitSketch sketch, Totals totals) {
        this.sketch = sketch;
        this.totals = totals;
    }

    /** The sums of one user's examples of one window. */
    public static QualitySums ofUser(List<Outcome> outcomes) {
        QualitySums sums = new QualitySums();
        outcomes.forEach(sums::add);
        if (!outcomes.isEmpty()) {
            Totals user = Totals.ofUser(UserAuc.of(outcomes), outcomes.size());
            sums.totals = sums.totals.plus(user);
        }
        return sums;
    }

    /** Adds an example, but for what is counted by user: that is {@link #ofUser}'s. */
    public void add(Outcome outcome) {
        sketch.add(outcome.pctr(), outcome.clicked(), outcome.weight());
        totals = totals.plus(Totals.of(outcome));
    }

    /** Adds all of {@code other}. */
    public void merge(QualitySums other) {
        sketch.merge(other.sketch);
        totals = totals.plus(other.totals);
    }

    /** Takes all of {@code other} away, which was added before. */
    public void subtract(QualitySums other) {
        sketch.subtract(other.sketch);
        totals = totals.minus(other.totals);
    }

    /** A copy of its own. */
    public QualitySums copy() {
        return new QualitySums(sketch.copy(), totals);
    }

    /** Where the predictions are. */
    public LogitSketch sketch() {
        return sketch;
    }

    /** The plain sums. */
    public Totals totals() {
        return totals;
    }

    /** Weight of all examples. */
    public double impressions() {
        return sketch.positives() + sketch.negatives();
    }

    /** Weight of the clicks. */
    public double clicks() {
        return sketch.positives();
    }

    /** Clicks over impressions; NaN without any. */
    public double ctr() {
        return clicks() / impressions();
    }

    /** Mean log loss of an impression; NaN without any. */
    public double meanLogLoss() {
        return totals.logLoss() / impressions();
    }

    /**
     * Mean log loss over that of the constant prediction of the click rate (He 2014): below 1 is
     * better than knowing nothing but the rate. NaN where a label is missing.
     */
    public double normalizedEntropy() {
        double p = ctr();
        return meanLogLoss() / (-p * Math.log(p) - (1 - p) * Math.log1p(-p));
    }

    /** Sum of predictions over clicks: 1 is right on average, above it they are too high. */
    public double calibration() {
        return totals.predicted() / clicks();
    }

    /**
     * What {@link #calibration} and {@link #ctr} are to be multiplied with and divided by for an
     * interval of 95 %: e^(1.96 / sqrt(clicks)), as clicks are nearly Poisson.
     */
    public double clickFactor() {
        return Math.exp(QUANTILE / Math.sqrt(clicks()));
    }

    /** Mean AUC of users with both labels, by their examples; NaN without such users. */
    public double gauc() {
        return totals.gaucSum() / totals.gaucWeight();
    }

    /** Earned by a thousand impressions, millionths of the currency; NaN for several currencies. */
    public double revenuePerMilleMicros() {
        return Totals.SEVERAL.equals(totals.currency())
                ? Double.NaN
                : totals.revenueMicros() * PER_MILLE / impressions();
    }

    /** Same sums, to the last bit. */
    @Override
    public boolean equals(Object other) {
        return other instanceof QualitySums sums
                && sketch.equals(sums.sketch)
                && totals.equals(sums.totals);
    }

    @Override
    public int hashCode() {
        return totals.hashCode();
    }

    @Override
    public String toString() {
        return "QualitySums[%s, %s]".formatted(totals, sketch);
    }
}
