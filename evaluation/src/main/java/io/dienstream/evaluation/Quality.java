package io.dienstream.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a model is worth on a split. Where negatives were left out, or clicks may still come ({@link
 * Scored#weight}), log loss, calibration and the bins are those of all examples; AUC and GAUC are
 * of the kept ones, which rank alike, and counts are of what was scored.
 *
 * @param examples scored
 * @param clicks among them
 * @param users among them
 * @param auc over all examples together
 * @param gauc mean of the users' own AUCs weighted by their examples, over users with both labels
 *     (DIN, arXiv 1706.06978); NaN without such users
 * @param logloss mean of -log of the probability given to what happened
 * @param calibration sum of predictions over clicks: 1 is right on average
 * @param calibrationError mean gap between prediction and click rate over ten bins of equal size,
 *     weighted by examples
 * @param bins for a reliability plot
 */
public record Quality(
        long examples,
        long clicks,
        int users,
        double auc,
        double gauc,
        double logloss,
        double calibration,
        double calibrationError,
        List<Bin> bins) {
    private static final int BINS = 10;
    private static final double LEAST = 1e-7;

    /**
     * Examples of similar prediction.
     *
     * @param predicted mean pCTR
     * @param observed click rate
     * @param examples in it
     */
    public record Bin(double predicted, double observed, int examples) {}

    /**
     * @throws IllegalArgumentException where nothing was scored
     */
    public static Quality of(Scored s) {
        if (s.size() == 0) {
            throw new IllegalArgumentException("no examples to measure");
        }
        Auc auc = new Auc();
        Auc[] own = new Auc[s.users()];
        double loss = 0;
        double predicted = 0;
        double happened = 0;
        double weights = 0;
        long clicks = 0;
        for (int i = 0; i < s.size(); i++) {
            double w = s.weight(i);
            auc.add(s.pctr(i), s.clicked(i));
            if (own[s.user(i)] == null) {
                own[s.user(i)] = new Auc();
            }
            own[s.user(i)].add(s.pctr(i), s.clicked(i));
            double p = Math.min(1 - LEAST, Math.max(LEAST, s.pctr(i)));
            loss -= w * Math.log(s.clicked(i) ? p : 1 - p);
            predicted += w * s.pctr(i);
            happened += s.clicked(i) ? w : 0;
            clicks += s.clicked(i) ? 1 : 0;
            weights += w;
        }
        List<Bin> bins = bins(s);
        double gap =
                bins.stream()
                        .mapToDouble(b -> b.examples() * Math.abs(b.predicted() - b.observed()))
                        .sum();
        return new Quality(
                s.size(),
                clicks,
                s.users(),
                auc.value(),
                gauc(own),
                loss / weights,
                predicted / happened,
                gap / s.size(),
                bins);
    }

    private static double gauc(Auc[] users) {
        double sum = 0;
        double weight = 0;
        for (Auc user : users) {
            double value = user.value();
            if (!Double.isNaN(value)) {
                sum += value * user.examples();
                weight += user.examples();
            }
        }
        return weight == 0 ? Double.NaN : sum / weight;
    }

    private static List<Bin> bins(Scored s) {
        int[] order =
                IntStream.range(0, s.size())
                        .boxed()
                        .sorted(Comparator.comparingDouble(s::pctr))
                        .mapToInt(Integer::intValue)
                        .toArray();
        List<Bin> bins = new ArrayList<>();
        for (int b = 0; b < BINS; b++) {
            int from = (int) ((long) b * order.length / BINS);
            int to = (int) ((b + 1L) * order.length / BINS);
            if (to > from) {
                bins.add(bin(s, order, from, to));
            }
        }
        return bins;
    }

    private static Bin bin(Scored s, int[] order, int from, int to) {
        double predicted = 0;
        double clicks = 0;
        double weights = 0;
        for (int i = from; i < to; i++) {
            double w = s.weight(order[i]);
            predicted += w * s.pctr(order[i]);
            clicks += s.clicked(order[i]) ? w : 0;
            weights += w;
        }
        double all = weights == 0 ? 1 : weights; // of none that is certain to become a click
        return new Bin(predicted / all, clicks / all, to - from);
    }
}
