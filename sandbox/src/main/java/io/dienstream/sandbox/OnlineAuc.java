package io.dienstream.sandbox;

import io.dienstream.evaluation.online.LogitSketch;
import java.util.ArrayList;
import java.util.List;

/**
 * Two models' scores of the same candidates, as time goes by: what answered, and what would have
 * answered if nothing had been learned. Thread safe.
 */
final class OnlineAuc {
    private final double windowSeconds;
    private final List<LogitSketch> learned = new ArrayList<>();
    private final List<LogitSketch> frozen = new ArrayList<>();

    OnlineAuc(double windowSeconds) {
        this.windowSeconds = windowSeconds;
    }

    /**
     * @param seconds since the clock started
     * @param answered pCTR of the version that answered
     * @param stayed pCTR of the first version
     */
    synchronized void add(double seconds, double answered, double stayed, boolean clicked) {
        int window = (int) (seconds / windowSeconds);
        while (learned.size() <= window) {
            learned.add(new LogitSketch());
            frozen.add(new LogitSketch());
        }
        learned.get(window).add(answered, clicked, 1);
        frozen.get(window).add(stayed, clicked, 1);
    }

    /** AUC by window of the versions that answered; NaN where a label is missing. */
    synchronized double[] learned() {
        return learned.stream().mapToDouble(LogitSketch::auc).toArray();
    }

    /** Likewise of the first version. */
    synchronized double[] frozen() {
        return frozen.stream().mapToDouble(LogitSketch::auc).toArray();
    }

    /**
     * AUC of the last window that was over at {@code seconds}, of what answered and of the first
     * version; NaN before the first one was.
     */
    synchronized double[] over(double seconds) {
        int window = (int) (seconds / windowSeconds) - 1;
        return window < 0 || window >= learned.size()
                ? new double[] {Double.NaN, Double.NaN}
                : new double[] {learned.get(window).auc(), frozen.get(window).auc()};
    }

    /** Middle of each window, seconds. */
    synchronized double[] seconds() {
        double[] middle = new double[learned.size()];
        for (int n = 0; n < middle.length; n++) {
            middle[n] = (n + 0.5) * windowSeconds;
        }
        return middle;
    }

    /** AUC over the last {@code windows} together, of what answered and of the first version. */
    synchronized double[] last(int windows) {
        LogitSketch answered = new LogitSketch();
        LogitSketch stayed = new LogitSketch();
        for (int n = Math.max(0, learned.size() - windows); n < learned.size(); n++) {
            answered.merge(learned.get(n));
            stayed.merge(frozen.get(n));
        }
        return new double[] {answered.auc(), stayed.auc()};
    }
}
