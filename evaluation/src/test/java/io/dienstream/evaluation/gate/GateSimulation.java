package io.dienstream.evaluation.gate;

import io.dienstream.evaluation.online.LogitSketch;
import io.dienstream.evaluation.online.QualitySums;
import io.dienstream.evaluation.online.Totals;
import java.util.Random;

/**
 * Runs of a gate over drawn traffic. The true logit of an impression is normal, clicks are drawn by
 * it, and either version sees it through noise of its own: with equal noise both are equally good,
 * and hardly ever agree, which is the hardest case of no difference.
 */
final class GateSimulation {
    static final int LOOKS = 480;

    private static final double MIDDLE = -2;
    private static final double SPREAD = 1.2;
    private static final int WINDOW_MS = 300_000;

    private final GateRules rules;
    private final double liveNoise;
    private final double candidateNoise;
    private final int impressions;

    /**
     * @param impressions of a window; about 1 in 6 is clicked
     */
    GateSimulation(GateRules rules, double liveNoise, double candidateNoise, int impressions) {
        this.rules = rules;
        this.liveNoise = liveNoise;
        this.candidateNoise = candidateNoise;
        this.impressions = impressions;
    }

    /**
     * How a run ended.
     *
     * @param verdict the first that was not INCONCLUSIVE
     * @param blocks at that time
     * @param clicks in them
     * @param areaFailed blocks when the area alone was first below the margin; 0: never
     * @param excluded whether bounds of any measure were ever beside no difference
     */
    record Run(Verdict verdict, int blocks, double clicks, int areaFailed, boolean excluded) {}

    PairedWindow window(int number, Random random) {
        Drawn live = new Drawn();
        Drawn candidate = new Drawn();
        for (int i = 0; i < impressions; i++) {
            double logit = MIDDLE + SPREAD * random.nextGaussian();
            boolean clicked = random.nextDouble() < sigmoid(logit);
            live.add(sigmoid(logit + liveNoise * random.nextGaussian()), clicked);
            candidate.add(sigmoid(logit + candidateNoise * random.nextGaussian()), clicked);
        }
        return new PairedWindow(
                (long) number * WINDOW_MS,
                (number + 1L) * WINDOW_MS,
                live.sums(impressions),
                candidate.sums(impressions));
    }

    /** The same sums as of outcomes one by one, in a fraction of the time. */
    private static final class Drawn {
        private final LogitSketch sketch = new LogitSketch();
        private double predicted;
        private double loss;

        void add(double pctr, boolean clicked) {
            sketch.add(pctr, clicked, 1);
            predicted += pctr;
            loss -= Math.log(clicked ? pctr : 1 - pctr);
        }

        QualitySums sums(int examples) {
            return new QualitySums(
                    sketch,
                    new Totals(
                            predicted, loss, examples, examples, 0, 0, examples, examples, 0, 0,
                            null));
        }
    }

    private static double sigmoid(double logit) {
        return 1 / (1 + Math.exp(-logit));
    }

    /**
     * Looks after every window.
     *
     * @param toTheEnd whether it goes on after a verdict, to see all looks
     */
    Run run(long seed, int looks, boolean toTheEnd) {
        Random random = new Random(seed);
        Gate gate = new Gate(rules);
        Blocks blocks = gate.pairedBlocks(0);
        Verdict first = Verdict.INCONCLUSIVE;
        int decided = 0;
        double clicks = 0;
        int areaFailed = 0;
        boolean excluded = false;
        int judged = 0;
        for (int look = 0; look < looks; look++) {
            PairedWindow window = window(look, random);
            blocks.add(window);
            if (blocks.size() == judged || blocks.size() < rules.leastBlocks()) {
                continue; // the figures are those of the last look
            }
            judged = blocks.size();
            Judgement judgement =
                    gate.shadow(blocks, new Gate.Circumstances(window.end(), 1, null));
            for (Finding finding : judgement.findings()) {
                excluded |= finding.interval().low() > 0 || finding.interval().high() < 0;
            }
            Finding area = judgement.findings().get(1);
            if (areaFailed == 0 && area.verdict() == Verdict.FAIL) {
                areaFailed = judgement.blocks();
            }
            if (first == Verdict.INCONCLUSIVE && judgement.verdict() != Verdict.INCONCLUSIVE) {
                first = judgement.verdict();
                decided = judgement.blocks();
                clicks = judgement.clicks();
                if (!toTheEnd) {
                    break;
                }
            }
        }
        return new Run(first, decided, clicks, areaFailed, excluded);
    }

    /** Noise with which the area is {@code less} below that with {@code noise}. */
    static double noiseWorth(double less, double noise) {
        double wanted = area(noise) - less;
        double low = noise;
        double high = noise + 2;
        for (int i = 0; i < 30; i++) {
            double middle = (low + high) / 2;
            if (area(middle) > wanted) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return low;
    }

    private static double area(double noise) {
        GateSimulation many = new GateSimulation(GateRules.DEFAULT, noise, noise, 200_000);
        return many.window(0, new Random(1)).live().sketch().auc();
    }
}
