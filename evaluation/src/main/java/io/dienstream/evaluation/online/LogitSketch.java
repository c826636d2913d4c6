package io.dienstream.evaluation.online;

import java.util.Arrays;

/**
 * How much weight there is of either label at which prediction: {@link #BINS} bins of equal width
 * over the logit in [{@link #LOWEST}, -{@link #LOWEST}]; what is beyond counts in the outermost
 * bin. From it the area under the ROC curve,
 *
 * <pre>
 * AUC   = sum over b of P_b (N_below b + N_b / 2) / (P N)
 * error = sum over b of P_b N_b / (2 P N)
 * </pre>
 *
 * where P_b and N_b are the weights of clicks and non-clicks in bin b. Bins keep the order of
 * predictions, so only pairs within one bin can be counted wrongly, each by a half at most: the
 * area of the examples themselves is certain to be within the error.
 *
 * <p>Bins are of the logit and not of the probability: at a click rate of 0.1 % nearly all
 * predictions would share the lowest bins of the latter. Not thread safe.
 */
public final class LogitSketch {
    /** Number of bins. */
    public static final int BINS = 4096;

    /** Logit at which the first bin begins. */
    public static final double LOWEST = -16;

    /** Width of a bin, in logits. */
    public static final double WIDTH = -2 * LOWEST / BINS;

    private static final int FIRST = 8;

    /** What subtraction of equal weights may leave of them. */
    private static final double NOTHING = 1e-9;

    /** Those that hold something, ascending; weights beside them. */
    private int[] bins = new int[FIRST];

    private double[] positives = new double[FIRST];
    private double[] negatives = new double[FIRST];
    private int size;

    /** Told of each bin that holds something, lowest first. */
    @FunctionalInterface
    public interface BinVisitor {
        void visit(int bin, double positive, double negative);
    }

    /**
     * The bin of a prediction.
     *
     * @throws IllegalArgumentException where {@code pctr} is no probability
     */
    public static int bin(double pctr) {
        if (!(pctr >= 0 && pctr <= 1)) {
            throw new IllegalArgumentException("pctr=" + pctr);
        }
        double logit = Math.log(pctr) - Math.log1p(-pctr);
        int bin = (int) Math.floor((logit - LOWEST) / WIDTH);
        return Math.max(0, Math.min(BINS - 1, bin));
    }

    /** The logit in the middle of {@code bin}. */
    public static double logit(int bin) {
        return LOWEST + (bin + 0.5) * WIDTH;
    }

    /**
     * Adds an example.
     *
     * @throws IllegalArgumentException where {@code pctr} is no probability
     */
    public void add(double pctr, boolean clicked, double weight) {
        add(bin(pctr), clicked ? weight : 0, clicked ? 0 : weight);
    }

    /** A correction: an example that was added as a non-click is a click. */
    public void move(double pctr, double weight) {
        add(bin(pctr), weight, -weight);
    }

    void add(int bin, double positive, double negative) {
        int at = Arrays.binarySearch(bins, 0, size, bin);
        if (at < 0) {
            at = -at - 1;
            insert(at, bin);
        }
        positives[at] = rounded(positives[at] + positive);
        negatives[at] = rounded(negatives[at] + negative);
    }

    private static double rounded(double weight) {
        return Math.abs(weight) < NOTHING ? 0 : weight;
    }

    private void insert(int at, int bin) {
        if (size == bins.length) {
            bins = Arrays.copyOf(bins, 2 * size);
            positives = Arrays.copyOf(positives, 2 * size);
            negatives = Arrays.copyOf(negatives, 2 * size);
        }
        System.arraycopy(bins, at, bins, at + 1, size - at);
        System.arraycopy(positives, at, positives, at + 1, size - at);
        System.arraycopy(negatives, at, negatives, at + 1, size - at);
        bins[at] = bin;
        positives[at] = 0;
        negatives[at] = 0;
        size++;
    }

    /** Adds all of {@code other}. */
    public void merge(LogitSketch other) {
        other.forEach(this::add);
    }

    /** Takes all of {@code other} away, which was added before. */
    public void subtract(LogitSketch other) {
        other.forEach((bin, positive, negative) -> add(bin, -positive, -negative));
    }

    /** Visits what holds something. */
    public void forEach(BinVisitor visitor) {
        for (int i = 0; i < size; i++) {
            if (positives[i] != 0 || negatives[i] != 0) {
                visitor.visit(bins[i], positives[i], negatives[i]);
            }
        }
    }

    /** How many bins hold something. */
    public int occupied() {
        int[] count = {0};
        forEach((bin, positive, negative) -> count[0]++);
        return count[0];
    }

    /** P: weight of clicks. */
    public double positives() {
        return sum(positives);
    }

    /** N: weight of non-clicks. */
    public double negatives() {
        return sum(negatives);
    }

    private double sum(double[] weights) {
        double sum = 0;
        for (int i = 0; i < size; i++) {
            sum += weights[i];
        }
        return sum;
    }

    /** The area; NaN where a label is missing. */
    public double auc() {
        double below = 0;
        double pairs = 0;
        for (int i = 0; i < size; i++) {
            pairs += positives[i] * (below + negatives[i] / 2);
            below += negatives[i];
        }
        return pairs / (positives() * negatives());
    }

    /** Most that {@link #auc} can differ from the area of the examples; NaN without one. */
    public double aucError() {
        double tied = 0;
        for (int i = 0; i < size; i++) {
            tied += positives[i] * negatives[i];
        }
        return tied / (2 * positives() * negatives());
    }

    /**
     * Standard deviation of {@link #auc} over draws of as many independent examples (DeLong 1988):
     * the root of S_10 / P + S_01 / N, the variances of the share of non-clicks below a click and
     * of clicks above a non-click. Examples of one user are not independent, so it is somewhat too
     * small. NaN without an area.
     */
    public double aucDeviation() {
        double p = positives();
        double n = negatives();
        double area = auc();
        double below = 0;
        double above = p;
        double ofPositives = 0;
        double ofNegatives = 0;
        for (int i = 0; i < size; i++) {
            above -= positives[i];
            double v10 = (below + negatives[i] / 2) / n - area;
            double v01 = (above + positives[i] / 2) / p - area;
            ofPositives += positives[i] * v10 * v10;
            ofNegatives += negatives[i] * v01 * v01;
            below += negatives[i];
        }
        return Math.sqrt(ofPositives / (p * p) + ofNegatives / (n * n));
    }

    /** A copy of its own. */
    public LogitSketch copy() {
        LogitSketch copy = new LogitSketch();
        copy.merge(this);
        return copy;
    }

    /** Same weights in the same bins. */
    @Override
    public boolean equals(Object other) {
        return other instanceof LogitSketch sketch
                && Arrays.equals(SketchBytes.write(this), SketchBytes.write(sketch));
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(SketchBytes.write(this));
    }

    @Override
    public String toString() {
        return "LogitSketch[positives=%s, negatives=%s, bins=%d]"
                .formatted(positives(), negatives(), occupied());
    }
}
