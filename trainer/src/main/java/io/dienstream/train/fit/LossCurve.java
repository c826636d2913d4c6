package io.dienstream.train.fit;

import java.util.ArrayList;
import java.util.List;

/**
 * The loss of every step in a bounded number of points: each is the mean of as many steps as the
 * others, and where there would be too many, two become one.
 */
public final class LossCurve {
    private static final int MOST_POINTS = 400;

    private final List<Point> points = new ArrayList<>();
    private long every = 1;
    private double lossSum;
    private double auxiliarySum;
    private long sumOf;

    /**
     * The mean of neighboring steps.
     *
     * @param step the last of them, from 1
     * @param loss in all
     * @param auxiliary of it, unweighted; 0 where there is none
     */
    public record Point(long step, double loss, double auxiliary) {}

    /**
     * What goes on after an interruption.
     *
     * @param every steps a point
     * @param loss summed over the steps of a point that is not complete
     * @param auxiliary likewise
     * @param sumOf how many those are
     */
    record State(List<Point> points, long every, double loss, double auxiliary, long sumOf) {}

    void restore(State state) {
        points.clear();
        points.addAll(state.points());
        every = state.every();
        lossSum = state.loss();
        auxiliarySum = state.auxiliary();
        sumOf = state.sumOf();
    }

    State state() {
        return new State(List.copyOf(points), every, lossSum, auxiliarySum, sumOf);
    }

    /**
     * @param step from 1, one more than the one before
     */
    void add(long step, double loss, double auxiliary) {
        lossSum += loss;
        auxiliarySum += auxiliary;
        sumOf++;
        if (sumOf < every) {
            return;
        }
        points.add(new Point(step, lossSum / sumOf, auxiliarySum / sumOf));
        lossSum = 0;
        auxiliarySum = 0;
        sumOf = 0;
        if (points.size() == MOST_POINTS) {
            halve();
        }
    }

    private void halve() {
        List<Point> pairs = new ArrayList<>();
        for (int i = 0; i < points.size(); i += 2) {
            Point a = points.get(i);
            Point b = points.get(i + 1);
            pairs.add(
                    new Point(
                            b.step(),
                            (a.loss() + b.loss()) / 2,
                            (a.auxiliary() + b.auxiliary()) / 2));
        }
        points.clear();
        points.addAll(pairs);
        every *= 2;
    }

    /** Complete points, in the order of steps. */
    public List<Point> points() {
        return List.copyOf(points);
    }
}
