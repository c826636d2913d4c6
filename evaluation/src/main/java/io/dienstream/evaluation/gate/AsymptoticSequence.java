package io.dienstream.evaluation.gate;

import java.util.Arrays;
import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * Asymptotic confidence sequence of Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas
 * (arXiv:2103.06476), Theorem 2.2 for independent blocks and Proposition 2.5 for a mean that
 * wanders: with t blocks, their mean m and standard deviation s,
 *
 * <pre>
 * m +- s sqrt( 2 (t rho^2 + 1) / (t^2 rho^2)  log( sqrt(t rho^2 + 1) / alpha ) )
 * rho^2 = (-2 log alpha + log(-2 log alpha) + 1) / t*
 * </pre>
 *
 * covers the mean at all t together with probability 1 - alpha, as t grows: who looks after every
 * block, and stops when it pleases, errs no more often than who looks once. It is narrowest about
 * t* blocks. An interval of 1.96 s / sqrt(t) that is looked at 480 times errs in a third of cases.
 */
public final class AsymptoticSequence {
    private static final int MOST_BLOCKS = 1_000_000;

    private final double alpha;
    private final double rho2;

    /**
     * @param alpha probability that the mean is ever outside, in (0, 1)
     * @param tunedTo t*, blocks
     */
    public AsymptoticSequence(double alpha, int tunedTo) {
        this.alpha = alpha;
        double twice = -2 * Math.log(alpha);
        rho2 = (twice + Math.log(twice) + 1) / tunedTo;
    }

    /**
     * Half of the width after {@code t} blocks whose standard deviation is estimated as 1: {@link
     * #ofKnown}, as so many standard errors x, replaced by the quantile of Student's t with v = t -
     * 1 degrees that is exceeded as rarely, x + (x^3 + x) / (4 v) + (5 x^5 + 16 x^3 + 3 x) / (96
     * v^2) (Abramowitz and Stegun 26.7.5). With 20 blocks it is wider by a sixth, with 100 by 3 %:
     * without it early looks alone would use up alpha.
     */
    public double halfWidth(int t) {
        double root = Math.sqrt(t);
        double x = ofKnown(t) * root;
        double v = t - 1;
        double first = (x * x * x + x) / (4 * v);
        double second = (5 * Math.pow(x, 5) + 16 * x * x * x + 3 * x) / (96 * v * v);
        return (x + first + second) / root;
    }

    /** Half of the width after {@code t} blocks whose standard deviation is known to be 1. */
    double ofKnown(int t) {
        double scaled = t * rho2 + 1;
        return Math.sqrt(
                2 * scaled / ((double) t * t * rho2) * Math.log(Math.sqrt(scaled) / alpha));
    }

    /** Of the mean of {@code values}. */
    public Interval mean(double[] values) {
        double[] ones = new double[values.length];
        Arrays.fill(ones, 1);
        return ratio(values, ones);
    }

    /**
     * Of the sum of {@code x} over that of {@code n}, block by block. Blocks end by their clicks,
     * so that they have more or fewer examples: their mean of x / n would be biased. Its spread is
     * that of x - ratio n (delta method).
     */
    public Interval ratio(double[] x, double[] n) {
        double sumX = 0;
        double sumN = 0;
        for (int i = 0; i < x.length; i++) {
            sumX += x[i];
            sumN += n[i];
        }
        double ratio = sumX / sumN;
        double[] influence = new double[x.length];
        for (int i = 0; i < x.length; i++) {
            influence[i] = (x[i] - ratio * n[i]) / (sumN / x.length);
        }
        return about(ratio, influence);
    }

    /**
     * About an estimate that is nearly a mean.
     *
     * @param influence what each block adds to it, of mean 0
     */
    Interval about(double estimate, double[] influence) {
        int t = influence.length;
        if (t < 2) {
            return Interval.NONE;
        }
        double squares = 0;
        for (double z : influence) {
            squares += z * z;
        }
        double half = Math.sqrt(squares / (t - 1)) * halfWidth(t);
        return new Interval(estimate, estimate - half, estimate + half);
    }

    /**
     * How many blocks it takes until the bound that is looked at has passed a mean that is {@code
     * effect} away, with probability {@code power} by then: the least t with
     *
     * <pre>
     * effect >= deviation (halfWidth(t) + z_power / sqrt(t))
     * </pre>
     *
     * @param effect distance from what is to be excluded, above 0
     * @param deviation standard deviation of a block
     */
    public int blocksToDetect(double effect, double deviation, double power) {
        double z = new NormalDistribution().inverseCumulativeProbability(power);
        int t = 2;
        while (t < MOST_BLOCKS && effect < deviation * (halfWidth(t) + z / Math.sqrt(t))) {
            t++;
        }
        return t;
    }
}
