package io.dienstream.train.fit;

import java.util.Arrays;

/**
 * What Adam's updates so far would have done to a row that they left alone. Without a gradient an
 * update s multiplies the moments by beta_1 and beta_2, takes the weight decay's share away and
 * moves a weight by -c_s m_s / (sqrt(v_s) + epsilon), c_s the corrected learning rate. From the
 * moments m and v after update i that is, with r = beta_1 / sqrt(beta_2),
 *
 * <pre>
 * w_n = w_i prod(1 - rate_s decay) - m / (sqrt(v) + epsilon) sum over s of c_s r^(s - i) prod over later u of (1 - rate_u decay)
 * </pre>
 *
 * where epsilon, in truth epsilon / sqrt(beta_2)^(s - i), is the mean of those, weighted with r^(s
 * - i): what is left of that is of the second order in a term that is itself far below rounding
 * unless gradients are. The sums are kept for every update i, and end {@value #WINDOW} updates
 * after it: r^256 is 2e-12. An update costs 28 bytes.
 */
final class UpdateHistory {
    private static final int WINDOW = 256;

    /** beta_1^n below 1e-18 counts as 0. */
    private static final int LONGEST_MEAN = 400;

    private static final int STRIDE_BITS = 8;

    private final double weightDecay;
    private final double averaging;
    private final float[] meanDecay = new float[LONGEST_MEAN];
    private final double[] varianceDecay = new double[1 << STRIDE_BITS];
    private final double[] varianceStrides = new double[512];
    private final double[] ratio = new double[WINDOW + 1];
    private final float[] epsilon = new float[WINDOW + 1];

    private long first;
    private int size;
    private float[] rates = new float[1 << 10];
    private double[] drift = new double[1 << 10];
    private double[] decayLog = new double[1 << 10];
    private double[] averageLog = new double[1 << 10];

    /**
     * @param weightDecay share of each weight that goes in an update, times the learning rate
     * @param averaging decay of the running average of weights; 0 for none
     */
    UpdateHistory(float weightDecay, double averaging) {
        this.weightDecay = weightDecay;
        this.averaging = averaging;
        for (int n = 0; n < meanDecay.length; n++) {
            meanDecay[n] = (float) Math.pow(Adam.BETA_1, n);
        }
        for (int n = 0; n < varianceDecay.length; n++) {
            varianceDecay[n] = Math.pow(Adam.BETA_2, n);
        }
        for (int n = 0; n < varianceStrides.length; n++) {
            varianceStrides[n] = Math.pow(Adam.BETA_2, (double) n * varianceDecay.length);
        }
        for (int n = 0; n < ratio.length; n++) {
            ratio[n] = Math.pow(Adam.BETA_1 / Math.sqrt(Adam.BETA_2), n);
        }
        epsilon[0] = Adam.EPSILON; // of no update: a moment of 0 is then no reason for a NaN
        double weights = 0;
        double sum = 0;
        for (int n = 1; n < epsilon.length; n++) {
            weights += ratio[n];
            sum += ratio[n] * Math.pow(Adam.BETA_2, -n / 2.0);
            epsilon[n] = (float) (Adam.EPSILON * sum / weights);
        }
    }

    /** Forgets all; every row is as it was after {@code updates} updates. */
    void begin(long updates) {
        first = updates;
        size = 0;
        drift[0] = 0;
    }

    /** Updates that it knows; what rows are stamped with. */
    int size() {
        return size;
    }

    /** Updates before the first that it knows. */
    long first() {
        return first;
    }

    /** Learning rates of the updates that it knows, from which all else is made again. */
    float[] rates() {
        return Arrays.copyOf(rates, size);
    }

    /** One update more, with this learning rate. */
    void add(float rate) {
        if (size + 1 == drift.length) {
            rates = Arrays.copyOf(rates, 2 * size + 2);
            drift = Arrays.copyOf(drift, 2 * size + 2);
            decayLog = Arrays.copyOf(decayLog, 2 * size + 2);
            averageLog = Arrays.copyOf(averageLog, 2 * size + 2);
        }
        rates[size] = rate;
        size++;
        double kept = 1 - rate * weightDecay;
        double corrected = Adam.corrected(rate, first + size);
        for (int i = Math.max(0, size - WINDOW); i < size; i++) {
            drift[i] = drift[i] * kept + corrected * ratio[size - i];
        }
        drift[size] = 0;
        decayLog[size] = decayLog[size - 1] + Math.log(kept);
        averageLog[size] = averageLog[size - 1] + Math.log(averageDecay());
    }

    /** The last update's d of {@link WeightAverage}. */
    double averageDecay() {
        return averaging == 0 ? 1 : WeightAverage.decay(averaging, first + size);
    }

    /** Share of a weight that the last update takes away. */
    float lastLoss() {
        return (float) (rates[size - 1] * weightDecay);
    }

    /** What is left of a weight since stamp {@code i}. */
    float weight(int i) {
        return weightDecay == 0 ? 1 : (float) Math.exp(decayLog[size] - decayLog[i]);
    }

    /** How many times m / (sqrt(v) + epsilon) a weight has gone down since stamp {@code i}. */
    float drift(int i) {
        boolean over = weightDecay > 0 && size - i > WINDOW;
        return (float)
                (over ? drift[i] * Math.exp(decayLog[size] - decayLog[i + WINDOW]) : drift[i]);
    }

    /** Epsilon, on average over the updates since stamp {@code i}. */
    float epsilon(int i) {
        return epsilon[Math.min(size - i, WINDOW)];
    }

    /** What is left of a mean since stamp {@code i}. */
    float mean(int i) {
        return size - i < LONGEST_MEAN ? meanDecay[size - i] : 0;
    }

    /** What is left of a variance since stamp {@code i}. */
    float variance(int i) {
        int n = size - i;
        int strides = Math.min(n >> STRIDE_BITS, varianceStrides.length - 1);
        return (float) (varianceStrides[strides] * varianceDecay[n & (varianceDecay.length - 1)]);
    }

    /** What is left of a running average since stamp {@code i}. */
    float average(int i) {
        return (float) Math.exp(averageLog[size] - averageLog[i]);
    }
}
