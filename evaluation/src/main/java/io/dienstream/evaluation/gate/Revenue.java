package io.dienstream.evaluation.gate;

import io.dienstream.evaluation.online.QualitySums;
import io.dienstream.evaluation.online.Totals;
import java.util.List;
import java.util.function.Function;

/** Revenue of an impression of one version over that of the other. */
final class Revenue {
    private Revenue() {}

    /**
     * r_c / r_l - 1, each r = earned over impressions. What a block adds to it (delta method):
     *
     * <pre>
     * (earned_c - r_c n_c) / (mean n_c  r_l)  -  (r_c / r_l) (earned_l - r_l n_l) / (mean n_l  r_l)
     * </pre>
     *
     * Not known where there are several currencies, or nothing was earned.
     */
    static Interval compared(List<Block> blocks, AsymptoticSequence sequence) {
        double candidate = rate(blocks, Block::candidate);
        double live = rate(blocks, Block::live);
        double ratio = candidate / live;
        if (!Double.isFinite(ratio)) {
            return Interval.NONE;
        }
        double[] influence = new double[blocks.size()];
        addInfluence(blocks, Block::candidate, candidate, 1 / live, influence);
        addInfluence(blocks, Block::live, live, -ratio / live, influence);
        return sequence.about(ratio - 1, influence);
    }

    private static double rate(List<Block> blocks, Function<Block, QualitySums> of) {
        List<String> currencies =
                blocks.stream().map(b -> of.apply(b).totals().currency()).distinct().toList();
        boolean mixed = currencies.size() > 1 || currencies.contains(Totals.SEVERAL);
        double earned =
                blocks.stream().mapToDouble(b -> of.apply(b).totals().revenueMicros()).sum();
        double impressions = blocks.stream().mapToDouble(b -> of.apply(b).impressions()).sum();
        return mixed ? Double.NaN : earned / impressions;
    }

    private static void addInfluence(
            List<Block> blocks,
            Function<Block, QualitySums> of,
            double rate,
            double factor,
            double[] influence) {
        double mean =
                blocks.stream().mapToDouble(b -> of.apply(b).impressions()).sum() / blocks.size();
        for (int i = 0; i < blocks.size(); i++) {
            QualitySums sums = of.apply(blocks.get(i));
            double more = sums.totals().revenueMicros() - rate * sums.impressions();
            influence[i] += factor * more / mean;
        }
    }
}
