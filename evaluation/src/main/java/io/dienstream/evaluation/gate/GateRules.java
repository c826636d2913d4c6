package io.dienstream.evaluation.gate;

import java.time.Duration;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a gate asks for.
 *
 * @param alpha probability of any wrong bound over all looks, in (0, 0.5]
 * @param logLossMargin share of the live version's log loss by which a candidate may be worse
 * @param aucMargin by which its AUC may be lower
 * @param calibrationLeast of predictions over clicks on its own traffic
 * @param calibrationMost likewise
 * @param revenueMargin share by which an impression may earn less
 * @param blockClicks after which a block of windows ends, at least 50
 * @param leastBlocks before anything is said, at least 10
 * @param tunedBlocks number of blocks about which bounds are narrowest
 * @param staleAfter seconds in a file; age of the newest window from which there is no PASS
 * @param leastCoverage share of clicks within the wait below which there is no PASS
 * @param usersProbability of the users' shares below which there is no verdict
 */
public record GateRules(
        double alpha,
        double logLossMargin,
        double aucMargin,
        double calibrationLeast,
        double calibrationMost,
        double revenueMargin,
        double blockClicks,
        int leastBlocks,
        int tunedBlocks,
        Duration staleAfter,
        double leastCoverage,
        double usersProbability) {
    /** What holds where no file says otherwise. */
    public static final GateRules DEFAULT =
            new GateRules(
                    0.05,
                    0.005,
                    0.005,
                    0.9,
                    1.1,
                    0.05,
                    200,
                    20,
                    50,
                    Duration.ofHours(1),
                    0.98,
                    0.001);

    private static final String SHARE = "at least 0, below 1";
    private static final int FEWEST_CLICKS = 50;
    private static final int FEWEST_BLOCKS = 10;

    /** The keys of a file. */
    private static final Set<String> KEYS =
            new TreeSet<>(
                    Set.of(
                            "alpha",
                            "log-loss.margin",
                            "auc.margin",
                            "calibration.least",
                            "calibration.most",
                            "revenue.margin",
                            "block.clicks",
                            "blocks.least",
                            "blocks.tuned",
                            "stale.after",
                            "coverage.least",
                            "users.probability"));

    /**
     * @throws IllegalArgumentException naming the key of a rule that is none
     */
    public GateRules {
        check(alpha > 0 && alpha <= 0.5, "alpha", alpha, "above 0, at most 0.5");
        check(logLossMargin >= 0 && logLossMargin < 1, "log-loss.margin", logLossMargin, SHARE);
        check(aucMargin >= 0 && aucMargin < 1, "auc.margin", aucMargin, SHARE);
        check(
                calibrationLeast >= 0 && calibrationLeast < 1,
                "calibration.least",
                calibrationLeast,
                SHARE);
        check(calibrationMost > 1, "calibration.most", calibrationMost, "above 1");
        check(revenueMargin >= 0 && revenueMargin < 1, "revenue.margin", revenueMargin, SHARE);
        check(blockClicks >= FEWEST_CLICKS, "block.clicks", blockClicks, "at least 50");
        check(leastBlocks >= FEWEST_BLOCKS, "blocks.least", leastBlocks, "at least 10");
        check(tunedBlocks >= 1, "blocks.tuned", tunedBlocks, "at least 1");
        check(
                staleAfter.compareTo(Duration.ZERO) > 0,
                "stale.after",
                (double) staleAfter.toSeconds(),
                "above 0");
        check(leastCoverage >= 0 && leastCoverage <= 1, "coverage.least", leastCoverage, "0 to 1");
        check(
                usersProbability >= 0 && usersProbability < 1,
                "users.probability",
                usersProbability,
                SHARE);
    }

    private static void check(boolean right, String key, double value, String wanted) {
        if (!right) {
            throw new IllegalArgumentException(
                    "%s=%s: it must be %s".formatted(key, value, wanted));
        }
    }

    /**
     * The rules of a properties file; what it leaves out is as by {@link #DEFAULT}.
     *
     * @throws IllegalArgumentException naming the key, where it is not known, or its value none
     */
    public static GateRules of(Properties p) {
        for (String key : p.stringPropertyNames()) {
            if (!KEYS.contains(key)) {
                throw new IllegalArgumentException(
                        "%s: no such rule; there are %s".formatted(key, String.join(", ", KEYS)));
            }
        }
        GateRules d = DEFAULT;
        return new GateRules(
                number(p, "alpha", d.alpha),
                number(p, "log-loss.margin", d.logLossMargin),
                number(p, "auc.margin", d.aucMargin),
                number(p, "calibration.least", d.calibrationLeast),
                number(p, "calibration.most", d.calibrationMost),
                number(p, "revenue.margin", d.revenueMargin),
                number(p, "block.clicks", d.blockClicks),
                whole(p, "blocks.least", d.leastBlocks),
                whole(p, "blocks.tuned", d.tunedBlocks),
                Duration.ofSeconds(whole(p, "stale.after", (int) d.staleAfter.toSeconds())),
                number(p, "coverage.least", d.leastCoverage),
                number(p, "users.probability", d.usersProbability));
    }

    private static double number(Properties p, String key, double otherwise) {
        String text = p.getProperty(key);
        try {
            return text == null ? otherwise : Double.parseDouble(text.trim());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("%s=%s: no number".formatted(key, text), e);
        }
    }

    private static int whole(Properties p, String key, int otherwise) {
        String text = p.getProperty(key);
        try {
            return text == null ? otherwise : Integer.parseInt(text.trim());
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("%s=%s: no whole number".formatted(key, text), e);
        }
    }
}
