package io.dienstream.evaluation.gate;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Judges a version against the live one. Every measure has bounds of an {@link AsymptoticSequence},
 * and the error is split evenly among the measures, so a wrong FAIL of any, over all looks, has at
 * most the probability that the rules allow. PASS takes all measures, and nothing missing.
 */
public final class Gate {
    private final GateRules rules;

    public Gate(GateRules rules) {
        this.rules = rules;
    }

    /**
     * What is known beside the windows.
     *
     * @param now ms
     * @param clickCoverage share of clicks that come within the wait for them, the lowest of the
     *     windows; NaN where nobody has measured it
     * @param shares users of either version; null for a shadow, which has none of its own
     */
    public record Circumstances(long now, double clickCoverage, UserShares shares) {}

    /**
     * Blocks of the kind that {@link #shadow} judges.
     *
     * @param from {@code trained_until} of the version, ms: windows before do not count
     */
    public Blocks pairedBlocks(long from) {
        return new Blocks(rules.blockClicks(), true, from);
    }

    /**
     * Blocks of the kind that {@link #split} judges.
     *
     * @param from also no earlier than the newest change of shares
     */
    public Blocks splitBlocks(long from) {
        return new Blocks(rules.blockClicks(), false, from);
    }

    /**
     * Judges a shadow: both versions on the same examples, log loss first, then AUC. Calibration is
     * none of them: the live version chose what is shown, so a perfect shadow reads too low.
     */
    public Judgement shadow(Blocks blocks, Circumstances at) {
        double[] improved =
                blocks.blocks().stream()
                        .mapToDouble(
                                b -> b.live().totals().logLoss() - b.candidate().totals().logLoss())
                        .toArray();
        double[] loss =
                blocks.blocks().stream().mapToDouble(b -> b.live().totals().logLoss()).toArray();
        double[] areas = blocks.blocks().stream().mapToDouble(Block::aucDifference).toArray();
        AsymptoticSequence sequence = sequence(2);
        List<Finding> findings =
                List.of(
                        finding(
                                Measure.LOG_LOSS,
                                sequence.ratio(improved, loss),
                                rules.logLossMargin()),
                        finding(Measure.AUC, sequence.mean(areas), rules.aucMargin()));
        List<String> doubts = doubts(blocks, at);
        double error = blocks.blocks().stream().mapToDouble(Block::aucError).average().orElse(0);
        if (error > rules.aucMargin()) {
            doubts.add(
                    String.format(
                            Locale.ROOT,
                            "predictions share so few bins that the AUC is known to %.4f only",
                            error));
        }
        return judge(blocks, findings, doubts, null);
    }

    /** Judges a candidate on its own users: calibration and revenue. */
    public Judgement split(Blocks blocks, Circumstances at) {
        boolean hasBids =
                blocks.blocks().stream().anyMatch(b -> b.live().totals().expectedMicros() > 0);
        AsymptoticSequence sequence = sequence(hasBids ? 2 : 1);
        List<Finding> findings = new ArrayList<>();
        findings.add(
                new Finding(
                        Measure.CALIBRATION,
                        sequence.ratio(
                                blocks.blocks().stream()
                                        .mapToDouble(b -> b.candidate().totals().predicted())
                                        .toArray(),
                                blocks.blocks().stream()
                                        .mapToDouble(b -> b.candidate().clicks())
                                        .toArray()),
                        rules.calibrationLeast(),
                        rules.calibrationMost()));
        if (hasBids) {
            findings.add(
                    finding(
                            Measure.REVENUE,
                            Revenue.compared(blocks.blocks(), sequence),
                            rules.revenueMargin()));
        }
        String refusal =
                at.shares() == null ? "nobody knows the users' shares" : at.shares().refusal(rules);
        return judge(blocks, findings, doubts(blocks, at), refusal);
    }

    private AsymptoticSequence sequence(int measures) {
        return new AsymptoticSequence(rules.alpha() / measures, rules.tunedBlocks());
    }

    private static Finding finding(Measure measure, Interval interval, double margin) {
        return new Finding(measure, interval, -margin, Double.POSITIVE_INFINITY);
    }

    /** What stands against a PASS, whatever the figures. */
    private List<String> doubts(Blocks blocks, Circumstances at) {
        List<String> doubts = new ArrayList<>();
        long age = at.now() - blocks.newestEnd();
        if (blocks.newestEnd() != Long.MIN_VALUE && age > rules.staleAfter().toMillis()) {
            doubts.add(
                    "the newest window ended %d s ago: labels do not come".formatted(age / 1000));
        }
        if (at.clickCoverage() < rules.leastCoverage()) {
            doubts.add(
                    String.format(
                            Locale.ROOT,
                            "only %.4f of clicks come within the wait for them",
                            at.clickCoverage()));
        }
        if (blocks.notFinite() > 0) {
            doubts.add(blocks.notFinite() + " windows hold what is no number");
        }
        if (blocks.unequal() > blocks.used()) {
            doubts.add(
                    "%d of %d windows are not of the same examples"
                            .formatted(blocks.unequal(), blocks.unequal() + blocks.used()));
        }
        return doubts;
    }

    private Judgement judge(
            Blocks blocks, List<Finding> findings, List<String> doubts, String refusal) {
        if (refusal != null) {
            return judgement(Verdict.INCONCLUSIVE, refusal, blocks, findings);
        }
        if (blocks.size() < rules.leastBlocks()) {
            String few =
                    "%d of %d blocks of %.0f clicks"
                            .formatted(blocks.size(), rules.leastBlocks(), rules.blockClicks());
            String why = doubts.isEmpty() ? "" : "; " + String.join("; ", doubts);
            return judgement(Verdict.INCONCLUSIVE, few + why, blocks, findings);
        }
        for (Finding finding : findings) {
            if (finding.verdict() == Verdict.FAIL) {
                return judgement(Verdict.FAIL, finding.describe(), blocks, findings);
            }
        }
        for (Finding finding : findings) {
            if (finding.verdict() != Verdict.PASS) {
                return judgement(Verdict.INCONCLUSIVE, finding.describe(), blocks, findings);
            }
        }
        return doubts.isEmpty()
                ? judgement(Verdict.PASS, findings.get(0).describe(), blocks, findings)
                : judgement(Verdict.INCONCLUSIVE, String.join("; ", doubts), blocks, findings);
    }

    private static Judgement judgement(
            Verdict verdict, String reason, Blocks blocks, List<Finding> findings) {
        return new Judgement(verdict, reason, findings, blocks.size(), blocks.clicks());
    }
}
